"""Bodies keep everything, and a mark moves nothing but positions."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.channels.telegram import forms
from service.channels.telegram.forms import Body
from service.channels.telegram.text import Page, Profile

_texts = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("😀👩‍👩‍👧é中\n שלום")),
    max_size=60,
)


def _covered(text: str, entity: dict[str, Any]) -> str:
    units = text.encode("utf-16-le")
    start = entity["offset"] * 2
    return units[start : start + entity["length"] * 2].decode("utf-16-le")


@given(_texts, st.data(), _texts.filter(lambda mark: bool(mark)))
def test_a_mark_leaves_every_entity_on_its_letters(text: str, data: Any, mark: str) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=8)))
    spans = [(a, b) for a, b in pairwise(cuts) if a < b]
    entities = tuple(
        {"type": "bold", "offset": forms.units(text[:a]), "length": forms.units(text[a:b])}
        for a, b in spans
    )
    page = Page(text=text, entities=entities, plain=text)

    marked = forms.with_mark(forms.of_page(page), mark)

    shifted = msgspec.json.decode(marked.entities) or []
    assert [_covered(marked.text, each) for each in shifted] == [text[a:b] for a, b in spans]
    assert marked.text.endswith(text)
    assert forms.units(marked.text) <= forms.units(text) + forms.MARK_ROOM


def test_a_rich_body_gets_its_mark_as_a_block_of_its_own() -> None:
    page = Page(text="x", rich={"blocks": [{"type": "divider"}]}, plain="x")

    marked = forms.with_mark(forms.of_page(page), "(again)")

    blocks = msgspec.json.decode(marked.rich)["blocks"]
    assert blocks == [{"type": "paragraph", "text": "(again)"}, {"type": "divider"}]


@pytest.mark.parametrize("text", ["**bold** 😀", "| a | b |\n|---|---|\n| 1 | 2 |", "x\n\n" * 3000])
def test_a_body_survives_being_kept(text: str) -> None:
    for kept in forms.bodies(text, Profile()):
        body = forms.unpacked(kept)

        assert msgspec.json.encode(body) == kept


def test_every_step_down_is_simpler_until_nothing_is_left() -> None:
    (kept,) = forms.bodies("| a | **b** |\n|---|---|\n| 1 | 2 |", Profile())
    rich = forms.unpacked(kept)
    (classic,) = forms.simpler_bodies(rich, Profile())
    (plain,) = forms.simpler_bodies(classic, Profile())

    assert rich.is_rich
    assert classic.has_entities
    assert not classic.is_rich
    assert not plain.has_entities
    assert forms.simpler_bodies(plain, Profile()) == ()


def test_a_text_that_cannot_be_rendered_goes_out_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("no")

    monkeypatch.setattr(forms, "paginate", fail)
    text = "\n".join(f"line {number} 😀" for number in range(2000))

    pages = [forms.unpacked(kept).text for kept in forms.bodies(text, Profile())]

    assert "\n".join(pages) == text
    assert all(forms.units(page) <= 4096 - forms.MARK_ROOM for page in pages)


@given(_texts, st.integers(2, 30))
def test_plain_cutting_loses_nothing_but_line_ends(text: str, most: int) -> None:
    pieces = forms.cut_plainly(text, most)

    kept = "".join(pieces).replace("\n", "")
    assert all(forms.units(piece) <= most for piece in pieces)
    assert "".join(kept.split()) == "".join((text if text.strip() else forms.DOTS).split())


def test_an_empty_body_is_the_smallest_thing_there_is() -> None:
    assert msgspec.json.encode(Body(text="")) == b'{"text":""}'
