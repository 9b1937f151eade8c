"""Sources become links: numbers behind the words, a list at the end, nothing inside code."""

from __future__ import annotations

from actors.citing import MOST, with_sources
from fsm.sources import Source

A, B = "https://example.org/a", "https://example.org/b"


def source(end: int, uri: str = A, title: str = "A page") -> Source:
    return Source(start=0, end=end, title=title, uri=uri)


def test_each_source_has_one_number_wherever_it_stands() -> None:
    text = "Cats sleep. They also eat."

    cited = with_sources(text, (source(11), source(11, B, "B"), source(26)), "Sources:")

    assert cited == (
        f"Cats sleep.[¹]({A})[²]({B}) They also eat.[¹]({A})\n\n"
        f"Sources: 1 [A page]({A}), 2 [B]({B})"
    )


def test_a_number_stands_before_the_space_and_not_after_it() -> None:
    assert with_sources("One. Two.", (source(5),), "S:").startswith(f"One.[¹]({A}) Two.")


def test_code_stays_code() -> None:
    text = "See:\n```\nx = 1\n```\nand `y = 2` there"

    cited = with_sources(text, (source(12), source(27), source(len(text) + 9)), "S:")

    assert cited.startswith(f"{text}[¹]({A})")


def test_titles_and_addresses_cannot_break_out() -> None:
    bad = source(1, "https://example.org/a b)(c|d", "x](https://evil) *y*\n")

    cited = with_sources("x", (bad, source(1, "javascript:alert(1)")), "S:")

    assert "[x https://evil y](https://example.org/a%20b%29%28c%7Cd)" in cited
    assert "javascript" not in cited


def test_without_sources_nothing_changes() -> None:
    assert with_sources("x", (), "S:") == "x"
    assert with_sources("x", (source(1, "ftp://x"),), "S:") == "x"


def test_the_list_has_an_end() -> None:
    many = tuple(source(1, f"{A}{number}") for number in range(40))

    assert with_sources("x", many, "S:").count("[A page]") == MOST
