"""Server-sent events out of any pieces, and the deeds of the last bytes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.models import gemini_chunks
from service.models.gemini_chunks import EventStream, OverlongEventError, decode_chunk

EVENTS = ['{"a": "ü"}', '{"b": "你好 😀"}', "", "x" * 50]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(bounds)]


def read(pieces: list[bytes]) -> list[bytes]:
    stream = EventStream()
    return [data for piece in pieces for data in stream.feed(piece)] + stream.end()


@given(
    events=st.lists(st.sampled_from(EVENTS), max_size=5),
    places=st.lists(st.integers(0, 500), max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    blank_at_end=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_events_are_the_same_in_any_pieces(
    events: list[str], places: list[int], end: str, blank_at_end: bool
) -> None:
    data = "".join(f": note{end}id: 7{end}data: {event}{end}{end}" for event in events).encode()
    if not blank_at_end:
        data = data[: -2 * len(end)] if events else data

    assert read(cut(data, places)) == [event.encode() for event in events]


def test_lines_of_one_event_are_joined() -> None:
    assert read([b"data: a\ndata:b\n\n"]) == [b"a\nb"]


def test_an_event_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gemini_chunks, "MOST", 1000)
    stream = EventStream()
    stream.feed(b"data: ok\n\n" + b"x" * 999)

    with pytest.raises(OverlongEventError):
        stream.feed(b"xx")


def test_long_streams_of_small_events_are_not_overlong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gemini_chunks, "MOST", 1000)
    stream = EventStream()

    for _ in range(100):
        assert stream.feed(b"data: " + b"x" * 90 + b"\n\nda")
        assert stream.feed(b"ta: y\n\n") == [b"y"]


def test_fields_and_values_of_a_newer_server_are_no_trouble() -> None:
    chunk = decode_chunk(
        b'{"candidates":[{"finishReason":"NEW","newField":{"x":[1]},"content":null}],"serviceTier":1}'
    )

    assert chunk.candidates is not None
    assert chunk.candidates[0].finish_reason == "NEW"
