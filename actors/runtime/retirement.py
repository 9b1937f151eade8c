"""Leaving the memory: after an idle time, or for want of room, the least recently used first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from actors.runtime import status
from actors.runtime.actor import Actor

if TYPE_CHECKING:
    from actors.runtime.cell import Cell
    from actors.runtime.deadlines import Deadline

_AT_ONCE = 16  # retirements per sweep: a crowd leaves in small groups, 0.1 ms each to put away
_BREATH = 0.02  # seconds between such groups


class Retirement:
    """Decides who of one kind leaves, has them written, and lets go of them."""

    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self._engine = cell.engine
        self._rule = cell.kind.passivation
        self._sweep: Deadline | None = None
        self.bytes = 0

    def rest(self, actor: Actor) -> None:
        """Note that *actor* has nothing to do at the moment; once a second is often enough."""
        if self._rule is None:
            return
        actors = self._cell.actors
        actor.used = self._engine.dispatcher.second
        actors[actor.key] = actors.pop(actor.key)  # the latest is the last
        if self._rule.size is not None:
            try:
                size = self._rule.size(actor.state)
            except Exception as error:
                self._engine.fault(self._cell, "size", error)
            else:
                self.bytes += size - actor.size
                actor.size = size
        if self._is_crowded():
            self._plan(_BREATH)
        elif self._sweep is None:
            self._plan(self._rule.idle)

    def retire_if_free(self, actor: Actor) -> bool:
        """Retire *actor*; False if it has something to do, or may not."""
        if not self._is_free(actor):
            return False
        actor.status |= status.RETIRING
        retire = self._cell.kind.retire
        if retire is None:
            self._gone(actor, actor.state)
        else:
            self._engine.spawn(self._retire, actor, retire)
        return True

    def _is_free(self, actor: Actor) -> bool:
        if actor.status or actor.has_mail() or actor.effects:
            return False
        try:
            return self._cell.kind.may_retire(actor.state)
        except Exception as error:
            self._engine.fault(self._cell, "may_retire", error)
            return False

    async def _retire(self, actor: Actor, retire: Callable[[str, Any], Awaitable[None]]) -> None:
        state = actor.state
        try:
            await retire(actor.key, state)
        except Exception as error:
            # It stays in memory, is as good as used just now, and is tried again later.
            self._engine.fault(self._cell, "retire", error)
            actor.status &= ~status.RETIRING
            self.rest(actor)
            self._engine.dispatcher.enqueue(actor)
        else:
            self._gone(actor, state)

    def _gone(self, actor: Actor, written: object) -> None:
        actor.status &= ~status.RETIRING
        if actor.status or actor.has_mail() or actor.state is not written:
            self._engine.dispatcher.enqueue(actor)  # somebody called meanwhile: it never went
            return
        del self._cell.actors[actor.key]
        self.bytes -= actor.size
        self._cell.counts.retirements += 1

    def _plan(self, seconds: float) -> None:
        """Sweep in so many seconds, or earlier if that was planned already."""
        at = self._engine.clock.now() + seconds
        if self._sweep is None or self._sweep.at > at:
            if self._sweep is not None:
                self._sweep.cancel()
            self._sweep = self._engine.deadlines.at(at, self.sweep)

    def _is_crowded(self, fewer: int = 0, smaller: int = 0) -> bool:
        """Whether there are too many or too much, even when so many and so much have left."""
        assert self._rule is not None
        limit = self._rule.limit_bytes
        too_big = limit is not None and self.bytes - smaller > limit
        return too_big or len(self._cell.actors) - fewer > self._rule.limit

    def sweep(self) -> None:
        """Retire who has been idle for too long, and the least recently used over the limit."""
        assert self._rule is not None
        self._sweep = None
        oldest = self._engine.clock.now() - self._rule.idle
        chosen: list[Actor] = []
        smaller = 0
        for actor in tuple(self._cell.actors.values()):  # a hook may activate another
            goes = actor.used <= oldest or self._is_crowded(len(chosen), smaller)
            if len(chosen) == _AT_ONCE or not goes:
                break
            if self._is_free(actor):
                chosen.append(actor)
                smaller += actor.size
        for actor in chosen:
            self.retire_if_free(actor)
        if len(chosen) == _AT_ONCE:
            self._plan(_BREATH)
        elif first := next(iter(self._cell.actors.values()), None):
            self._plan(max(1.0, first.used - oldest))
