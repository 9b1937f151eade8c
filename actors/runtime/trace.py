"""The last turns of every actor that has run lately, for crash reports and inspection."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from actors.runtime.actor import Actor

_LENGTH = 16
_OWNERS = 1024
_FRESH = 10.0  # seconds for which an actor that ran keeps its ring for certain
_PAUSE = 0.1  # seconds between two looks for a ring that is not fresh any more


@dataclass(frozen=True, slots=True)
class Traced:
    """One turn: when, about what sort of message, and how it ended. Never the content."""

    at: float
    message: str
    outcome: str


class Traces:
    """Lends short rings to whoever runs; one that was not used lately passes to another.

    So the memory is bounded by *owners*, however many actors there are. When all rings are
    in use, newcomers go without; a crash is always noted.
    """

    def __init__(self, *, length: int = _LENGTH, owners: int = _OWNERS) -> None:
        self._length = length
        self._limit = owners
        self._owners: deque[Actor] = deque()
        self.closed_until = float("-inf")

    def lend(self, actor: Actor, now: float, *, urgent: bool = False) -> None:
        """Give *actor* a ring, if there is one."""
        if now < self.closed_until and not urgent:
            return
        if len(self._owners) < self._limit:
            actor.ring = deque(maxlen=self._length)
        else:
            oldest = self._owners[0]
            ring = oldest.ring
            if ring and ring[-1][0] > now - _FRESH and not urgent:
                self._owners.rotate(-1)
                self.closed_until = now + _PAUSE
                return
            self._owners.popleft()
            oldest.ring = None
            actor.ring = deque(maxlen=self._length)
        self._owners.append(actor)

    def note(self, actor: Actor, now: float, message: object, outcome: str) -> None:
        """Note what became of a turn that was not the usual one."""
        if actor.ring is None:
            self.lend(actor, now, urgent=True)
        assert actor.ring is not None, "nobody is refused one who is in a hurry"
        actor.ring.append((now, type(message), outcome))

    @staticmethod
    def of(actor: Actor) -> tuple[Traced, ...]:
        """Return the last turns of *actor*, oldest first."""
        return tuple(Traced(at, kind.__name__, outcome) for at, kind, outcome in actor.ring or ())
