"""Effects at work: tasks that belong to an actor, in one task group that nothing can break.

Whatever an effect does, exactly one thing becomes of it: its result, an `EffectFailed`, or,
if it was cancelled, silence. No exception leaves its task, and no task outlives the system.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import anyio

from actors.runtime.actor import Actor
from actors.runtime.behaviour import EffectFailed, Perform, Ticket
from actors.runtime.observe import EffectEnded

if TYPE_CHECKING:
    from actors.runtime.deadlines import Deadline
    from actors.runtime.engine import Engine


class Running:
    """One effect, from its wish to its end."""

    __slots__ = ("actor", "deadline", "live", "scope", "since", "started", "wish")

    def __init__(self, actor: Actor, wish: Perform, since: float) -> None:
        self.actor = actor
        self.wish = wish
        self.since = since
        self.live = True  # until it ended or was cancelled: only then it is heard
        self.started = False  # false while its commit is not on disk yet
        self.scope: anyio.CancelScope | None = None
        self.deadline: Deadline | None = None

    def report(self, message: object) -> None:
        """Put *message* into the system lane of the owner; a late word is dropped, and counted."""
        cell = self.actor.cell
        if self.live:
            cell.tell_system(self.actor.key, message)
        else:
            cell.counts.late_reports += 1


class Effects:
    """Starts, ends and counts effects."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.tasks = 0  # tasks that exist, those included that are still cleaning up

    def start(
        self, actor: Actor, wish: Perform, ticket: Ticket | None, *, keep: bool = False
    ) -> None:
        """Start *wish* now, or when *ticket* is durable if it asks for that."""
        if keep and actor.extra is not None and wish.name in actor.extra.effects:
            actor.cell.counts.effects_covered += 1
            return
        self.cancel(actor, wish.name)
        running = Running(actor, wish, self._engine.clock.now())
        actor.more().effects[wish.name] = running
        if wish.durable and ticket is not None and not ticket.durable:
            ticket.when_durable(partial(self._begin, running))
        else:
            self._begin(running)

    def cancel(self, actor: Actor, name: str) -> None:
        """End the effect of this name, if there is one."""
        running = actor.extra.effects.get(name) if actor.extra is not None else None
        if running is not None:
            self._over(running, "cancelled")

    def cancel_all(self, actor: Actor) -> None:
        """End all effects of *actor*."""
        for name in tuple(actor.extra.effects) if actor.extra is not None else ():
            self.cancel(actor, name)

    def _begin(self, running: Running) -> None:
        if not running.live or self._engine.closing:
            return
        running.started = True
        running.actor.cell.counts.effects_started += 1
        if running.wish.timeout is not None:
            running.deadline = self._engine.deadlines.after(
                running.wish.timeout, partial(self._time_out, running)
            )
        self.tasks += 1
        self._engine.spawn(self._run, running)

    async def _run(self, running: Running) -> None:
        try:
            with anyio.CancelScope() as running.scope:
                if running.live:  # it may have been cancelled before its first step
                    await self._attempt(running)
        finally:
            self.tasks -= 1

    async def _attempt(self, running: Running) -> None:
        try:
            value = await running.wish.run(running.report)
        except anyio.get_cancelled_exc_class() as error:
            if not running.live or anyio.current_effective_deadline() == float("-inf"):
                raise
            # Nobody cancelled us: a cancelled future inside leaked its CancelledError (asyncio).
            self._over(running, "failed", error)
        except Exception as error:
            self._over(running, "failed", error)
        else:
            if value is not None:
                running.report(value)
            self._over(running, "ended")

    def _time_out(self, running: Running) -> None:
        limit = running.wish.timeout
        error = TimeoutError(f"{running.wish.name} took longer than {limit:g} s")
        self._over(running, "timed out", error)

    def _over(self, running: Running, outcome: str, error: BaseException | None = None) -> None:
        """Settle what became of an effect, once; later words of it are not heard."""
        if not running.live:
            return
        actor, wish = running.actor, running.wish
        if error is not None:
            running.report(EffectFailed(wish.name, wish.tag, error))
        running.live = False
        del actor.more().effects[wish.name]
        actor.tidy()
        if running.deadline is not None:
            running.deadline.cancel()
        if running.scope is not None and outcome in {"cancelled", "timed out"}:
            running.scope.cancel()
        self._count(running, outcome, error)
        self._engine.lifecycle.rest(actor)

    def _count(self, running: Running, outcome: str, error: BaseException | None) -> None:
        counts = running.actor.cell.counts
        if outcome == "ended":
            counts.effects_ended += 1
        elif outcome == "cancelled":
            counts.effects_cancelled += 1
        else:
            counts.effects_failed += 1
        ref = running.actor.cell.ref(running.actor.key)
        seconds = self._engine.clock.now() - running.since
        self._engine.notice(EffectEnded(ref, running.wish.name, outcome, seconds, error))
