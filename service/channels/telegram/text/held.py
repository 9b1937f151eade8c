"""The end of an unfinished text: what to hold back until more of it is known.

Without this the reader of a streamed answer would see every ``**`` and every half link appear and
vanish again. Opened bold words, code and strikethrough are closed for the moment.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["held"]

_FENCE: Final = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})(.*)$")
# A line that so far is only the beginning of a list entry, a heading, a quote, a fence, a rule.
_OPENING: Final = re.compile(
    r"[ \t>]*(?:[-*+][ \t]*(?:\[[ xX]?\]?)?|\d{1,9}[.)]?|#{1,6}|`{1,2}|~{1,2}|=+|--+"
    r"|\*\*+|__+|</?t?h?i?n?k?i?n?g?)?[ \t]*\Z"
)
_LINK: Final = re.compile(r"!?\[[^\[\]\n]{0,300}(?:\]\([^()\n]{0,2000}|\]\[[^\[\]\n]{0,100}|\])?\Z")
_TABLE: Final = re.compile(r"(?:\A|\n)(?P<table>[ \t]*\|[^\n]*(?:\n[ \t|:\-]*)?)\Z")
_MARKS: Final = re.compile(r"(?<![\w*_~`|$\\])[*_~`|$\\]+\Z")
_HALF: Final = re.compile(r"\\\Z|\$\Z(?<=[ (\n]\$)")
_TOKEN: Final = re.compile(r"\\.|(`+)|(\*\*?|~~|\|\|)", re.DOTALL)
_ENTRY: Final = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)]|#{1,6})[ \t]+", re.MULTILINE)
_TAIL: Final = re.compile(r"([*~|]+)\Z")


def held(text: str) -> str:
    """Return *text* without the half-written marks at its end, open ones closed."""
    start, fence = _last_stretch(text)
    if fence:
        return _held_in_fence(text, fence)
    stretch = text[start:]
    if _marked(stretch):
        found = _TABLE.search(stretch)
        if found and _begins_table(stretch[: found.start("table")]):
            return text[: start + found.start("table")]
        for pattern in (_LINK, _HALF, _MARKS):
            found = pattern.search(stretch)
            if found and not _in_code(stretch[: found.start()]):
                stretch = stretch[: found.start()]
    found = _OPENING.match(stretch, stretch.rfind("\n") + 1)
    if found and found[0].strip():
        return text[: start + found.start()]
    return text[:start] + (_closed(stretch) if _marked(stretch) else stretch)


def _marked(stretch: str) -> bool:
    """Tell whether anything in *stretch* could be a mark; most prose needs no closer look."""
    return any(mark in stretch for mark in "*`[|_~$\\")


def _begins_table(before: str) -> bool:
    """Tell whether a row below *before* can be the first of a table, whose look is still open."""
    line = before.rstrip("\n").rpartition("\n")[2]
    return not line.lstrip(" \t>").startswith("|")


def _last_stretch(text: str) -> tuple[int, str]:
    """Return where the last stretch without blank lines begins, and the fence open at the end."""
    fence = ""
    at = start = 0
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if not fence and found and not (found[1][0] == "`" and "`" in found[2]):
            fence = found[1]
        elif fence and found and found[1].startswith(fence) and not found[2].strip():
            fence = ""
            start = at + len(line) + 1
        elif not fence and not line.strip(" \t>") and at + len(line) < len(text):
            start = at + len(line) + 1
        at += len(line) + 1
    return min(start, len(text)), fence


def _held_in_fence(text: str, fence: str) -> str:
    """Return *text*, whose fence is open, without a half or an empty fence at its end."""
    line = text.rfind("\n") + 1
    bare = text[line:].strip(" \t>")
    if bare and not bare.strip(fence[0]) and len(bare) < len(fence):
        return text[:line]
    written = text.rstrip(" \t>\n")
    line = written.rfind("\n") + 1
    return text[:line] if _FENCE.match(written[line:]) else text


def _in_code(stretch: str) -> bool:
    marks = _open_marks(stretch[_paragraph(stretch) :])
    return bool(marks) and marks[-1][0] == "`"


def _open_marks(text: str) -> list[str]:
    """Return what is open after *text*, a part of one paragraph or cell: outer first, code last."""
    found: list[str] = []
    ticks = ""
    for token in _TOKEN.finditer(text):
        mark = token[2]
        if token[1]:
            if not ticks:
                ticks = token[1]
            elif token[1] == ticks:
                ticks = ""
        elif mark and not ticks:
            if mark in found:
                del found[found.index(mark) :]
            elif text[token.end() : token.end() + 1].strip() and (
                mark != "*" or not text[token.start() - 1 : token.start()].isalnum()
            ):
                found.append(mark)
    return [*found, ticks] if ticks else found


def _closed(stretch: str) -> str:
    """Return *stretch* with what is open closed, if anything follows the opening."""
    marks = _open_marks(stretch[_paragraph(stretch) :])
    if not marks:
        return stretch
    bare = stretch.rstrip()
    tail = _TAIL.search(bare)
    if tail and marks[-1][0] == tail[1][0] and len(tail[1]) % 2:
        bare = bare[:-1]
    for mark in reversed(marks):
        if bare.endswith(mark):
            bare = bare.removesuffix(mark).rstrip()
        else:
            bare += f" {mark}" if mark[0] == "`" == bare[-1:] else mark
    return bare


def _paragraph(stretch: str) -> int:
    """Return where the last entry, heading or cell of *stretch* begins; marks end with them."""
    starts = [found.end() for found in _ENTRY.finditer(stretch)]
    start = starts[-1] if starts else 0
    line = stretch.rfind("\n") + 1
    if stretch[line:].lstrip(" \t>").startswith("|"):
        return max(start, stretch.rfind("|") + 1)
    return start
