"""Marks in any order to marks that nest: the one sweep behind entities and rich text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Final, TypeAlias

from service.channels.telegram.text.tree import Mark, Words

__all__ = ["EXACT", "Key", "nested"]

EXACT: Final = frozenset({"code", "math", "pre", "blockquote"})
"""Marks that include the blanks at their ends: code is exact, and a quote may begin with code."""

Key: TypeAlias = tuple[str, str]
"""The kind and the value of a mark."""


def nested(
    words: Words, rank: Mapping[str, int], allowed: Callable[[list[Key]], list[Key]]
) -> list[Mark]:
    """Return marks that say what those of *words* say, sorted, none empty, none crossing.

    Only kinds in *rank* are kept; it orders those that begin together, the outer first. *allowed*
    is asked which of several marks over the same letters may stay. Linear in the marks.
    """
    marks = _known(words, rank)
    if not any(one.end > other.start for one, other in pairwise(marks)):
        return marks
    sweep = _Sweep(rank, allowed)
    # Ends before beginnings, so that neighbours stay two marks.
    events = [(mark.start, 1, mark) for mark in marks]
    events += [(mark.end, 0, mark) for mark in marks]
    events.sort(key=lambda event: event[:2])
    for at, same in groupby(events, key=lambda event: event[0]):
        sweep.step(at, [(begins, mark) for _, begins, mark in same])
    found = _known(Words(words.text, tuple(sweep.found)), rank)
    found.sort(key=lambda mark: (mark.start, -mark.end, rank[mark.kind]))
    return found


def _known(words: Words, rank: Mapping[str, int]) -> list[Mark]:
    """Return the marks of *words* that *rank* knows, in order, without blanks at their ends."""
    text = words.text
    found: list[Mark] = []
    for mark in words.marks:
        start, end, kind, _ = mark
        if kind not in rank:
            continue
        if kind not in EXACT and end and (text[start].isspace() or text[end - 1].isspace()):
            start, end = _trimmed(text, start, end)
            mark = mark._replace(start=start, end=end)  # noqa: PLW2901
        if start < end and not (kind in EXACT and text[start:end].isspace()):
            found.append(mark)
    found.sort(key=itemgetter(0))
    return found


class _Sweep:
    """Goes over the places where marks begin and end, and keeps a stack of what is open."""

    __slots__ = ("allowed", "counts", "ends", "found", "rank", "stack")

    def __init__(self, rank: Mapping[str, int], allowed: Callable[[list[Key]], list[Key]]) -> None:
        self.rank = rank
        self.allowed = allowed
        self.counts: dict[Key, int] = {}
        self.ends: dict[Key, int] = {}
        self.stack: list[tuple[Key, int]] = []
        self.found: list[Mark] = []

    def step(self, at: int, events: list[tuple[int, Mark]]) -> None:
        """Take all that begins or ends *at* one place."""
        counts = self.counts
        for begins, mark in events:
            key = (mark.kind, mark.value)
            counts[key] = counts.get(key, 0) + (1 if begins else -1)
            self.ends[key] = mark.end
            if not counts[key]:
                del counts[key]
                self._close(key, at)
        wanted = self.allowed(list(counts)) if len(counts) > 1 else list(counts)
        for key, _ in [*self.stack]:
            if key not in wanted:
                self._close(key, at)
        known = {key for key, _ in self.stack}
        new = [key for key in wanted if key not in known]
        new.sort(key=lambda key: (-self.ends[key], self.rank[key[0]]))
        self.stack.extend((key, at) for key in new)

    def _close(self, key: Key, at: int) -> None:
        """Close *key* if it is open, and what was opened inside of it."""
        while any(key == one for one, _ in self.stack):
            (kind, value), start = self.stack.pop()
            if start < at:
                self.found.append(Mark(start, at, kind, value))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
