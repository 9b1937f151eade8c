"""A block too large for one rich message becomes several that together say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from service.channels.telegram.text.cutting import pieces
from service.channels.telegram.text.entities import tidy, units
from service.channels.telegram.text.flat import columns, flat
from service.channels.telegram.text.rich import rich_block, weight
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

__all__ = ["BLOCKS", "divided", "measured"]

BLOCKS: Final = 450
"""How many blocks we put into one rich message; Telegram counts to 500."""

_UNMARKED: Final = 1_000_000_000  # rich text has no limit on marks

T = TypeVar("T")


def measured(block: Block) -> tuple[int, int]:
    """Return the UTF-16 units and the number of blocks that *block* takes."""
    return units(flat(block).text), weight(rich_block(block))


def divided(block: Block, limit: int) -> Iterator[Block]:
    """Yield *block* in parts of at most *limit* units and `BLOCKS` blocks."""
    if _fits(block, limit):
        yield block
        return
    match block:
        case Table():
            yield from _tables(block, limit)
        case ListBlock(items=items):
            yield from _lists(items, limit)
        case Quote(blocks=blocks, kind=kind):
            parts = [part for child in blocks for part in divided(child, limit - 64)]
            for place, run in enumerate(_runs(parts, lambda run: Quote(run, kind), limit)):
                yield Quote(run, kind if not place else "")
        case _:
            yield from _slices(block, limit)


def _slices(block: Paragraph | Heading | Code | Math | Rule, limit: int) -> Iterator[Block]:
    match block:
        case Paragraph(words=words):
            yield from (Paragraph(piece) for piece in pieces(words, limit, _UNMARKED))
        case Heading(words=words, level=level):
            yield from (Heading(level, piece) for piece in pieces(words, limit, _UNMARKED))
        case Code(text=text, language=language):
            yield from (Code(piece.text, language) for piece in pieces(Words(text), limit))
        case Math(text=text):
            yield from (Math(piece.text) for piece in pieces(Words(text), limit))
        case Rule():
            yield block


def _fits(block: Block, limit: int) -> bool:
    size, blocks = measured(block)
    return size <= limit and blocks <= BLOCKS


def _runs(
    things: Sequence[T], made: Callable[[tuple[T, ...]], Block], limit: int
) -> Iterator[tuple[T, ...]]:
    """Yield *things* in runs that fit when *made* into a block; one alone may be too large."""
    run: list[T] = []
    size = blocks = 0
    for thing in things:
        more, heavier = measured(made((thing,)))
        if run and (size + more + 2 > limit or blocks + heavier > BLOCKS):
            yield tuple(run)
            run, size, blocks = [], 0, 0
        size += more + 2
        blocks += heavier - 1 if run else heavier  # the container counts once
        run.append(thing)
    if run:
        yield tuple(run)


def _lists(items: Sequence[Item], limit: int) -> Iterator[Block]:
    """Yield lists; of an entry too large for one, what does not fit follows below it."""
    for run in _runs(items, ListBlock, limit):
        if len(run) > 1 or _fits(ListBlock(run), limit):
            yield ListBlock(run)
            continue
        entry = run[0]
        parts = [part for child in entry.blocks for part in divided(child, limit - 64)]
        yield ListBlock((Item(tuple(parts[:1]), entry.number, entry.checked),))
        yield from parts[1:]


def _tables(table: Table, limit: int) -> Iterator[Block]:
    """Yield tables with some of the rows each; a row too large for one becomes a box."""
    made: Callable[[tuple[tuple[Words, ...], ...]], Table] = lambda rows: Table(  # noqa: E731
        table.align, rows, headless=True
    )
    headless = table.headless
    for rows in _runs(table.rows, made, limit):
        if len(rows) > 1 or _fits(made(rows), limit):
            yield Table(table.align, rows, headless)
        else:
            for piece in pieces(tidy(Words(columns(made(rows)))), limit):
                yield Code(piece.text)
        headless = True
