"""Messages that will not be handled: a ring to look at, counters by reason, and replay.

The ring is memory. What must not be lost with the process is handed to a `DeadLetters`
port, which the application backs with a file.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from actors.runtime.ref import Ref


class Reason(Enum):
    """Why nobody handled it."""

    POISON = "poison"
    """It crashed its turn twice."""
    SKIPPED = "skipped"
    """The policy's table said so at its first crash."""
    REJECTED = "rejected"
    """A full mailbox refused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message that will not be handled, and why."""

    number: int
    at: float
    ref: Ref
    reason: Reason
    message: object = field(repr=False)
    error: BaseException | None = None


class DeadLetters(Protocol):
    """Keeps dead letters for longer than the process lives."""

    def bury(self, letter: DeadLetter) -> None:
        """Keep *letter*. Must not wait; an exception is reported and changes nothing else."""


class Morgue:
    """The ring, the counters, and the way back."""

    def __init__(self, *, keep: int = 256) -> None:
        self.ring: deque[DeadLetter] = deque(maxlen=keep)
        self.by_reason: Counter[Reason] = Counter()

    def add(
        self, ref: Ref, message: object, reason: Reason, at: float, error: BaseException | None
    ) -> DeadLetter:
        """Take *message* in."""
        self.by_reason[reason] += 1
        number = self.by_reason.total()
        letter = DeadLetter(
            number=number, at=at, ref=ref, reason=reason, message=message, error=error
        )
        self.ring.append(letter)
        return letter

    def take(self, number: int) -> DeadLetter:
        """Remove and return a letter of the ring, in order to try it again.

        Raises:
            LookupError: The ring has no letter of that number any more.

        """
        for letter in self.ring:
            if letter.number == number:
                self.ring.remove(letter)
                return letter
        raise LookupError(f"no dead letter has the number {number}")
