"""Messages that will not be handled: a ring to look at, counters by reason, and replay.

The ring is memory. What must not be lost with the process is handed to a `DeadLetters`
port, which the application backs with a file.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
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


class Unkept:
    """Keeps nothing: for actors whose mail can be had again."""

    def bury(self, letter: DeadLetter) -> None:
        """Let it go."""


class Morgue:
    """The ring, the counters, and the way back."""

    def __init__(self, port: DeadLetters, *, keep: int = 256) -> None:
        self._port = port
        self._ring: deque[DeadLetter] = deque(maxlen=keep)
        self._numbers = 0
        self.by_reason: Counter[Reason] = Counter()

    def __iter__(self) -> Iterator[DeadLetter]:
        """Yield the latest dead letters, oldest first."""
        return iter(tuple(self._ring))

    def __len__(self) -> int:
        return len(self._ring)

    def add(
        self,
        ref: Ref,
        message: object,
        reason: Reason,
        at: float,
        error: BaseException | None = None,
    ) -> tuple[DeadLetter, Exception | None]:
        """Take *message* in and hand it to the port; also return what the port raised."""
        self._numbers += 1
        letter = DeadLetter(
            number=self._numbers, at=at, ref=ref, reason=reason, message=message, error=error
        )
        self._ring.append(letter)
        self.by_reason[reason] += 1
        try:
            self._port.bury(letter)
        except Exception as failure:  # a full disk must not stop the actor as well
            return letter, failure
        return letter, None

    def take(self, number: int) -> DeadLetter:
        """Remove and return a letter of the ring, in order to try it again.

        Raises:
            LookupError: The ring has no letter of that number any more.

        """
        for letter in self._ring:
            if letter.number == number:
                self._ring.remove(letter)
                return letter
        raise LookupError(f"no dead letter has the number {number}")
