"""Marks in any order to marks that nest: the one sweep behind entities and rich text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from service.channels.telegram.text.tree import Mark, Words

__all__ = ["EXACT", "Key", "nested"]

EXACT: Final = frozenset({"code", "math", "pre"})
"""Marks whose text is shown exactly as it is, blanks included."""

Key: TypeAlias = tuple[str, str]
"""The kind and the value of a mark."""


def nested(
    words: Words, rank: Mapping[str, int], allowed: Callable[[list[Key]], list[Key]]
) -> list[Mark]:
    """Return marks that say what those of *words* say, sorted, none empty, none crossing.

    Only kinds in *rank* are kept; it orders those that begin together, the outer first. *allowed*
    is asked which of several marks over the same letters may stay. Linear in the marks.
    """
    events = _events(words, rank)
    found: list[Mark] = []
    counts: dict[Key, int] = {}
    ends: dict[Key, int] = {}
    stack: list[tuple[Key, int]] = []
    place = 0
    while place < len(events):
        at = events[place][0]
        while place < len(events) and events[place][0] == at:
            _, change, key, end = events[place]
            counts[key] = counts.get(key, 0) + change
            ends[key] = max(end, ends.get(key, 0))
            if not counts[key]:
                del counts[key]
            place += 1
        wanted = list(counts) if len(counts) < 2 else allowed(list(counts))
        keep = 0
        while keep < len(stack) and stack[keep][0] in wanted:
            keep += 1
        while len(stack) > keep:
            (kind, value), start = stack.pop()
            found.append(Mark(start, at, kind, value))
        known = {key for key, _ in stack}
        new = [key for key in wanted if key not in known]
        new.sort(key=lambda key: (-ends[key], rank[key[0]]))
        stack.extend((key, at) for key in new)
    text = words.text
    found = [mark for mark in found if not text[mark.start : mark.end].isspace()]
    found.sort(key=lambda mark: (mark.start, -mark.end, rank[mark.kind]))
    return found


def _events(words: Words, rank: Mapping[str, int]) -> list[tuple[int, int, Key, int]]:
    """Return where each mark begins and ends; ends first, so that neighbours stay two marks."""
    events: list[tuple[int, int, Key, int]] = []
    for mark in words.marks:
        if mark.kind not in rank:
            continue
        start, end = mark.start, mark.end
        if mark.kind not in EXACT:
            start, end = _trimmed(words.text, start, end)
        if start < end:
            key = (mark.kind, mark.value)
            events.append((start, 1, key, end))
            events.append((end, -1, key, end))
    events.sort(key=lambda event: (event[0], event[1]))
    return events


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
