"""The tree as one run of words, for classic messages: what Telegram's entities can say.

Entities know no lists, tables, headings or formulas, so those become characters: bullets and
numbers, aligned columns, bold words, LaTeX in a code box. Quotes must not be nested, so a quote
within a quote gets the e-mail's ``>``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from service.channels.telegram.text.tree import (
    Block,
    Code,
    Heading,
    Item,
    ListBlock,
    Math,
    Paragraph,
    Quote,
    Rule,
    Table,
    Words,
)
from service.channels.telegram.text.words import edited, joined, marked, shown_plainly

__all__ = ["BETWEEN", "columns", "flat"]

BETWEEN: Final = "\n\n"
"""What stands between two blocks."""

_RULE: Final = "———"
_WIDEST: Final = 28  # a longer cell sticks out of its column instead of widening it
_LINE: Final = re.compile(r"\n(?=[^\n])")


def flat(block: Block) -> Words:
    """Return what *block* looks like in a classic message."""
    match block:
        case Paragraph(words=words):
            return words
        case Heading(words=words):
            return marked(words, "bold")
        case Code(text=text, language=language):
            return marked(Words(text), "pre", language)
        case Math(text=text):
            return marked(Words(text), "pre", "latex")
        case Quote():
            return _quote(block)
        case ListBlock(items=items):
            return joined([_item(item) for item in items], "\n")
        case Table():
            return marked(Words(columns(block)), "pre")
        case Rule():
            return Words(_RULE)


def _quote(quote: Quote) -> Words:
    parts = [marked(Words(quote.kind), "bold")] if quote.kind else []
    for block in quote.blocks:
        part = flat(block)
        parts.append(_prefixed(part, "> ") if isinstance(block, Quote) else part)
    words = joined([_without_quotes(part) for part in parts if part.text], "\n")
    return marked(words, "blockquote")


def _without_quotes(words: Words) -> Words:
    if not any(mark.kind == "blockquote" for mark in words.marks):
        return words
    return Words(words.text, tuple(m for m in words.marks if m.kind != "blockquote"))


def _item(item: Item) -> Words:
    """Return an entry: its sign, its first words, and the rest below."""
    if item.checked is not None:
        sign = "☑ " if item.checked else "☐ "
        if item.number is not None:
            sign = f"{item.number}. {sign}"
    else:
        sign = "• " if item.number is None else f"{item.number}. "
    parts = []
    for block in item.blocks:
        part = flat(block)
        parts.append(_prefixed(part, "   ") if isinstance(block, ListBlock) else part)
    parts = [part for part in parts if part.text]
    if not parts:
        return Words(sign.rstrip())
    # A box or a quote has to begin on a line of its own.
    boxed = any(mark.kind in {"pre", "blockquote"} and not mark.start for mark in parts[0].marks)
    if boxed or isinstance(item.blocks[0], ListBlock):
        return joined((Words(sign.rstrip()), *parts), "\n")
    return joined((joined((Words(sign), parts[0]), ""), *parts[1:]), "\n")


def _prefixed(words: Words, prefix: str) -> Words:
    """Return *words* with *prefix* before every line that is not inside a box."""
    boxes = [(mark.start, mark.end) for mark in words.marks if mark.kind == "pre"]
    starts = [0, *(found.end() for found in _LINE.finditer(words.text))]
    return edited(
        words,
        [(at, at, prefix) for at in starts if not any(start <= at < end for start, end in boxes)],
    )


def columns(table: Table) -> str:
    """Return *table* as lines of aligned columns; links show their targets."""
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    if not rows:
        return ""
    widths = [
        min(_WIDEST, max(_width(row[place]) for row in rows)) for place in range(len(rows[0]))
    ]
    lines = [_line(row, widths, table.align) for row in rows]
    if not table.headless:
        lines.insert(1, "-+-".join("-" * width for width in widths))
    return "\n".join(lines)


def _cell(cell: Words) -> str:
    return shown_plainly(cell).text.replace("\n", " ")


def _line(row: Sequence[str], widths: Sequence[int], align: Sequence[str]) -> str:
    cells = []
    for text, width, side in zip(row, widths, align, strict=True):
        missing = max(0, width - _width(text))
        left = {"left": 0, "right": missing, "center": missing // 2}[side]
        cells.append(f"{' ' * left}{text}{' ' * (missing - left)}")
    return " | ".join(cells).rstrip()


def _width(text: str) -> int:
    """Return how many columns *text* takes in a fixed-width font."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
