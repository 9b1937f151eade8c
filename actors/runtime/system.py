"""The actor system: everything the outside needs, and nothing that it does itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from types import TracebackType
from typing import Any, Self

import anyio

from actors.runtime.actor import LOADING, SUSPENDED, Actor
from actors.runtime.behaviour import Kind, Replaced
from actors.runtime.cell import Cell
from actors.runtime.children import Family, RestForOne
from actors.runtime.clock import Clock, LoopClock
from actors.runtime.dead_letters import DeadLetter, DeadLetters
from actors.runtime.engine import Engine
from actors.runtime.inspection import Statistics, Traced, Tree, kind_view, statistics
from actors.runtime.observe import Observer
from actors.runtime.ref import Delivery, Ref
from actors.runtime.reports import CrashReport
from actors.runtime.shutdown import Shutdown
from actors.runtime.supervision import RestartPolicy

AGGREGATE = RestartPolicy(tolerates=500, within=60.0)
"""All actors together may crash so often; more is not one chat's trouble any more."""


class ActorSystem:
    """Actors of several kinds on one loop. Use it in ``async with``; not thread-safe.

    Leaving the block shuts down: without draining, unless `shutdown` has been called.

    Raises:
        Escalated: From the block, after intake was paused and a shutdown: a child crashed
            beyond its limit, or all actors together did.

    """

    def __init__(
        self,
        kinds: Mapping[str, Kind[Any, Any]],
        *,
        clock: Clock | None = None,
        policy: RestartPolicy = AGGREGATE,
        dead_letters: DeadLetters | None = None,
        observer: Observer | None = None,
        random: Random | None = None,
        pause_intake: Callable[[], None] | None = None,
        grace: float = 10.0,
    ) -> None:
        self._engine = Engine(
            clock=clock or LoopClock(),
            policy=policy,
            dead_letters=dead_letters,
            observer=observer,
            random=random or Random(),
            pause_intake=pause_intake,
        )
        for name, kind in kinds.items():
            self._engine.cells[name] = Cell(name, kind, self._engine)
        self._families: list[Family] = []
        self._shutdown = Shutdown(self._engine, self._families)
        self._grace = grace

    async def __aenter__(self) -> Self:
        self._engine.turns.now = self._engine.clock.now()
        await self._engine.loop.__aenter__()
        self._engine.spawn(self._engine.dispatcher.run)
        self._engine.spawn(self._engine.deadlines.run)
        self._engine.body.__enter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        loop = self._engine.loop
        if self._engine.body.__exit__(kind, error, trace):  # an escalation cancelled the body
            kind = error = trace = None
        if not loop.broken:  # else end at once: who knows what may still be written
            await self._shutdown.run(drain=0.0, grace=self._grace)
        if isinstance(error, anyio.get_cancelled_exc_class()):
            swallowed = await loop.__aexit__(kind, error, trace)
        else:  # the body's own error leaves as it came, not in a group
            swallowed = error is None
            await loop.__aexit__(None, None, None)
        if self._engine.escalated is not None:
            raise self._engine.escalated
        return bool(swallowed)

    # Talking to actors.

    def ref(self, kind: str, key: str) -> Ref:
        """Return the address of an actor, whether it lives or not.

        Raises:
            KeyError: No such kind.

        """
        return self._engine.cells[kind].ref(key)

    def now(self) -> float:
        """Return the time by the system's clock."""
        return self._engine.clock.now()

    def supervise(self, family: RestForOne) -> None:
        """Start long-running children and keep them alive."""
        one = Family(family, self._engine)
        self._families.append(one)
        self._engine.spawn(one.run)

    # Looking and touching (OTP: sys).

    def keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all actors of *kind* that are in memory."""
        return tuple(self._engine.cells[kind].actors)

    def statistics(self, ref: Ref) -> Statistics:
        """Return what an actor is doing; works at any time, and does not wake it."""
        return statistics(ref.cell, ref.key)

    def get_state(self, ref: Ref) -> Any:
        """Return the last committed state, or None if the actor is not in memory."""
        actor = ref.cell.actors.get(ref.key)
        return actor.state if actor is not None else None

    def replace_state(self, ref: Ref, change: Callable[[Any], Any]) -> None:
        """Commit ``change(state)`` as a turn of its own; what it raises changes nothing.

        Raises:
            LookupError: The actor is not in memory, or not yet.

        """
        actor = self._actor(ref)
        if actor.status & LOADING:
            raise LookupError(f"{ref} is being loaded")
        self._engine.turns.keep(actor, Replaced(), change(actor.state))

    def suspend(self, ref: Ref) -> None:
        """Let the actor stand still; its mail waits, its effects go on.

        Raises:
            LookupError: The actor is not in memory.

        """
        self._actor(ref).status |= SUSPENDED

    def resume(self, ref: Ref) -> None:
        """Let a suspended actor go on.

        Raises:
            LookupError: The actor is not in memory.

        """
        actor = self._actor(ref)
        actor.status &= ~SUSPENDED
        if actor.has_mail():
            self._engine.dispatcher.enqueue(actor)

    def release(self, ref: Ref) -> None:
        """Let an actor out of quarantine: it resumes what it owes, then reads its mail.

        Raises:
            LookupError: The actor is not in memory.

        """
        self._engine.supervisor.release(self._actor(ref))

    def restart(self, ref: Ref) -> None:
        """Cancel every effect of the actor, then let it resume what it owes; its mail waits.

        It leaves quarantine and suspension, and its crashes are forgiven.

        Raises:
            LookupError: The actor is not in memory.

        """
        self._engine.supervisor.restart(self._actor(ref))

    def passivate(self, ref: Ref) -> bool:
        """Retire the actor now; False if it has something to do, so that it has to stay.

        Raises:
            LookupError: The actor is not in memory.

        """
        return self._engine.lifecycle.retire_if_free(self._actor(ref))

    def trace(self, ref: Ref) -> tuple[Traced, ...]:
        """Return the last turns of an actor, if it has run lately."""
        return statistics(ref.cell, ref.key).trace

    def tree(self) -> Tree:
        """Return the whole system at a glance; walks over all actors."""
        engine = self._engine
        return Tree(
            children=tuple(family.view() for family in self._families),
            kinds=tuple(map(kind_view, engine.cells.values())),
            effects=engine.effects.tasks,
            deadlines=len(engine.deadlines),
            dead_letters={why.value: count for why, count in engine.morgue.by_reason.items()},
        )

    def counts(self, kind: str) -> dict[str, int]:
        """Return what was counted for one kind."""
        return self._engine.cells[kind].counted()

    @property
    def crash_reports(self) -> tuple[CrashReport, ...]:
        """The latest crash reports, oldest first."""
        return tuple(self._engine.reports)

    @property
    def dead_letters(self) -> tuple[DeadLetter, ...]:
        """The latest dead letters, oldest first."""
        return tuple(self._engine.morgue.ring)

    def replay(self, number: int) -> Delivery:
        """Tell a dead letter to its addressee once more.

        Raises:
            LookupError: It is not among the latest any more.

        """
        letter = self._engine.morgue.take(number)
        return letter.ref.tell(letter.message)

    # Coming to an end.

    async def shutdown(self, *, drain: float = 5.0, grace: float | None = None) -> None:
        """Stop in phases: intake, drain, effects, what is owed to the disk. Never hangs.

        Mail and effects get *drain* seconds to finish, clean-up and writing *grace* each.
        """
        await self._shutdown.run(drain=drain, grace=self._grace if grace is None else grace)

    def _actor(self, ref: Ref) -> Actor:
        actor = ref.cell.actors.get(ref.key)
        if actor is None:
            raise LookupError(f"{ref} is not in memory")
        return actor
