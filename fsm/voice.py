"""What is owed of an answer that is read aloud, and how that went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fsm.media import Media
from fsm.usage import Spending


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The answer of a turn is to be read aloud."""

    turn: int
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The answer of *turn* has been recorded, or could not be."""

    turn: int
    media: Media | None = None
    """On the disk already, and kept until it is let go."""
    note: str = ""
    """Key of the sentence that goes with it, or instead of it."""
    args: Mapping[str, str] = field(default_factory=dict)
    spent: Spending = field(default_factory=Spending)

    def paid(self, spent: Spending) -> Spoken:
        """Return the same, with what it took."""
        return replace(self, spent=spent)
