"""The run queue: who has mail is visited, handles some of it, and stands in line again.

No task per actor: this one task visits them all. A visit handles at most *budget* messages,
so a flooded actor waits its turn like any other; after about a *slice* of messages the loop
may do something else, so a flood starves neither the network nor a timer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from typing import TYPE_CHECKING

from actors.runtime.actor import Actor
from actors.runtime.loop import Alarm, ring
from actors.runtime.status import HELD, QUEUED, REPLAYING, SPILLED

if TYPE_CHECKING:
    from actors.runtime.engine import Engine

_BUDGET = 32
_SLICE = 128


class Dispatcher:
    """Visits the actors that have mail."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.ready: deque[Actor] = deque()
        self.pick: Callable[[], Actor] = self.ready.popleft  # the test kit picks by lot
        self.budget = _BUDGET
        self.slices = 0
        self.second = 0
        self.asleep = False
        self._alarm: Alarm | None = None

    def enqueue(self, actor: Actor) -> None:
        """Put *actor* in line, unless it stands there already or is held."""
        if not actor.status & (HELD | QUEUED):
            actor.status |= QUEUED
            self.ready.append(actor)
            if self.asleep:
                self.wake()

    def wake(self) -> None:
        """Somebody stands in line."""
        self.asleep = False
        assert self._alarm is not None, "it fell asleep on one"
        ring(self._alarm)

    async def run(self) -> None:
        """Visit for ever."""
        engine, ready = self._engine, self.ready
        while True:
            engine.turns.now = now = engine.clock.now()
            self.second = int(now)
            self.slices += 1
            left = _SLICE
            while ready and left > 0:
                # A context per visit: what a turn sets there, no other actor sees.
                left -= copy_context().run(self.visit, self.pick())
            if ready:
                await engine.loop.give_way()
            else:
                self._alarm = engine.loop.new_alarm()
                self.asleep = True
                await self._alarm

    def visit(self, actor: Actor) -> int:
        """Let *actor* handle some of its mail; return about how much work that was."""
        cell = actor.cell
        try:
            if actor.status != QUEUED:  # there is more to it than mail
                if actor.status & REPLAYING:
                    cell.replay(actor)
                if actor.status & HELD:
                    actor.status &= ~QUEUED
                    return 1
            return self._handle_mail(actor)
        except Exception as error:  # a hook raised that nobody looks after
            self._engine.supervisor.hook_crashed(actor, error)
            return 1
        finally:
            if cell.slot is not None:
                cell.slot.leave()

    def _handle_mail(self, actor: Actor) -> int:
        cell, take = actor.cell, self._engine.turns.take
        done = users = 0
        going = True
        while going and done < self.budget:
            if actor.system:
                going = take(actor, actor.system.pop(0), system=True)
            elif actor.user:
                going = take(actor, actor.user.pop(0))
                users += 1
            elif actor.status & SPILLED and cell.refill(actor):
                continue
            else:
                break
            done += 1
        cell.counts.turns += done
        cell.counts.handled += users
        actor.user = actor.user or None  # an empty lane costs nothing
        actor.system = actor.system or None
        if actor.user or actor.system or actor.status != QUEUED:
            actor.status &= ~QUEUED
            if actor.has_mail():
                self.enqueue(actor)
        else:
            actor.status = 0
            if cell.retires and actor.used != self.second:
                cell.retirement.rest(actor)
        return done
