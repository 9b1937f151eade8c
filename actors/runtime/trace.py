"""The last turns of every actor that has run lately, for crash reports and inspection."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from actors.runtime.actor import Actor

_LENGTH = 16
_OWNERS = 1024


@dataclass(frozen=True, slots=True)
class Traced:
    """One turn: when, about what sort of message, and how it ended. Never the content."""

    at: float
    message: str
    outcome: str


class Traces:
    """Lends a short ring to whoever runs; the longest-serving one passes from hand to hand.

    So the memory is bounded by *owners*, however many actors there are.
    """

    def __init__(self, *, length: int = _LENGTH, owners: int = _OWNERS) -> None:
        self._length = length
        self._limit = owners
        self._owners: deque[Actor] = deque()

    def lend(self, actor: Actor) -> deque[tuple[float, type, str]]:
        """Return the ring of *actor*, which may have just become its own."""
        if actor.ring is not None:  # an empty ring is falsy
            return actor.ring
        if len(self._owners) < self._limit:
            ring: deque[tuple[float, type, str]] = deque(maxlen=self._length)
        else:
            oldest = self._owners.popleft()
            assert oldest.ring is not None
            ring, oldest.ring = oldest.ring, None
            ring.clear()
        self._owners.append(actor)
        actor.ring = ring
        return ring

    @staticmethod
    def of(actor: Actor) -> tuple[Traced, ...]:
        """Return the last turns of *actor*, oldest first."""
        return tuple(Traced(at, kind.__name__, outcome) for at, kind, outcome in actor.ring or ())
