"""What one construct looks like, and the rules that a random document rarely meets."""

from __future__ import annotations

import os
from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.channels.telegram.text import Page, Preview, Profile, paginate
from tests.service.telegram.text.checks import check_page, covered, rich_text, units
from tests.service.telegram.text.documents import letters

SOAK = os.environ.get("GREENROOM_SOAK", "") not in ("", "0")
CLASSIC = Profile(rich=False)
RICH = Profile()


def only(source: str, profile: Profile = CLASSIC) -> Page:
    (page,) = paginate(source, profile)
    check_page(page, profile)
    return page


def marks(source: str) -> list[tuple[str, str]]:
    page = only(source)
    return [(entity["type"], covered(page.text, entity)) for entity in page.entities]


def blocks(source: str) -> list[dict[str, Any]]:
    page = only(source, RICH)
    assert page.rich is not None
    return page.rich["blocks"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# Title\n\ntext", "Title\n\ntext"),
        ("- a\n- b\n  - c\n", "• a\n• b\n   • c"),
        ("7. a\n8. b\n", "7. a\n8. b"),
        ("1. a\n1. b\n1. c\n", "1. a\n2. b\n3. c"),
        ("2. a\n4. b\n", "2. a\n4. b"),
        ("- [x] done\n- [ ] open\n", "☑ done\n☐ open"),
        ("> a\n> > b\n", "a\n> b"),
        ("> [!WARNING]\n> hot\n", "WARNING\nhot"),
        ("a\n\n---\n\nb", "a\n\n———\n\nb"),
        ("one\ntwo  \nthree", "one\ntwo\nthree"),
        ("fact[^1]\n\n[^1]: source", "fact[1]\n\n[1] source"),
        ("a List<String> b <b>c</b> <!-- d -->", "a List<String> b <b>c</b> <!-- d -->"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<div>\n**x**\n</div>", "<div>\nx\n</div>"),
        ("![a cat](https://a.example/c.png)", "🖼 a cat"),
        ("![](https://a.example/c.png)", "🖼 https://a.example/c.png"),
        ("[me](tg://user?id=1)", "me (tg://user?id=1)"),
        ("[x](javascript:alert(1))", "x (javascript:alert(1))"),
        ("[local](http://localhost:8080/x)", "local (http://localhost:8080/x)"),
        ("[mail us](mailto:a@b.example)", "mail us (a@b.example)"),
        ("<a@b.example> [+123](tel:+123)", "a@b.example +123"),
        ("$5 and $10, US$20, $5-$7, 3$ or $4", "$5 and $10, US$20, $5-$7, 3$ or $4"),
        (r"see \[1\] and \(sic, really\)", "see [1] and (sic, really)"),
        ("[note]: these words", "[note]: these words"),
        ("[a]: https://a.example", "[a]: https://a.example"),
        ("\t~~~\n[a]: these\n\n[a]: words\n\n[a]", "~~~\n\n[a]: these\n\n[a]: words\n\n[a]"),
        ("| a |\n|---|\n| 1 | 2 | **3** |\n", "a |   |\n--+---+------\n1 | 2 | **3**"),
        ("```Some title here\ncode\n```", "title here\ncode"),
        ("```rust\n```", "rust"),
        ("`a | b` || `c`", "a | b || c"),
        ("<think>hm\n\nhm</think>\n\nYes.", "Yes."),
        ("Use `<think>` tags", "Use <think> tags"),
        ("```\n<think>\n```", "<think>"),
        ("<think>only this</think>", "only this"),
        ("", ""),
        ("a\x00b\ud800c\ufdd0d\r\ne", "abcd\ne"),
        ("x `unclosed", "x `unclosed"),
        ("**", "**"),
    ],
)
def test_a_classic_page_reads_well(source: str, text: str) -> None:
    assert only(source).text == text


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("**b** *i* ~~s~~ `c` ||x y||", "bold:b italic:i strikethrough:s code:c spoiler:x y"),
        ("a __init__ b foo__init__bar.py", "bold:init"),
        ("||a **b** c|| d || e", "spoiler:a b c bold:b"),
        ("`||x||` a||b", "code:||x||"),
        ("**a `b` c**", "bold:a code:b bold:c"),
        ("[`x`](https://a.example)", "text_link:x"),
        ("***both***", "bold:both italic:both"),
        ("***a** b*", "italic:a b bold:a"),
        ("***a* b**", "bold:a b italic:a"),
        ("# Big **bold**", "bold:Big bold"),
        ("$x^2$ and \\(y_1\\)", "code:x^2 code:y_1"),
        ("$$\na\n- b\n$$\n\n\\[\nc\n= d\n\\]", "pre:a\n- b pre:c\n= d"),
        ("> a **b**\n> > c\n", "blockquote:a b\n> c bold:b"),
        ("> ```\n> x\n> ```", "blockquote:x pre:x"),
        ("[1]\n\n[1]: https://a.example/x", "text_link:1"),
        ("<https://a.example/x_y_z>", "text_link:https://a.example/x_y_z"),
        ("😀 **x**", "bold:x"),
    ],
)
def test_marks_become_entities(source: str, found: str) -> None:
    assert " ".join(f"{kind}:{text}" for kind, text in marks(source)) == found


def test_code_keeps_its_language_and_every_blank() -> None:
    page = only("```python\n  if x:\n\n      y()\n```")

    assert page.text == "  if x:\n\n      y()"
    assert page.entities == (
        {"type": "pre", "offset": 0, "length": units(page.text), "language": "python"},
    )


def test_simple_answers_are_classic_and_rich_ones_are_asked_for() -> None:
    assert only("**hi** and `code`\n\n- a\n  - b", RICH).rich is None
    for source in ("|a|\n|-|\n|1|", "$$x$$", "- a\n  - b\n    - c", "> |a|\n> |-|", "w " * 2500):
        assert only(source, RICH).rich is not None
        assert paginate(source, CLASSIC)[0].rich is None
        assert paginate(source, Profile(plain=True))[0].rich is None


def test_rich_blocks_are_telegrams_own() -> None:
    source = (
        "## H\n\np **b** $x$ [l](https://a.example)[^1]\n\n3. [x] a\n4. b\n\n> [!TIP]\n> q\n\n"
        "```py\nc\n```\n\n\\[E\\]\n\n---\n\n|h|k|\n|:-:|--:|\n|1|`2`|\n"
    )
    link = {"type": "url", "text": "l", "url": "https://a.example"}
    bold = {"type": "bold", "text": "b"}
    formula = {"type": "mathematical_expression", "expression": "x"}
    note = {"type": "superscript", "text": "[1]"}
    item = {"blocks": [{"type": "paragraph", "text": "a"}], "value": 3, "type": "1"}

    def cell(text: Any, align: str, **more: bool) -> dict[str, Any]:
        return {"text": text, "align": align, "valign": "top", **more}

    assert blocks(source) == [
        {"type": "heading", "text": "H", "size": 2},
        {"type": "paragraph", "text": ["p ", bold, " ", formula, " ", link, note]},
        {
            "type": "list",
            "items": [
                {**item, "has_checkbox": True, "is_checked": True},
                {"blocks": [{"type": "paragraph", "text": "b"}], "value": 4, "type": "1"},
            ],
        },
        {
            "type": "blockquote",
            "blocks": [
                {"type": "paragraph", "text": {"type": "bold", "text": "TIP"}},
                {"type": "paragraph", "text": "q"},
            ],
        },
        {"type": "pre", "text": "c", "language": "py"},
        {"type": "mathematical_expression", "expression": "E"},
        {"type": "divider"},
        {
            "type": "table",
            "cells": [
                [cell("h", "center", is_header=True), cell("k", "right", is_header=True)],
                [cell("1", "center"), cell({"type": "code", "text": "2"}, "right")],
            ],
            "is_bordered": True,
        },
    ]


def test_a_table_wider_than_telegram_allows_is_shown_as_columns() -> None:
    row = "|" + "|".join(str(n) for n in range(25)) + "|"
    (block,) = blocks(f"{row}\n{'|-' * 25}|\n{row}")

    assert block["type"] == "pre"
    assert block["text"].count("24") == 2


def test_ten_thousand_nested_quotes_and_lists_are_only_odd() -> None:
    for source in (">" * 10_000 + " deep", "- " * 3_000 + "deep", "1. " * 500 + "**deep**"):
        for profile in (RICH, CLASSIC):
            pages = paginate(source, profile)
            for page in pages:
                check_page(page, profile)
            assert "deep" in pages[-1].text


@pytest.mark.parametrize(
    "opener", ["[", "*", "**a ", "`" * 3 + " ", "\\(", "$a", "<", "||a", "![", "_"]
)
def test_openers_without_closers_stay_quick(opener: str) -> None:
    source = opener * 4_000
    (first, *_) = paginate(source, CLASSIC)  # the run's time limit is what fails here

    assert first.text


# Pages


def test_pages_keep_spare_units_free_and_lose_nothing() -> None:
    source = "\n\n".join(f"Paragraph {n} " + "word 😀 " * 40 for n in range(60))
    pages = paginate(source, CLASSIC)

    for page in pages:
        check_page(page, CLASSIC)
        assert page.text.startswith("Paragraph")  # cut at blank lines
    assert all(units(page.text) > 3_500 for page in pages[:-1])
    assert "\n\n".join(page.text for page in pages) == "\n\n".join(
        part.strip() for part in source.split("\n\n")
    )


def test_the_best_place_to_cut_wins() -> None:
    profile = Profile(rich=False, limit=100, spare=0)
    sentence = "Some words here. "
    lines = "\n".join("x" * 30 for _ in range(8))

    assert [page.text[-1] for page in paginate(sentence * 20, profile)] == ["."] * 4
    assert {len(page.text) for page in paginate(lines, profile)} == {92, 61}
    assert [len(page.text) for page in paginate("y" * 250, profile)] == [100, 100, 50]
    assert paginate("a" * 70 + "\n\n" + "b" * 20 + "\n" + "c" * 40, profile)[0].text == "a" * 70
    assert paginate("ab " * 60, profile)[0].text.endswith("ab")


def test_a_cut_respects_bold_words_and_links_where_it_can() -> None:
    profile = Profile(rich=False, limit=100, spare=0)
    source = "w " * 40 + "[a link of several words](https://a.example)"
    first, second = paginate(source, profile)

    assert not first.entities
    assert second.text == "a link of several words"
    assert [entity["length"] for entity in second.entities] == [len(second.text)]


def test_long_code_is_reopened_with_its_language() -> None:
    body = "\n".join(f"    line_{n} = {n}" for n in range(600))
    pages = paginate(f"before\n\n```python\n{body}\n```\n\nafter", CLASSIC)

    assert len(pages) == 3
    for page in pages:
        boxes = [entity for entity in page.entities if entity["type"] == "pre"]
        assert len(boxes) == 1
        assert boxes[0]["language"] == "python"
    assert "\n".join(page.text for page in pages) == f"before\n\n{body}\n\nafter"


def test_code_that_fits_a_page_is_not_cut() -> None:
    body = "\n\n".join(f"step_{n}()" for n in range(200))
    first, second = paginate("intro " * 300 + f"\n\n```\n{body}\n```", CLASSIC)

    assert first.text.endswith("intro")
    assert second.text == body


def test_no_page_has_more_than_a_hundred_entities() -> None:
    source = " ".join(f"`c{n}`" for n in range(350))
    pages = paginate(source, CLASSIC)

    assert [len(page.entities) for page in pages] == [100, 100, 100, 50]


def test_a_cut_never_divides_an_emoji() -> None:
    family = "👨‍👩‍👧‍👦"
    for shift in range(12):
        for page in paginate("a" * shift + family * 30, Profile(rich=False, limit=60, spare=0)):
            assert units(page.text) <= 60
            assert page.text.lstrip("a").replace(family, "") == ""


def test_rich_pages_are_divided_between_blocks_and_lists_counted_on() -> None:
    items = "\n".join(f"{n}. entry number {n}" for n in range(1, 1001))
    pages = paginate(items, RICH)
    values = [
        item["value"]
        for page in pages
        for block in (page.rich or {})["blocks"]
        for item in block["items"]
    ]

    assert len(pages) == 5
    for page in pages:
        check_page(page, RICH)
    assert values == list(range(1, 1001))


@pytest.mark.parametrize(
    "source",
    [
        "word " * 14_000,
        "```py\n" + "x = 1\n" * 10_000 + "```",
        "> " + "\n> ".join("quoted words here" for _ in range(4_000)),
        "> " + "\n>\n> ".join("quoted words here" for _ in range(2_000)),
        "|a|b|\n|-|-|\n" + "|one|two words|\n" * 3_000,
        "|a|\n|-|\n|" + "long " * 9_000 + "|\n",
        "- " + "long " * 9_000 + "\n- second\n" + "- b\n" * 500,
        "$$" + "x + " * 700 + "$$\n\n" + "# " + "head " * 8_000,
        "- a\n  - b\n    - " + "c\n    - " * 900,
        "漢字。" * 15_000,
        "\n\n".join("😀 " * 20 for _ in range(700)),
    ],
    ids=lambda source: source[:8],
)
def test_no_rich_page_is_over_a_limit(source: str) -> None:
    pages = paginate(source, RICH)

    assert len(pages) > 1
    for page in pages:
        check_page(page, RICH)
        assert page.rich is not None
        assert letters("".join(map(rich_text, page.rich["blocks"]))) == letters(page.text)
    assert letters("".join(page.text for page in pages)).replace("py", "") == letters(
        source
    ).replace("py", "")


def test_only_the_first_part_of_a_divided_table_has_a_header() -> None:
    source = "|a|b|\n|-|-|\n" + "|one|two|\n" * 1_000
    rows = [
        row
        for page in paginate(source, RICH)
        for block in (page.rich or {})["blocks"]
        for row in block["cells"]
    ]

    assert len(rows) == 1_001
    assert [row for row in rows if "is_header" in row[0]] == rows[:1]


def test_one_long_cell_does_not_widen_every_row() -> None:
    source = "|a|b|\n|-|-|\n|" + "long " * 40 + "|1|\n|x|2|\n"
    lines = only(source).text.split("\n")

    assert len(lines[2]) > 190
    assert max(len(line) for line in lines if not line.startswith("long")) < 40


def test_a_page_survives_msgpack() -> None:
    for page in paginate("**a** 😀\n\n|x|\n|-|\n|1|", RICH):
        assert Page.unpacked(msgpack.unpackb(msgpack.packb(page.packed()))) == page


@settings(max_examples=1500 if SOAK else 60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_at_all_becomes_valid_pages(source: str) -> None:
    for profile in (RICH, Profile(rich=False, limit=64, spare=4)):
        for page in paginate(source, profile):
            check_page(page, profile)
        check_page(Preview(profile).render(source), profile)


# Previews


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("see [the ma", "see"),
        ("see [the manual](htt", "see"),
        ("see [the manual](https://a.example/x)", "see the manual"),
        ("so **", "so"),
        ("so **bo", "so bo"),
        ("so **bold*", "so bold"),
        ("so `x", "so x"),
        ("so `", "so"),
        ("so ~~no", "so no"),
        ("so ||psst", "so psst"),
        ("so *lean", "so lean"),
        ("a\n\n``", "a"),
        ("a\n\n```", "a"),
        ("a\n\n```py", "a"),
        ("a\n\n```py\nx = 1\n``", "a\n\nx = 1"),
        ("a\n\n| h | k |", "a"),
        ("a\n\n| h | k |\n|--", "a"),
        ("a\n-", "a"),
        ("a\n\n1", "a"),
        ("a\n\n- [x", "a"),
        ("a\n\n##", "a"),
        ("a `**b", "a **b"),
        ("2 * 3", "2 * 3"),
        ("<thi", ""),
        ("<think>let me see", ""),
        ("<think>let me see</think>\n\nOK", "OK"),
        ("- one **two\n- three", "• one **two\n• three"),
    ],
)
def test_half_written_marks_are_held_back(source: str, text: str) -> None:
    assert Preview(CLASSIC).render(source).text == text


def test_a_preview_shows_only_more_and_never_a_mark_it_takes_back() -> None:
    source = (
        "Intro with **bold words** and `code` and [a link](https://a.example/b).\n\n"
        "## Head\n\n1. one\n2. *two*\n   - sub **x**\n\n```py\nprint('x')\n```\n\n"
        "| h | k |\n|---|---|\n| 1 | **2** |\n\n> quote ~~old~~ ||secret||\n\nEnd $x_1$ \\(y\\)."
    )
    final = letters(paginate(source, CLASSIC)[0].text)
    preview = Preview(CLASSIC)
    shown = ""
    for at in range(len(source)):
        text = preview.render(source[:at]).text
        assert final.startswith(letters(text))
        assert len(letters(text)) >= len(letters(shown)), (shown, text)
        assert not text.endswith(("**", "~~", "||", "]("))
        shown = text


def test_only_the_end_of_a_growing_text_is_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from service.channels.telegram.text import preview as module

    read: list[int] = []
    parsed = module.parsed

    def counting(text: str) -> Any:
        read.append(len(text))
        return parsed(text)

    monkeypatch.setattr(module, "parsed", counting)
    source = "\n\n".join(f"Paragraph {n} with **some** words in it." for n in range(300))
    preview = Preview(RICH)
    for at in range(0, len(source), 50):
        preview.render(source[:at])

    assert max(read) < 250


def test_a_preview_knows_the_page_being_written() -> None:
    source = "\n\n".join(f"Paragraph {n} " + "word " * 40 for n in range(60))
    preview = Preview(CLASSIC)
    seen = [preview.current(source[:at], done=True) for at in range(0, len(source), 500)]
    pages = paginate(source, CLASSIC)

    numbers = [number for number, _ in seen]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(len(pages)))
    first = [preview.render(source[:at], done=True) for at in range(6_000, len(source), 500)]
    assert {page.text for page in first} == {pages[0].text}


def test_a_preview_of_another_text_starts_anew() -> None:
    preview = Preview(CLASSIC)
    preview.render("one\n\ntwo\n\nthree")

    assert preview.render("four\n\nfive").text == "four\n\nfive"


@pytest.mark.parametrize(
    ("before", "source"),
    [
        ("1. a\n\n2", "1. a\n\n2. b\n\nc"),
        ("x\n\nwhere $$a$$ is b\n\n", "x\n\nwhere $$a$$ is b\n\nand c"),
        ("x\n\nwhere $$a$$ is b\n", "x\n\nwhere $$a$$ is b\nand c"),
        ("- a\n\n  ---\n", "- a\n\n  ---\n\n- b\n\nc"),
        ("> a\n\n\\[\n- b\n", "> a\n\n\\[\n- b\n\\]\n\nc"),
    ],
)
def test_a_block_is_kept_only_when_nothing_can_change_it(before: str, source: str) -> None:
    preview = Preview(RICH)
    preview.render(before, done=True)
    preview.render(before)

    assert preview.render(source, done=True) == paginate(source, RICH)[0]


def test_a_definition_at_the_end_changes_the_link_at_the_beginning() -> None:
    source = "see [it][1]\n\nmore\n\nstill more\n\n[1]: https://a.example/x\n"
    preview = Preview(CLASSIC)
    for at in range(len(source)):
        preview.render(source[:at])

    assert preview.render(source, done=True) == paginate(source, CLASSIC)[0]
    assert preview.render(source, done=True).entities[0]["url"] == "https://a.example/x"
