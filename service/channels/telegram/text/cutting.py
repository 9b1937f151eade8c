"""Where to cut a run of words that is too long for one message.

The best place in the window wins: a blank line, then the end of a line, of a sentence, of a word;
outside everything marked rather than inside a box or a quote, and inside a link or bold words only
when there is no other way. Letters that make one sign together stay together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from service.channels.telegram.text.tree import Mark, Words

__all__ = ["ENTITIES", "pieces"]

ENTITIES: Final = 100
"""How many entities of one message Telegram respects."""

_BOXES: Final = frozenset({"pre", "blockquote"})
_SENTENCE: Final = re.compile(r"[.!?…][\"')\]»”]*(?=\s)|[。！？](?=[^。！？])")
_JOINERS: Final = frozenset("\u200d\ufe0e\ufe0f\u20e3")


def pieces(words: Words, limit: int, most: int = ENTITIES) -> Iterator[Words]:
    """Yield *words* in pieces of at most *limit* UTF-16 units and *most* marks.

    Only blanks at the cuts are dropped. A mark over a cut is closed and opened again, a box with
    its language. The marks must be sorted and nest.
    """
    text, marks = words.text, words.marks
    start = place = 0
    carried: list[Mark] = []
    while start < len(text):
        end = _reach(text, start, limit)
        allowed = place + max(1, most - len(carried))
        if allowed < len(marks) and start < marks[allowed].start < end:
            end = marks[allowed].start
        last = place
        while last < len(marks) and marks[last].start < end:
            last += 1
        window = [*carried, *marks[place:last]]
        after = len(text)
        if end < len(text):
            end, after = _place(text, start, end, window)
        piece = _window(text, start, end, window)
        if piece.text.strip():
            yield piece
        place += sum(1 for mark in marks[place:last] if mark.start < after)
        carried = [mark for mark in window if mark.start < after < mark.end]
        start = after


def _reach(text: str, start: int, limit: int) -> int:
    """Return how far *limit* units reach from *start*."""
    window = text[start : start + limit]
    if not window.isascii() and max(window) > "\uffff":
        kept = window.encode("utf-16-le")[: 2 * limit]
        return start + max(1, len(kept.decode("utf-16-le", errors="ignore")))
    return start + len(window)


def _window(text: str, start: int, end: int, marks: list[Mark]) -> Words:
    """Return the words of one piece, without blanks at its end and newlines at its start."""
    while start < end and text[start] == "\n":
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    inside = (
        Mark(max(mark.start, start) - start, min(mark.end, end) - start, mark.kind, mark.value)
        for mark in marks
        if mark.start < end and mark.end > start
    )
    return Words(text[start:end], tuple(mark for mark in inside if mark.start < mark.end))


def _place(text: str, start: int, end: int, marks: list[Mark]) -> tuple[int, int]:
    """Return where the piece from *start* ends, at *end* at the latest, and the next one begins."""
    inline = [mark for mark in marks if mark.kind not in _BOXES]
    middle = start + (end - start) // 2
    early = start + (end - start) // 4
    for low, blocked in ((early, marks), (early, inline)):
        for separator in ("\n\n", "\n"):
            lowest = low if separator == "\n\n" and blocked is marks else middle
            at = _last(text, separator, lowest, end, blocked)
            if at > start:
                return at, _behind(text, at, "\n")
    for low in (middle, start):
        for blocked in (inline, []):
            if low == middle and blocked is not inline:
                continue
            at = _last_sentence(text, low, end, blocked) if low == middle else -1
            if at <= start:
                at = max(_last(text, blank, low, end, blocked) for blank in ("\n", " "))
            if at > start:
                return at, _behind(text, at, " \n")
    at = _whole_sign(text, start, end)
    return at, at


def _behind(text: str, at: int, blanks: str) -> int:
    while at < len(text) and text[at] in blanks:
        at += 1
    return at


def _last(text: str, separator: str, low: int, high: int, blocked: list[Mark]) -> int:
    """Return the last *separator* in the window that is not inside a *blocked* mark, or -1."""
    while high >= low:
        at = text.rfind(separator, low, high + len(separator))
        if at < 0:
            return -1
        over = [mark.start for mark in blocked if mark.start < at < mark.end]
        if not over:
            return at
        high = min(over) - 1
    return -1


def _last_sentence(text: str, low: int, high: int, blocked: list[Mark]) -> int:
    ends = [found.end() for found in _SENTENCE.finditer(text, low, min(high + 1, len(text)))]
    for at in reversed(ends):
        if at <= high and not any(mark.start < at < mark.end for mark in blocked):
            return at
    return -1


def _whole_sign(text: str, start: int, end: int) -> int:
    """Return the last place before *end* that is not in the middle of an emoji or a letter."""
    for at in range(end, max(start, end - 40), -1):
        if not _joined(text[at - 1], text[at]):
            return at
    return end


def _joined(before: str, after: str) -> bool:
    return (
        after in _JOINERS
        or before == "\u200d"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or ("\U0001f1e6" <= after <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff")
        or bool(unicodedata.combining(after))
    )
