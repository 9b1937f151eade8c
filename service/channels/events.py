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
