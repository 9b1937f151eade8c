"""Where parts of an answer come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page that stands behind a stretch of an answer, in characters of the text."""

    start: int
    end: int
    title: str
    uri: str
