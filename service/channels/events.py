"""What people do that concerns the house rather than their conversation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugAsked:
    """An operator wants to see behind the scenes."""

    text: str
    """What stood after the command."""
    message: int
    person: str
    language: str
    chat: int
    answers: bool = False
    """It was a reply to a message: the chat it was said in is the one that is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugPressed:
    """An operator has pressed a button under a page of /debug."""

    action: str
    about: str
    """Key of a chat, or id of a dead letter."""
    person: str
    language: str
    chat: int
