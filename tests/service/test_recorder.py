"""Voice messages: what of an answer is read, and how a sound is packed, with and without ffmpeg."""

from __future__ import annotations

import io
import shutil
import struct
import wave

import pytest

from actors.ports import MediaPiece, RecordError
from service.models.offline_speech import hummed
from service.recorder import MOST, Recorder
from tests.left_out import required

pytestmark = pytest.mark.anyio

PCM = struct.pack("<2400h", *range(2400))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def ffmpeg() -> str:
    found = shutil.which("ffmpeg")
    if found is None and required():
        pytest.fail("ffmpeg is not installed: apt install ffmpeg")
    if found is None:
        pytest.skip("no ffmpeg here, so no voice message can be made: apt install ffmpeg")
    return found


@pytest.mark.parametrize(
    ("text", "spoken", "whole"),
    [
        ("Some *words* and `code`, with [a link](https://example.org).", None, True),
        ("# Title\n\nOne\ntwo.\n\n- a\n- b", "Title\nOne two.\na\nb", True),
        ("Look:\n\n```python\nprint(1)\n```\n\nDone.", "Look:\nDone.", False),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\nso", "so", False),
        ("![a picture](https://example.org/x.png)", "", False),
        ("你好，**世界**。", "你好，世界。", True),
    ],
)
def test_words_are_read_and_markup_code_and_tables_are_not(
    text: str, spoken: str | None, whole: bool
) -> None:
    expected = "Some words and code, with a link." if spoken is None else spoken

    assert Recorder("").words(text) == (expected, whole)


def test_a_long_answer_is_read_up_to_the_end_of_a_sentence() -> None:
    words, whole = Recorder("").words("A sentence of a long answer. " * 300)

    assert not whole
    assert MOST - 40 < len(words) <= MOST
    assert words.endswith("answer.")


async def test_raw_samples_become_a_file_that_can_be_played() -> None:
    halves = [
        MediaPiece("audio/L16;codec=pcm;rate=16000", half) for half in (PCM[:2400], PCM[2400:])
    ]

    voice = await Recorder("").voice(halves)

    assert voice.mime == "audio/wav"
    with wave.open(io.BytesIO(voice.data)) as file:
        assert (file.getframerate(), file.getnchannels()) == (16_000, 1)
        assert file.readframes(5000) == PCM


async def test_with_ffmpeg_it_is_a_voice_message(ffmpeg: str) -> None:
    for piece in (
        MediaPiece("audio/L16;rate=24000", PCM * 10),
        MediaPiece("audio/wav", hummed("a")),
    ):
        voice = await Recorder(ffmpeg).voice([piece])

        assert voice.mime == "audio/ogg"
        assert voice.data.startswith(b"OggS")
        assert b"OpusHead" in voice.data[:100]


async def test_what_ffmpeg_cannot_read_goes_out_as_it_came(ffmpeg: str) -> None:
    piece = MediaPiece("audio/mpeg", b"no sound at all")

    assert await Recorder(ffmpeg).voice([piece]) == piece
    assert await Recorder("/no/such/program").voice([piece]) == piece


async def test_a_voice_message_stays_one(ffmpeg: str) -> None:
    piece = MediaPiece("audio/ogg", b"OggS...")

    assert await Recorder(ffmpeg).voice([piece]) == piece


async def test_silence_is_an_error() -> None:
    for pieces in ([], [MediaPiece("image/png", b"x")], [MediaPiece("audio/wav", b"")]):
        with pytest.raises(RecordError):
            await Recorder("").voice(pieces)


def test_the_offline_model_hums_the_same_for_the_same_words_and_not_for_long() -> None:
    assert hummed("Hello there.") == hummed("Hello there.") != hummed("Good bye.")
    with wave.open(io.BytesIO(hummed("la " * 1000))) as file:
        assert file.getnframes() / file.getframerate() < 9
