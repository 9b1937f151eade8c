"""The one tree that every rendering starts from: blocks, and words with marks.

Words are flat on purpose: a string and the ranges that are bold, code, a link and so on.
Entities are then a copy, cutting is a slice, and nothing has to be walked twice.
Offsets count code points; UTF-16 appears in one place only, where entities leave the house.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

__all__ = [
    "Block",
    "Code",
    "Heading",
    "Item",
    "ListBlock",
    "Mark",
    "Math",
    "Paragraph",
    "Quote",
    "Rule",
    "Table",
    "Words",
]


class Mark(NamedTuple):
    """A range of words with a meaning.

    *kind* is one of ``bold italic strikethrough spoiler code math link superscript``, and in
    rendered pages also ``pre`` and ``blockquote``. *value* is a link's target or a language.
    """

    start: int
    end: int
    kind: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A run of text and what is special about parts of it."""

    text: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words that belong together."""

    words: Words


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; *level* 1 is the largest, 6 the smallest."""

    level: int
    words: Words


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be shown exactly as written."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Math:
    """A formula on its own line, as LaTeX."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words; *kind* is ``NOTE``, ``WARNING`` and so on for a call-out."""

    blocks: tuple[Block, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list: numbered, with a check box, or with a plain bullet."""

    blocks: tuple[Block, ...]
    number: int | None = None
    checked: bool | None = None


@dataclass(frozen=True, slots=True)
class ListBlock:
    """Entries below each other."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, all equally long; the first row is the header unless *headless*."""

    align: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]
    headless: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line between two parts."""


Block: TypeAlias = Paragraph | Heading | Code | Math | Quote | ListBlock | Table | Rule
