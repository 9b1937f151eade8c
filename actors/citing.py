"""An answer with its sources: small numbers where they belong, and a list at the end."""

from __future__ import annotations

import re
from typing import Final

from fsm.sources import Source

MOST: Final = 10
"""Sources that are listed; more would be longer than the answer."""
_DIGITS: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MARKUP: Final = re.compile(r"[\\\[\]()<>*_`|\s]+")
_UNSAFE: Final = {ord(sign): f"%{ord(sign):02X}" for sign in " ()<>\\|\"'"}


def with_sources(text: str, sources: tuple[Source, ...], label: str) -> str:
    """Return *text* in Markdown with numbers that are links, and *label* before their list.

    Numbers stand behind the words that they are about, but never inside code: there they would
    be part of it.
    """
    numbers: dict[str, int] = {}
    titles: dict[str, str] = {}
    marks: dict[int, list[int]] = {}
    for source in sources:
        if not source.uri.startswith(("https://", "http://")):
            continue
        uri = source.uri.translate(_UNSAFE)
        if uri not in numbers and len(numbers) == MOST:
            continue
        number = numbers.setdefault(uri, len(numbers) + 1)
        titles.setdefault(uri, _MARKUP.sub(" ", source.title).strip()[:60] or "?")
        at = min(source.end, len(text))
        if number not in marks.setdefault(at, []):
            marks[at].append(number)
    if not numbers:
        return text
    links = {number: uri for uri, number in numbers.items()}
    listed = ", ".join(f"{number} [{titles[uri]}]({uri})" for uri, number in numbers.items())
    return f"{_marked(text, marks, links).rstrip()}\n\n{label} {listed}"


def _marked(text: str, marks: dict[int, list[int]], links: dict[int, str]) -> str:
    pieces: list[str] = []
    before = 0
    for end in sorted(marks):
        if _in_code(text, end):
            continue
        at = before + len(text[before:end].rstrip())
        pieces.append(text[before:at])
        pieces += [f"[{str(each).translate(_DIGITS)}]({links[each]})" for each in marks[end]]
        before = at
    return "".join([*pieces, text[before:]])


def _in_code(text: str, at: int) -> bool:
    """Whether *at* lies in a fenced block, or between two backticks of a line."""
    before = text[:at]
    line = before.rpartition("\n")[2]
    return bool(before.count("```") % 2 or line.count("`") % 2)
