"""The run queue: who has mail is visited, handles some of it, and stands in line again.

No task per actor: this one task visits them all. A visit handles at most *budget* messages,
so a flooded actor waits its turn like any other; after about *slice* messages the loop may
do something else, so a flood starves neither the network nor a timer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint

from actors.runtime.actor import HELD, QUEUED, REPLAYING, Actor

if TYPE_CHECKING:
    from actors.runtime.engine import Engine

_BUDGET = 32
_SLICE = 128


class Dispatcher:
    """Visits the actors that have mail."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.ready: deque[Actor] = deque()
        self.now = 0.0  # read once per slice: a turn's `now` may be some milliseconds old
        self.asleep = False
        self.visits = 0
        self.budget = _BUDGET
        self.pick: Callable[[], Actor] = self.ready.popleft  # the test kit picks by lot
        self._alarm = anyio.Event()

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
        self._alarm.set()

    async def run(self) -> None:
        """Visit for ever."""
        ready = self.ready
        while True:
            self.now = self._engine.clock.now()
            left = _SLICE
            while ready and left > 0:
                # A context per visit: what a turn sets there is not seen by the next actor.
                left -= copy_context().run(self.visit, self.pick())
            if ready:
                await checkpoint()
            else:
                self._alarm = anyio.Event()
                self.asleep = True
                await self._alarm.wait()

    def visit(self, actor: Actor) -> int:
        """Let *actor* handle some of its mail; return about how much work that was."""
        self.visits += 1
        turns = self._engine.turns
        if actor.status & REPLAYING and not actor.status & HELD:
            self._engine.lifecycle.replay(actor)
        left = self.budget
        while left > 0 and not actor.status & HELD:
            left -= 1
            if actor.system:
                turns.take(actor, actor.system.popleft(), system=True)
            elif actor.user:
                turns.take(actor, actor.user.popleft())
            elif not (actor.spilled and self._engine.lifecycle.refill(actor)):
                break
        self._leave(actor)
        return self.budget - left

    def _leave(self, actor: Actor) -> None:
        """Put *actor* in line again, or let it rest; empty lanes cost nothing."""
        actor.status &= ~QUEUED
        if actor.system is not None and not actor.system:
            actor.system = None
        if actor.user is not None and not actor.user:
            actor.user = None
        if actor.has_mail():
            self.enqueue(actor)
        elif not actor.status:
            self._engine.lifecycle.rest(actor)
