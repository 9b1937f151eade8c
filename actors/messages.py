"""What a chat actor hears besides the events of its rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """An accepted update, as an event; *n* is its arrival number in the journal."""

    n: int
    event: Any
    """An event of the rules, or one that concerns the house (`Moved`, a channel's own)."""
    language: str = "en"
    replayed: bool = False
    """It was accepted in an earlier life."""


@dataclass(frozen=True, slots=True)
class Granted:
    """The gate: the slot of your peer is yours; use it or give it back."""


@dataclass(frozen=True, slots=True)
class Nudged:
    """A part may be tried again now."""


@dataclass(frozen=True, slots=True)
class Woken:
    """You owe something: being active is all that is asked."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Nobody is in this chat any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The group has become another one, whose number is *chat*."""

    chat: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """The chat's own intention: send this part, once its commit is on disk."""

    answer: int
    part: int


class CrashOnRequestError(Exception):
    """Somebody wanted to see a crash."""


class CrashAsked:
    """Crash in the next turn, once: what the playground's button shows."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = 1

    def crash(self) -> None:
        """Crash, unless this has happened.

        Raises:
            CrashOnRequestError: The first time.

        """
        if self._left:
            self._left = 0
            raise CrashOnRequestError
