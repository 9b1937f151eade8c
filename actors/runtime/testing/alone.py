"""A behaviour by itself: no loop, no runtime, no clock but the one you set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from actors.runtime.behaviour import Kind

S = TypeVar("S")
M = TypeVar("M")


class Alone(Generic[S, M]):
    """Takes the turns of one actor and hands back what it wishes for.

    >>> def count(state: int, message: str, now: float):
    ...     return state + 1, ()
    >>> actor = Alone(Kind(behaviour=count, initial=lambda key: 0))
    >>> actor.tell("up"), actor.state
    ((), 1)
    """

    def __init__(self, kind: Kind[S, M], key: str = "alone", *, now: float = 0.0) -> None:
        self.kind = kind
        self.now = now
        self.state = kind.initial(key)

    def tell(self, message: M) -> Sequence[object]:
        """Take a turn; a crash leaves the state as it was."""
        self.state, effects = self.kind.behaviour(self.state, message, self.now)
        return effects

    def resume(self) -> Sequence[object]:
        """Take the turn that comes after loading."""
        if self.kind.resume is None:
            return ()
        self.state, effects = self.kind.resume(self.state, self.now)
        return effects
