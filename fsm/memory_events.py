"""What has become of a chat's memory, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """The turns up to and including number *upto* are safe in the archive."""

    upto: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summarized:
    """The turns up to number *upto*, and what was summarized before, now read *text*."""

    upto: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryFailed:
    """There is no summary of the turns up to number *upto*."""

    upto: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Nothing at rest tells of this chat any more."""

    language: str = "en"
