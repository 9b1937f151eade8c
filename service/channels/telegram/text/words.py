"""Operations on words: edit, slice, join; and the builder that the parser fills.

Every operation keeps the marks on the letters they were on.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from service.channels.telegram.text.tree import Mark, Words

__all__ = ["Builder", "edited", "joined", "marked", "shown_plainly", "sliced"]

_SPOILER: Final = re.compile(r"\|\|(?=[^\s|])(.+?)(?<=[^\s|])\|\|", re.DOTALL)
_FOOTNOTE: Final = re.compile(r"\[\^([^\]\s^]{1,40})\](:?)")
_EXACT: Final = frozenset({"code", "math", "pre"})


def marked(words: Words, kind: str, value: str = "") -> Words:
    """Return *words* with one more mark over all of them."""
    if not words.text:
        return words
    return Words(words.text, (Mark(0, len(words.text), kind, value), *words.marks))


def sliced(words: Words, start: int, end: int) -> Words:
    """Return the words from *start* to *end*; a mark over a cut is closed and re-opened."""
    marks = tuple(
        Mark(max(mark.start, start) - start, min(mark.end, end) - start, mark.kind, mark.value)
        for mark in words.marks
        if mark.start < end and mark.end > start
    )
    return Words(words.text[start:end], marks)


def joined(parts: Iterable[Words], separator: str) -> Words:
    """Return *parts* as one, with *separator* between them."""
    texts: list[str] = []
    marks: list[Mark] = []
    at = 0
    for part in parts:
        if part.marks:
            marks += [
                Mark(start + at, end + at, kind, value) for start, end, kind, value in part.marks
            ]
        texts.append(part.text)
        at += len(part.text) + len(separator)
    return Words(separator.join(texts), tuple(marks))


def edited(words: Words, edits: Sequence[tuple[int, int, str]]) -> Words:
    """Return *words* after *edits* ``(start, end, replacement)``, sorted and apart.

    An insertion at the very start of a mark goes in front of it.
    """
    if not edits:
        return words
    texts: list[str] = []
    ends: list[int] = []
    shifts = [0]
    at = 0
    for start, end, replacement in edits:
        texts += (words.text[at:start], replacement)
        shifts.append(shifts[-1] + len(replacement) - (end - start))
        ends.append(end)
        at = end
    texts.append(words.text[at:])

    def moved(position: int, *, closing: bool) -> int:
        behind = bisect_right(ends, position - 1 if closing else position)
        if behind < len(edits):
            start, _, replacement = edits[behind]
            if start < position:  # inside the replaced text: a mark grows over all of it
                return start + shifts[behind] + (len(replacement) if closing else 0)
        return position + shifts[behind]

    marks = (
        Mark(moved(m.start, closing=False), moved(m.end, closing=True), m.kind, m.value)
        for m in words.marks
    )
    return Words("".join(texts), tuple(mark for mark in marks if mark.start < mark.end))


def shown_plainly(words: Words) -> Words:
    """Return *words* with each link's target written behind it, unless it is the text itself."""
    text = words.text
    shown = [m for m in words.marks if m.kind == "link" and text[m.start : m.end] != m.value]
    shown.sort(key=lambda mark: mark.end)
    return edited(words, [(mark.end, mark.end, f" ({mark.value})") for mark in shown])


class Builder:
    """Collects words as the parser meets them."""

    __slots__ = ("_length", "_marks", "_open", "_parts")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._marks: list[Mark] = []
        self._open: list[tuple[int, str, str]] = []

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def inside(self) -> bool:
        """Whether a mark is open."""
        return bool(self._open)

    def add(self, text: str, kind: str = "") -> None:
        """Append *text*, as a mark of its own if it has a *kind*."""
        if text:
            if kind:
                self._marks.append(Mark(self._length, self._length + len(text), kind))
            self._parts.append(text)
            self._length += len(text)

    def open(self, kind: str, value: str = "") -> None:
        """Begin a mark here."""
        self._open.append((self._length, kind, value))

    def close(self) -> None:
        """End the mark begun last; a link without text shows its target."""
        start, kind, value = self._open.pop()
        if kind == "image":
            kind = "link"
        if kind == "link" and start == self._length:
            self.add(value)
        if kind == "shown":
            self._show(start, value)
        elif start < self._length:
            self._marks.append(Mark(start, self._length, kind, value))

    def _show(self, start: int, target: str) -> None:
        """Write a target that cannot be a link behind its text, unless it is the text."""
        text = "".join(self._parts)[start:] if target else ""
        if target and not text:
            self.add(target)
        elif target and target.partition(":")[2] != text and target != text:
            self.add(f" ({target.removeprefix('mailto:').removeprefix('tel:')})")

    def take(self) -> Words:
        """Return what was collected, spoilers and footnote marks resolved, and start anew."""
        marks = self._marks
        if len(marks) > 1:
            marks.sort(key=lambda mark: (mark.start, -mark.end))
        words = Words("".join(self._parts), tuple(marks))
        self._parts, self._length, self._marks, self._open = [], 0, [], []
        if "||" in words.text:
            words = _spoilers(words)
        if "[^" in words.text:
            words = _footnotes(words)
        return words


def _free(words: Words, start: int, end: int) -> bool:
    """Tell whether nothing between *start* and *end* must be taken literally."""
    return not any(
        mark.kind in _EXACT and mark.start < end and mark.end > start for mark in words.marks
    )


def _spoilers(words: Words) -> Words:
    """Return *words* with every ``||hidden||`` as a mark."""
    edits: list[tuple[int, int, str]] = []
    spans: list[Mark] = []
    at = 0
    while found := _SPOILER.search(words.text, at):
        start, end = found.span()
        if not _free(words, start, start + 2):
            at = start + 2
            continue
        if not _free(words, end - 2, end):
            at = end
            continue
        shift = 2 * len(edits)
        spans.append(Mark(start - shift, end - shift - 4, "spoiler"))
        edits += ((start, start + 2, ""), (end - 2, end, ""))
        at = end
    plain = edited(words, edits)
    marks = sorted((*spans, *plain.marks), key=lambda mark: (mark.start, -mark.end))
    return Words(plain.text, tuple(marks))


def _footnotes(words: Words) -> Words:
    """Return *words* with ``[^1]`` as a small ``[1]``; the note itself loses its colon."""
    edits: list[tuple[int, int, str]] = []
    notes: list[Mark] = []
    shift = 0
    for found in _FOOTNOTE.finditer(words.text):
        start, end = found.span()
        if not _free(words, start, end):
            continue
        defines = bool(found[2]) and (start == 0 or words.text[start - 1] == "\n")
        end -= len(found[2]) if not defines else 0
        shown = f"[{found[1]}]"
        notes.append(Mark(start + shift, start + shift + len(shown), "superscript"))
        edits.append((start, end, shown))
        shift += len(shown) - (end - start)
    plain = edited(words, edits)
    marks = sorted((*plain.marks, *notes), key=lambda mark: (mark.start, -mark.end))
    return Words(plain.text, tuple(marks))
