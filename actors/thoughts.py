"""One line out of a model's summary of its thoughts."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 80

_HEADING: Final = re.compile(r"^\s*(?:\*\*(.+?)\*\*|#+\s+(.+?))\s*$", re.MULTILINE)
_MARKUP: Final = re.compile(r"[*_`#\[\]<>|~]+")


def headline(thoughts: str) -> str:
    """Return what the model thinks about now, as one plain line; empty if that is not clear yet.

    Summaries come in paragraphs with a heading each; where there is none, the last whole
    sentence serves.
    """
    headings = [one or other for one, other in _HEADING.findall(thoughts)]
    line = headings[-1] if headings else _last_sentence(thoughts)
    line = " ".join(_MARKUP.sub("", line).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _last_sentence(thoughts: str) -> str:
    whole = re.split(r"(?<=[.!?。！？])\s*|\n+", thoughts)[:-1]
    return next((each for each in reversed(whole) if each.strip()), "")
