"""The actor system: what the outside may do with the engine."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import anyio

from actors.runtime import inspection, status
from actors.runtime.actor import Actor
from actors.runtime.behaviour import Replaced
from actors.runtime.children import Family, RestForOne
from actors.runtime.engine import Engine
from actors.runtime.ref import Delivery, Ref
from actors.runtime.shutdown import shut_down


class ActorSystem(Engine):
    """Actors of several kinds on one loop. Use it in ``async with``; not thread-safe.

    Leaving the block shuts down: without draining, unless `shutdown` has been called.

    Raises:
        Escalated: From the block, after intake was paused and a shutdown: a child crashed
            beyond its limit, or all actors together did.

    """

    async def __aenter__(self) -> Self:
        self.turns.now = self.clock.now()
        await self.loop.__aenter__()
        self.spawn(self.dispatcher.run)
        self.spawn(self.deadlines.run)
        self.body.__enter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if self.body.__exit__(kind, error, trace):  # an escalation cancelled the body
            kind = error = trace = None
        if not self.loop.broken:  # else end at once: who knows what may still be written
            await self.shutdown(drain=0.0)
        if isinstance(error, anyio.get_cancelled_exc_class()):
            swallowed = await self.loop.__aexit__(kind, error, trace)
        else:  # the body's own error leaves as it came, not in a group
            swallowed = error is None
            await self.loop.__aexit__(None, None, None)
        if self.escalated is not None:
            raise self.escalated
        return swallowed

    # Talking to actors.

    def ref(self, kind: str, key: str) -> Ref:
        """Return the address of an actor, whether it lives or not.

        Raises:
            KeyError: No such kind.

        """
        return self.cells[kind].ref(key)

    def now(self) -> float:
        """Return the time by the system's clock."""
        return self.clock.now()

    def supervise(self, family: RestForOne) -> None:
        """Start long-running children and keep them alive."""
        one = Family(family, self)
        self.families.append(one)
        self.spawn(one.run)

    # Looking and touching (OTP: sys).

    def keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all actors of *kind* that are in memory."""
        return tuple(self.cells[kind].actors)

    def statistics(self, ref: Ref) -> inspection.Statistics:
        """Return what an actor is doing; works at any time, and does not wake it."""
        return inspection.statistics(ref.cell, ref.key)

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
        if actor.status & status.LOADING:
            raise LookupError(f"{ref} is being loaded")
        self.turns.keep(actor, Replaced(), change(actor.state))

    def suspend(self, ref: Ref) -> None:
        """Let the actor stand still; its mail waits, its effects go on.

        Raises:
            LookupError: The actor is not in memory.

        """
        self._actor(ref).status |= status.SUSPENDED

    def resume(self, ref: Ref) -> None:
        """Let a suspended actor go on.

        Raises:
            LookupError: The actor is not in memory.

        """
        actor = self._actor(ref)
        actor.status &= ~status.SUSPENDED
        if actor.has_mail():
            self.dispatcher.enqueue(actor)

    def release(self, ref: Ref) -> None:
        """Let an actor out of quarantine: it resumes what it owes, then reads its mail.

        Raises:
            LookupError: The actor is not in memory.

        """
        self.supervisor.release(self._actor(ref))

    def restart(self, ref: Ref) -> None:
        """Cancel every effect of the actor, then let it resume what it owes; its mail waits.

        It leaves quarantine and suspension, and its crashes are forgiven.

        Raises:
            LookupError: The actor is not in memory.

        """
        self.supervisor.restart(self._actor(ref))

    def passivate(self, ref: Ref) -> bool:
        """Retire the actor now; False if it has something to do, so that it has to stay.

        Raises:
            LookupError: The actor is not in memory.

        """
        return ref.cell.retirement.retire_if_free(self._actor(ref))

    def trace(self, ref: Ref) -> tuple[inspection.Traced, ...]:
        """Return the last turns of an actor, if it has run lately; about 0.1 ms."""
        return inspection.trace(ref.cell, ref.key)

    def tree(self) -> inspection.Tree:
        """Return the whole system at a glance; walks over all actors."""
        return inspection.Tree(
            children=tuple(family.view() for family in self.families),
            kinds=tuple(map(inspection.kind_view, self.cells.values())),
            effects=self.effects.tasks,
            deadlines=len(self.deadlines),
            dead_letters={why.value: count for why, count in self.buried.items()},
        )

    def counts(self, kind: str) -> dict[str, int]:
        """Return what was counted for one kind."""
        return self.cells[kind].counted()

    def replay(self, number: int) -> Delivery:
        """Tell a dead letter to its addressee once more.

        Raises:
            LookupError: It is not among the latest any more.

        """
        for letter in tuple(self.dead_letters):
            if letter.number == number:
                self.dead_letters.remove(letter)
                return letter.ref.tell(letter.message)
        raise LookupError(f"no dead letter has the number {number}")

    # Coming to an end.

    async def shutdown(self, *, drain: float = 5.0, grace: float | None = None) -> None:
        """Stop in phases: intake, drain, effects, what is owed to the disk. Never hangs.

        Mail and effects get *drain* seconds to finish, clean-up and writing *grace* each.
        """
        await shut_down(self, drain=drain, grace=self.grace if grace is None else grace)

    def _actor(self, ref: Ref) -> Actor:
        actor = ref.cell.actors.get(ref.key)
        if actor is None:
            raise LookupError(f"{ref} is not in memory")
        return actor
