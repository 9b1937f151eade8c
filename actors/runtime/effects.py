"""Effects at work: tasks that belong to an actor, and to a system that nothing can break.

Whatever an effect does, exactly one thing becomes of it: its result, an `EffectFailed`, or,
if it was cancelled, silence. No exception leaves its task, and no task outlives the system.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import anyio

from actors.runtime.actor import Actor
from actors.runtime.behaviour import EffectFailed, Perform, Ticket

if TYPE_CHECKING:
    from actors.runtime.deadlines import Deadline
    from actors.runtime.engine import Engine


@dataclass(slots=True, eq=False)
class Running:
    """One effect, from its wish to its end."""

    actor: Actor
    wish: Perform
    since: float
    live: bool = True  # until it ended or was cancelled: only then it is heard
    started: bool = False  # false while its commit is not on disk yet
    scope: anyio.CancelScope | None = None
    deadline: Deadline | None = None

    def report(self, message: object) -> None:
        """Put *message* into the system lane of the owner; a late word is dropped, and counted."""
        cell = self.actor.cell
        if self.live:
            cell.tell_system(self.actor.key, message)
        else:
            cell.counts.late_reports += 1

    def stop(self) -> None:
        """Cancel the task, if it has begun."""
        if self.scope is not None:
            self.scope.cancel()


class Effects:
    """Starts, ends and counts effects."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.tasks = 0  # tasks that exist, those included that are still cleaning up

    def start(
        self, actor: Actor, wish: Perform, ticket: Ticket | None, *, keep: bool = False
    ) -> None:
        """Start *wish* now, or when *ticket* is durable if it asks for that.

        With *keep*, one of that name that runs already is left alone.
        """
        if keep and wish.name in (actor.effects or ()):
            actor.cell.counts.effects_covered += 1
            return
        self.cancel(actor, wish.name)
        running = Running(actor, wish, self._engine.clock.now())
        if actor.effects is None:
            actor.effects = {}
        actor.effects[wish.name] = running
        if wish.durable and ticket is not None and not ticket.durable:
            ticket.when_durable(partial(self._begin, running))
        else:
            self._begin(running)

    def cancel(self, actor: Actor, name: str) -> None:
        """End the effect of this name, if there is one."""
        running = (actor.effects or {}).get(name)
        if running is not None:
            actor.cell.counts.effects_cancelled += 1
            self._over(running)
            running.stop()

    def cancel_all(self, actor: Actor) -> None:
        """End all effects of *actor*."""
        for name in tuple(actor.effects or ()):
            self.cancel(actor, name)

    def _begin(self, running: Running) -> None:
        if not running.live or self._engine.closing:
            return
        running.started = True
        running.actor.cell.counts.effects_started += 1
        limit = running.wish.timeout
        if limit is not None:
            action = partial(self._time_out, running, limit)
            running.deadline = self._engine.deadlines.after(limit, action)
        self.tasks += 1
        self._engine.spawn(self._run, running)

    async def _run(self, running: Running) -> None:
        try:
            with anyio.CancelScope() as running.scope:
                if running.live:  # it may have been cancelled before its first step
                    self._end(running, await running.wish.run(running.report))
        except anyio.get_cancelled_exc_class() as error:
            cancelled = self._engine.loop.leaving or not running.live
            if cancelled or anyio.current_effective_deadline() == float("-inf"):
                raise
            # Nobody cancelled us: a cancelled future inside leaked its CancelledError (asyncio).
            self._fail(running, error)
        except Exception as error:
            self._fail(running, error)
        finally:
            self.tasks -= 1

    def _end(self, running: Running, value: object) -> None:
        if value is not None:
            running.report(value)
        if running.live:
            running.actor.cell.counts.effects_ended += 1
            self._over(running)

    def _time_out(self, running: Running, limit: float) -> None:
        self._fail(running, TimeoutError(f"{running.wish.name} took longer than {limit:g} s"))
        running.stop()

    def _fail(self, running: Running, error: BaseException) -> None:
        """Let the owner know of an error, unless nothing is heard of this effect any more."""
        if running.live:
            running.actor.cell.counts.effects_failed += 1
            running.report(EffectFailed(running.wish.name, running.wish.tag, error))
            self._over(running)

    def _over(self, running: Running) -> None:
        """Let nothing more be heard of an effect."""
        actor = running.actor
        assert actor.effects is not None, "it stands there as long as it lives"
        running.live = False
        del actor.effects[running.wish.name]
        actor.effects = actor.effects or None
        if running.deadline is not None:
            running.deadline.cancel()
        actor.cell.retirement.rest(actor)
