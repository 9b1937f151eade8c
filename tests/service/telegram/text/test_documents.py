"""Whatever a model writes arrives whole: random documents, in every way of showing them."""

from __future__ import annotations

import os
import random
import re
from typing import Any

import pytest
from markdown_it import MarkdownIt

from service.channels.telegram.text import Page, Preview, Profile, paginate, simpler
from tests.service.telegram.text.checks import (
    check_page,
    covered,
    rich_text,
    tables,
    walk,
)
from tests.service.telegram.text.documents import document, letters

SOAK = os.environ.get("GREENROOM_SOAK", "") not in ("", "0")
COUNT = 2000 if SOAK else 80
SEEDS = range(COUNT)

RICH = Profile()
CLASSIC = Profile(rich=False)
PLAIN = Profile(plain=True)
NARROW = Profile(rich=False, limit=300, spare=20)
SHORT_RICH = Profile(rich_limit=400)


def said(pages: tuple[Page, ...], *, plain: bool = False) -> str:
    return "\n".join(page.plain if plain else page.text for page in pages)


def without_targets(text: str, links: list[tuple[str, str]]) -> str:
    for _, url in links:
        text = text.replace(f" ({url})", "")
    return text


@pytest.mark.parametrize("profile", [RICH, CLASSIC, NARROW, SHORT_RICH], ids=str)
def test_every_visible_letter_is_on_the_pages_in_order(profile: Profile) -> None:
    for seed in SEEDS:
        made = document(seed)
        pages = paginate(made.markdown, profile)

        for page in pages:
            check_page(page, profile)
        text = without_targets(said(pages), made.links)  # a table's links show their targets
        assert letters(text) == made.visible, (seed, made.markdown)


def test_rich_blocks_say_the_same_as_the_text_beside_them() -> None:
    rich = 0
    for seed in SEEDS:
        made = document(seed)
        for page in paginate(made.markdown, RICH):
            if page.rich is not None:
                rich += 1
                shown = "\n".join(map(rich_text, page.rich["blocks"]))
                assert letters(shown) == letters(page.text), (seed, made.markdown)
    assert rich > COUNT // 5


def test_plain_text_says_the_same_and_shows_the_targets_of_links() -> None:
    for seed in SEEDS:
        made = document(seed)
        pages = paginate(made.markdown, PLAIN)

        assert all(not page.entities and page.rich is None for page in pages)
        text = said(pages)
        assert all(f"{words} ({url})" in text for words, url in made.links), seed
        assert letters(without_targets(text, made.links)) == made.visible, seed


def test_marks_are_where_they_were_written() -> None:
    for seed in SEEDS:
        made = document(seed)
        found: dict[str, list[Any]] = {"pre": [], "text_link": [], "bold": []}
        for page in paginate(made.markdown, CLASSIC):
            for entity in page.entities:
                value = entity.get("url", entity.get("language", ""))
                found.setdefault(entity["type"], []).append((covered(page.text, entity), value))

        if len(paginate(made.markdown, CLASSIC)) == 1:
            boxes = {(language, text) for text, language in found["pre"]}
            assert {(lang, body.strip("\n")) for lang, body in made.codes} <= {
                (lang, body.strip("\n")) for lang, body in boxes
            }, (seed, made.markdown)
            assert {(words, url) for words, url in made.links} <= set(found["text_link"]), seed
            assert {("latex", text) for text in made.formulas} <= boxes, (seed, made.markdown)
            bold = " ".join(words for words, _ in found["bold"])
            in_tables = {text for table in made.tables for row in table for text in row}
            assert {words for words in made.bold if words not in in_tables} <= {
                words for words in made.bold if words in bold
            }, seed


def test_tables_keep_their_cells() -> None:
    for seed in SEEDS:
        made = document(seed)
        cells = [
            [[rich_text(cell["text"]) for cell in row] for row in table["cells"]]
            for page in paginate(made.markdown, RICH)
            for table in tables(page.rich["blocks"] if page.rich else [])
        ]
        assert cells == made.tables, (seed, made.markdown)


def test_a_simpler_page_says_the_same() -> None:
    for seed in SEEDS:
        made = document(seed)
        for page in paginate(made.markdown, RICH):
            step = simpler(page, RICH)
            assert (step == ()) == (page.rich is None and not page.entities)
            for one in step:
                check_page(one, RICH)
                assert one.rich is None
                assert page.rich is not None or not one.entities
            if page.rich is not None:
                assert letters(said(step)) == letters(page.text)
            assert step != (page,)


def test_the_last_preview_is_page_one() -> None:
    for seed in SEEDS:
        made = document(seed)
        for profile in (RICH, CLASSIC, NARROW):
            preview = Preview(profile)
            source = random.Random(seed)
            at = 0
            while at < len(made.markdown):
                at += source.randint(1, 90)
                check_page(preview.render(made.markdown[:at]), profile)
            pages = paginate(made.markdown, profile)
            assert preview.render(made.markdown, done=True) == pages[0], (seed, made.markdown)
            assert preview.current(made.markdown, done=True) == (len(pages) - 1, pages[-1])
            assert preview.pages(made.markdown) == pages


def test_markdown_it_sees_the_same_words() -> None:
    oracle = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for seed in SEEDS:
        made = document(seed, plain_grammar=True)
        seen: list[str] = []
        for token in oracle.parse(made.markdown):
            if token.type in {"fence", "code_block"}:
                seen.append(token.content)
            seen += [child.content for child in token.children or ()]
        ours = re.sub(r"(?m)^[> ]*\d+\. ", "", said(paginate(made.markdown, CLASSIC)))
        theirs = re.sub(r"(?m)^[> ]*\d+\. ", "", "\n".join(seen))
        assert letters(without_targets(ours, made.links)) == letters(theirs), (seed, made.markdown)


PARTS = [
    *re.split(
        " ", "word one two ünï 漢字 😀 שלום ** * _ __ ` `` ``` ~~~ ~~ || | $ $$ # ## > - + [ ]"
    ),
    *re.split(" ", r"( ) ! [^n] [x]: \ \( \) \[ \] <b> </div> <div> List<String> --- === : ![ ]("),
    *re.split(" ", "[a](b) **x** `y` $z$ | --- | :-: < @"),
    *("\n", "\n", "\n\n", "    ", "\t", "- ", "> ", " ", "\n- ", "\n```\n"),
    "| a | b |\n|---|---|\n",
]


def broken(seed: int) -> str:
    """Return Markdown as nobody should write it."""
    source = random.Random(seed)
    glue = source.choice(["", " "])
    return glue.join(source.choices(PARTS, k=source.randint(1, 60)))


def with_languages(pages: tuple[Page, ...]) -> str:
    """Return the text of *pages*, with what stands in the corner of a code box and a check mark."""
    shown = []
    for page in pages:
        encoded = page.text.encode("utf-16-le")
        at = 0
        for entity in page.entities:
            if entity.get("language") not in (None, "latex"):
                shown.append(encoded[2 * at : 2 * entity["offset"]].decode("utf-16-le"))
                shown.append(entity["language"])
                at = entity["offset"]
        shown.append(encoded[2 * at :].decode("utf-16-le"))
    return "".join(shown).replace("☑", "x")


@pytest.mark.parametrize("profile", [RICH, CLASSIC, NARROW], ids=str)
def test_broken_markdown_loses_no_letter(profile: Profile) -> None:
    for seed in range(COUNT * 10):
        source = broken(seed)
        pages = paginate(source, profile)

        for page in pages:
            check_page(page, profile)
        if profile is not NARROW:  # there a code box is re-opened with its language
            assert letters(with_languages(pages)) == letters(source), (seed, source)


def test_previews_of_broken_markdown_end_as_page_one() -> None:
    for seed in range(COUNT):
        source = broken(seed)
        for profile in (RICH, NARROW):
            preview = Preview(profile)
            for at in range(0, len(source), 3):
                check_page(preview.render(source[:at]), profile)
            assert preview.pages(source) == paginate(source, profile), (seed, source)


def test_every_prefix_of_a_document_renders() -> None:
    for seed in range(COUNT // 20):
        made = document(seed)
        preview = Preview(RICH)
        for at in range(len(made.markdown) + 1):
            check_page(preview.render(made.markdown[:at]), RICH)
            if not at % 7:
                for page in paginate(made.markdown[:at], CLASSIC):
                    check_page(page, CLASSIC)


@pytest.fixture(scope="session")
def schema() -> Any:
    """aiogram's own models, which know every field; imported only here, as it takes seconds."""
    from aiogram.types import InputRichMessage, MessageEntity

    return InputRichMessage, MessageEntity


def test_aiogram_knows_every_field_that_we_send(schema: Any) -> None:
    rich_message, message_entity = schema
    sources = [document(seed).markdown for seed in range(COUNT // 4)]
    sources += [broken(seed) for seed in range(COUNT)]
    for source in sources:
        for page in paginate(source, RICH):
            for entity in page.entities:
                assert not (message_entity.model_validate(entity).model_extra)
            if page.rich is not None:
                message = rich_message.model_validate(page.rich)
                assert not _extras(message), source


def _extras(value: Any) -> list[Any]:
    """Return the fields in *value*, a model or a list, that its schema does not know."""
    if isinstance(value, (list, tuple)):
        return [extra for one in value for extra in _extras(one)]
    if not hasattr(value, "model_extra"):
        return []
    found = list(value.model_extra or ())
    for name in type(value).model_fields:
        found += _extras(getattr(value, name))
    return found


def test_no_block_makes_the_server_fetch_anything() -> None:
    allowed = {"type", "text", "url", "expression", "language", "size", "blocks", "items", "cells"}
    allowed |= {
        "align",
        "valign",
        "is_header",
        "value",
        "has_checkbox",
        "is_checked",
        "is_bordered",
    }
    for seed in SEEDS:
        source = document(seed).markdown + "\n\n![a](https://evil.example/x.png)\n\n|t|\n|-|\n"
        for page in paginate(source, RICH):
            for found in walk(page.rich or {}):
                assert set(found) <= allowed
