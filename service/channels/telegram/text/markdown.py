"""Markdown, as models write it, to the one tree.

The grammar is pulldown-cmark's (CommonMark and tables, task lists, strikethrough, call-outs and
maths); `prepare` has taken care of what models write and the grammar would swallow. What a reader
would see is never dropped: cells beyond the table's width, odd link targets and the words behind a
fence's language are shown.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import pyromark

from service.channels.telegram.text.prepare import Prepared, cleaned, normal, prepared
from service.channels.telegram.text.reader import Reader
from service.channels.telegram.text.tree import Block

__all__ = ["Parsed", "parsed"]

_OPTIONS: Final = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
    | pyromark.Options.ENABLE_GFM
)

_AT_ONCE: Final = 100  # nearly all are found by their looks; this keeps a strange text linear


class Parsed(NamedTuple):
    """Blocks, and how many of them are certain.

    The first *closed* blocks are what the first *settled* characters of the source say, whatever
    is appended to it.
    """

    blocks: tuple[Block, ...]
    closed: int
    settled: int


def parsed(text: str) -> Parsed:
    """Return the tree of *text* (sanitised and without thoughts); takes 0.2 ms per kB."""
    source = _definitions_shown(prepared(text))
    reader = Reader(source.text)
    for event, span in pyromark.events_with_range(source.text, options=_OPTIONS, merge_text=True):
        reader.read(event, span["start"], span["end"])
    blocks, starts = reader.finished()
    closed, offset = _settled(source, reader.encoded, starts)
    return Parsed(blocks, closed, len(cleaned(source.text[:offset])))


def _definitions_shown(source: Prepared) -> Prepared:
    """Return *source* so that no text hides in link definitions which `prepare` did not recognise.

    The parser says where they are, but names only one of each label; so everything that looks like
    one is guarded with it.
    """
    while "]:" in source.text:
        found = pyromark.reference_definitions(source.text, options=_OPTIONS)
        hiding = [
            definition["span"]["start"]
            for label, definition in found.items()
            if normal(cleaned(label)) not in source.labels
        ]
        if not hiding:
            break
        encoded = source.text.encode()
        places = {len(encoded[:start].decode()) for start in hiding[:_AT_ONCE]}
        source = source.walled(sorted(places | set(source.labelled())))
    return source


def _settled(source: Prepared, encoded: bytes | None, starts: list[int]) -> tuple[int, int]:
    """Return the number of certain blocks, and where the first uncertain one's line begins.

    Blocks are made of lines, so a block is over once a later one has begun in a complete line.
    Behind a blank line `prepare`, too, looks no further back.
    """
    seams = set(source.seams)
    complete = source.text.rfind("\n") + 1
    lines = []
    at = length = 0
    for start in starts:
        if encoded is not None:
            length += len(encoded[at:start].decode())
            at = start
        lines.append(source.text.rfind("\n", 0, length if encoded is not None else start) + 1)
    for index in range(len(lines) - 1, 0, -1):
        # Several blocks on one line are one paragraph with formulas in it.
        if lines[index] != lines[index - 1] and lines[index] in seams and lines[index] < complete:
            return index, lines[index]
    return 0, 0
