"""The end of an unfinished text: what to hold back until more of it is known.

Without this the reader of a streamed answer would see every ``**`` and every half link appear and
vanish again. Opened bold words, code and strikethrough are closed for the moment.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["held"]

_FENCE: Final = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})(.*)$")
_BLANK: Final = re.compile(r"\n[ \t>]*\n(?=[^\n]*\S|\Z)")
# A line that so far is only the beginning of a list entry, a heading, a quote, a fence, a rule.
_OPENING: Final = re.compile(
    r"(?:\A|(?<=\n))[ \t>]*(?:[-*+][ \t]*(?:\[[ xX]?\]?)?|\d{1,9}[.)]?|#{1,6}|`{1,2}|~{1,2}|=+|--+"
    r"|\*\*+|__+|</?t?h?i?n?k?i?n?g?)?[ \t]*\Z"
)
_LINK: Final = re.compile(r"!?\[[^\[\]\n]{0,300}(?:\]\([^()\n]{0,2000}|\]\[[^\[\]\n]{0,100}|\])?\Z")
_TABLE: Final = re.compile(r"(?:\A|\n)(?P<table>[ \t]*\|[^\n]*(?:\n[ \t|:\-]*)?)\Z")
_MARKS: Final = re.compile(r"(?<![\w*_~`|$\\])[*_~`|$\\]+\Z")
_HALF: Final = re.compile(r"\\\Z|\$\Z(?<=[ (\n]\$)")
_TOKEN: Final = re.compile(r"\\.|(`+)|(\*\*|~~)", re.DOTALL)
_TAIL: Final = re.compile(r"([*~]+)\Z")


def held(text: str) -> str:
    """Return *text* without the half-written marks at its end, open ones closed."""
    start, fence = _last_stretch(text)
    if fence:
        return _held_in_fence(text, fence)
    stretch = text[start:]
    found = _OPENING.search(stretch)
    if found and found[0].strip():
        return text[: start + found.start()]
    found = _TABLE.search(stretch)
    if found and "\n" not in stretch[: found.start("table")].strip("\n"):
        before = stretch[: found.start("table")]
        if not before.rstrip("\n").rpartition("\n")[2].lstrip().startswith("|"):
            return text[: start + found.start("table")]
    for pattern in (_LINK, _HALF, _MARKS):
        found = pattern.search(stretch)
        if found and not _in_code(stretch[: found.start()]):
            stretch = stretch[: found.start()]
    return text[:start] + _closed(stretch)


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
        elif not fence and not line.strip(" \t>"):
            start = at + len(line) + 1
        at += len(line) + 1
    return min(start, len(text)), fence


def _held_in_fence(text: str, fence: str) -> str:
    """Return *text*, whose fence is open, without the beginning of the closing one."""
    line = text.rfind("\n") + 1
    bare = text[line:].strip(" \t>")
    half = bare and not bare.strip(fence[0]) and len(bare) < len(fence)
    if half or _FENCE.match(text[line:]):
        return text[:line]
    return text


def _in_code(text: str) -> bool:
    return _open_marks(text)[-1:] == ["`"]


def _open_marks(text: str) -> list[str]:
    """Return the code, bold and strikethrough marks that are open after *text*, outer first."""
    found: list[str] = []
    ticks = ""
    for token in _TOKEN.finditer(text):
        if token[1]:
            if not ticks:
                ticks = token[1]
            elif token[1] == ticks:
                ticks = ""
        elif token[2] and not ticks:
            if token[2] in found:
                del found[found.index(token[2]) :]
            else:
                found.append(token[2])
    return [*found, ticks] if ticks else found


def _closed(stretch: str) -> str:
    """Return *stretch* with what is open closed, if anything follows the opening."""
    marks = _open_marks(stretch)
    if not marks:
        return stretch
    bare = stretch.rstrip()
    tail = _TAIL.search(bare)
    if tail and marks[-1][0] == tail[1][0] != "`" and len(tail[1]) % 2:
        bare = bare[:-1]
    for mark in reversed(marks):
        if bare.endswith(mark):
            bare = bare.removesuffix(mark).rstrip()
        else:
            bare += mark
    return bare
