"""Crashing on purpose: a chosen turn or effect, or the whole system, at a chosen moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from actors.runtime.behaviour import Committed, Effect, Kind, Perform, Report, Turn
from actors.runtime.ref import Ref


class Moment(Enum):
    """Where a fault can strike."""

    BEFORE_COMMIT = "before commit"
    """The behaviour has decided, nothing is kept yet."""
    AFTER_COMMIT = "after commit"
    """The commit has kept the turn; nothing of it is visible."""
    BEFORE_EFFECT = "before effect"
    """The effect has been started, and has done nothing."""
    AFTER_EFFECT = "after effect"
    """The effect has done everything; its result is lost."""


class Killed(BaseException):
    """What a fault raises that ends the system as ``kill -9`` ends a process."""


class Injected(Exception):  # noqa: N818
    """What a fault raises that crashes one turn or one effect."""


@dataclass(slots=True)
class Fault:
    """Strikes the *nth* time that *moment* is passed, and, with *times*, the next ones too.

    With *kill* nothing of the system goes on after that, and nothing is written any more.
    """

    moment: Moment
    kind: str | None = None
    nth: int = 1
    times: int = 1
    kill: bool = False
    passed: int = 0
    struck: int = 0

    def strike(self, moment: Moment, kind: str) -> None:
        """Raise, if it is time to."""
        if moment is not self.moment or self.kind not in {None, kind}:
            return
        self.passed += 1
        if self.nth <= self.passed < self.nth + self.times:
            self.struck += 1
            raise (Killed if self.kill else Injected)(f"{moment.value} {self.passed} of {kind}")


def faulty(name: str, kind: Kind[Any, Any], faults: Sequence[Fault]) -> Kind[Any, Any]:
    """Return *kind* with *faults* built in."""

    def strike(moment: Moment) -> None:
        for fault in faults:
            fault.strike(moment, name)

    def arm(effect: object) -> Any:
        if not isinstance(effect, Perform):
            return effect

        async def run(report: Report) -> object:
            strike(Moment.BEFORE_EFFECT)
            result = await effect.run(report)
            strike(Moment.AFTER_EFFECT)
            return result

        return replace(effect, run=run)

    def commit(turn: Turn[Any]) -> Committed[Any] | None:
        strike(Moment.BEFORE_COMMIT)
        kept = kind.commit(turn) if kind.commit is not None else None
        strike(Moment.AFTER_COMMIT)
        kept = kept or Committed(turn.after, turn.effects)
        return kept._replace(effects=[arm(effect) for effect in kept.effects])

    def perform(ref: Ref, intention: object, state: object) -> Sequence[Effect]:
        assert kind.perform is not None
        return [arm(effect) for effect in kind.perform(ref, intention, state)]

    return replace(kind, commit=commit, perform=perform if kind.perform is not None else None)


async def at_every_moment(
    story: Callable[[Fault], Awaitable[None]],
    *,
    moments: Iterable[Moment] = Moment,
    kill: bool = False,
) -> int:
    """Tell *story* once for every moment at which its fault can strike; return how often.

    The story builds its system with the fault and ends with what must be true all the same.
    """
    struck = 0
    for moment in moments:
        nth = 0
        while True:
            nth += 1
            fault = Fault(moment, nth=nth, kill=kill)
            await story(fault)
            if not fault.struck:
                break
            struck += 1
    return struck
