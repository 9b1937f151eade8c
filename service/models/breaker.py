"""A circuit breaker: leaves a provider in peace after failures, and asks again after a while."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from transitions import Machine


class State(Enum):
    """Whether questions go through."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


TABLE: Final[tuple[tuple[str, tuple[State, ...], State], ...]] = (
    # move       from                                      to
    ("trip", (State.CLOSED, State.PROBING, State.OPEN), State.OPEN),
    ("probe", (State.OPEN,), State.PROBING),
    ("heal", (State.CLOSED, State.PROBING, State.OPEN), State.CLOSED),
    ("withdraw", (State.PROBING,), State.OPEN),
)
"""Every move; one machine without a model serves all breakers."""

_machine: Final = Machine(
    model=None,
    states=State,
    initial=State.CLOSED,
    transitions=[
        {"trigger": move, "source": list(sources), "dest": target}
        for move, sources, target in TABLE
    ],
    auto_transitions=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """When a breaker opens, and for how long."""

    tolerates: int = 2
    """Failures in a row that are forgiven; one more opens the breaker."""
    rest: float = 30.0
    """Seconds until a probe, the first time; twice as many after each probe that fails."""
    longest: float = 600.0


class Breaker:
    """Guards one provider. *now* is a monotonic second, passed in."""

    def __init__(self, policy: BreakerPolicy = BreakerPolicy()) -> None:
        self.state = State.CLOSED
        self.failures = 0
        self.until = 0.0
        """When an open breaker lets a probe through."""
        self.since = 0.0
        """When it opened last, if it has not closed since."""
        self.openings = 0
        """How often it opened after having been closed."""
        self._policy = policy
        self._rest = policy.rest

    def would_admit(self, now: float) -> bool:
        """Whether a question could go through at *now*."""
        return self.state is State.CLOSED or (self.state is State.OPEN and now >= self.until)

    def admit(self, now: float) -> bool:
        """Whether a question may go through; after a rest, just one at a time may, as a probe."""
        if not self.would_admit(now):
            return False
        if self.state is State.OPEN:
            self._move("probe")
        return True

    def succeeded(self) -> None:
        """Note that the provider answered."""
        self.failures = 0
        self._rest = self._policy.rest
        self._move("heal")

    def failed(self, now: float, *, rest: float = 0.0) -> None:
        """Note a failure; with *rest*, open at once and for at least so many seconds."""
        self.failures += 1
        probing = self.state is State.PROBING
        if probing:
            self._rest = min(self._rest * 2, self._policy.longest)
        if probing or rest or self.failures > self._policy.tolerates:
            self.until = max(self.until, now + max(rest, self._rest))
            if self.state is State.CLOSED:
                self.since = now
                self.openings += 1
            self._move("trip")

    def undecided(self) -> None:
        """Note that a question ended without saying anything about the provider (a Stop)."""
        if self.state is State.PROBING:
            self._move("withdraw")

    def _move(self, move: str) -> None:
        _machine.events[move].trigger(self)
