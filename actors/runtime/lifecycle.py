"""Coming and going: load on first mail, resume what is owed, retire when nobody calls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from actors.runtime.actor import (
    HELD,
    LOADING,
    REPLAYING,
    RETIRING,
    SPILLED,
    Actor,
    Envelope,
)
from actors.runtime.behaviour import Passivation
from actors.runtime.observe import Activated, Retired

if TYPE_CHECKING:
    from actors.runtime.cell import Cell
    from actors.runtime.deadlines import Deadline
    from actors.runtime.engine import Engine

_AT_ONCE = 128  # retirements per sweep: an evicted crowd leaves in small groups
_BREATH = 0.05  # seconds between such groups


class Lifecycle:
    """Brings actors into memory and out of it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sweeps: dict[str, Deadline] = {}
        self.loading = 0

    # Coming.

    def activate(self, cell: Cell, key: str) -> Actor:
        """Make the record of an actor and begin to load it; its mail waits meanwhile."""
        actor = cell.actors[key] = Actor(cell, key)
        actor.used = int(self._engine.turns.now) - 1  # so that its first rest is noted
        actor.status = LOADING
        cell.counts.activations += 1
        self.load(actor)
        if cell.kind.passivation is not None:
            self._plan_sweep(cell, cell.kind.passivation.idle)
            self._look_for_room(cell)
        return actor

    def load(self, actor: Actor) -> None:
        """Get the state of a loading actor: at once where there is nothing to wait for."""
        if actor.cell.kind.load is None:
            try:
                actor.state = actor.cell.kind.initial(actor.key)
            except Exception as error:
                self._engine.supervisor.activation_crashed(actor, error)
            else:
                self._loaded(actor, found=False)
        else:
            self.loading += 1
            self._engine.spawn(self._load, actor)

    async def _load(self, actor: Actor) -> None:
        kind = actor.cell.kind
        assert kind.load is not None
        try:
            state = await kind.load(actor.key)
            actor.state = kind.initial(actor.key) if state is None else state
        except Exception as error:
            self._engine.supervisor.activation_crashed(actor, error)
        else:
            self._loaded(actor, found=state is not None)
        finally:
            self.loading -= 1

    def _loaded(self, actor: Actor, *, found: bool) -> None:
        kind = actor.cell.kind
        actor.status &= ~LOADING
        if kind.resume is not None:
            actor.status |= REPLAYING
        self._measure(actor)
        self._engine.notice(Activated(actor.cell.ref(actor.key), found))
        if actor.has_mail():
            self._engine.dispatcher.enqueue(actor)

    def replay(self, actor: Actor) -> None:
        """Handle replayed mail in arrival order, then resume; live mail comes after."""
        while self._replay_waiting(actor):
            if not (actor.status & SPILLED and not actor.user and self.refill(actor)):
                break
        if actor.status & HELD:
            return
        if actor.cell.kind.resume is None or self._engine.turns.resume(actor):
            actor.status &= ~REPLAYING

    def _replay_waiting(self, actor: Actor) -> bool:
        """Handle the replayed among the waiting mail; False if the actor has to stand still."""
        while (place := self._first_replayed(actor)) is not None:
            actor.cell.counts.handled += 1
            if not self._engine.turns.take(actor, actor.users().pop(place)):
                return False
        return True

    @staticmethod
    def _first_replayed(actor: Actor) -> int | None:
        replayed = actor.cell.kind.replayed
        for place, mail in enumerate(actor.user or ()):
            if replayed(mail.message if type(mail) is Envelope else mail):
                return place
        return None

    def refill(self, actor: Actor) -> bool:
        """Read spilled mail again, in order; False if there was none or it cannot be read now."""
        kind = actor.cell.kind
        assert kind.refill is not None
        try:
            mail = kind.refill(actor.key, kind.capacity)
        except Exception as error:
            self._engine.supervisor.activation_crashed(actor, error)
            return False
        # Later mail spills until everything before it has been read: that keeps the order.
        extra = actor.more()
        if len(mail) < kind.capacity:
            actor.status &= ~SPILLED
            extra.spilled = 0
        else:
            extra.spilled = max(1, extra.spilled - len(mail))
        actor.cell.counts.refilled += len(mail)
        actor.user = list(mail)
        return bool(mail)

    def wake_up(self, actor: Actor) -> None:
        """Let an actor go on that stood still."""
        if actor.status & LOADING:
            self.load(actor)
        elif actor.has_mail():
            self._engine.dispatcher.enqueue(actor)

    # Going.

    def rest(self, actor: Actor) -> None:
        """Note that *actor* has nothing to do at the moment; once a second is often enough."""
        cell = actor.cell
        if cell.retires:
            actor.used = int(self._engine.turns.now)
            cell.actors[actor.key] = cell.actors.pop(actor.key)  # the latest is the last
            self._measure(actor)
            self._look_for_room(cell)

    def retire_if_free(self, actor: Actor) -> bool:
        """Retire *actor*; False if it has something to do, or may not."""
        if not self._is_free(actor):
            return False
        actor.status |= RETIRING
        if actor.cell.kind.retire is None:
            self._gone(actor, actor.state)
        else:
            self._engine.spawn(self._retire, actor)
        return True

    def _is_free(self, actor: Actor) -> bool:
        if actor.status or actor.has_mail() or actor.has_effects():
            return False
        try:
            return actor.cell.kind.may_retire(actor.state)
        except Exception as error:
            self._engine.fault(actor.cell, "may_retire", error)
            return False

    async def _retire(self, actor: Actor) -> None:
        retire, state = actor.cell.kind.retire, actor.state
        assert retire is not None
        try:
            await retire(actor.key, state)
        except Exception as error:
            # It stays in memory, is as good as used just now, and is tried again later.
            self._engine.fault(actor.cell, "retire", error)
            actor.status &= ~RETIRING
            self.rest(actor)
            self._engine.dispatcher.enqueue(actor)
        else:
            self._gone(actor, state)

    def _gone(self, actor: Actor, written: object) -> None:
        actor.status &= ~RETIRING
        if actor.status or actor.has_mail() or actor.state is not written:
            self._engine.dispatcher.enqueue(actor)  # somebody called meanwhile: it never went
            return
        del actor.cell.actors[actor.key]
        actor.cell.bytes -= actor.size
        actor.cell.counts.retirements += 1
        self._engine.notice(Retired(actor.cell.ref(actor.key)))

    # Sweeping.

    def _plan_sweep(self, cell: Cell, seconds: float) -> None:
        """Look again in so many seconds, or earlier if that was planned already."""
        at = self._engine.clock.now() + seconds
        planned = self._sweeps.get(cell.name)
        if planned is None or planned.at > at:
            if planned is not None:
                planned.cancel()
            self._sweeps[cell.name] = self._engine.deadlines.at(at, partial(self.sweep, cell))

    @staticmethod
    def _crowded(passivation: Passivation[Any], count: int, size: int) -> bool:
        limit = passivation.limit_bytes
        return count > passivation.limit or (limit is not None and size > limit)

    def _look_for_room(self, cell: Cell) -> None:
        passivation = cell.kind.passivation
        if passivation and self._crowded(passivation, len(cell.actors), cell.bytes):
            self._plan_sweep(cell, _BREATH)

    def sweep(self, cell: Cell) -> None:
        """Retire who has been idle for too long, and the least recently used over the limit."""
        passivation = cell.kind.passivation
        assert passivation is not None
        del self._sweeps[cell.name]
        now = self._engine.clock.now()
        chosen: list[Actor] = []
        count, size = len(cell.actors), cell.bytes
        for actor in tuple(cell.actors.values()):  # a hook may activate another
            idle = actor.used + passivation.idle <= now
            if not (idle or self._crowded(passivation, count, size)):
                break
            if self._is_free(actor):
                chosen.append(actor)
                count -= 1
                size -= actor.size
            if len(chosen) == _AT_ONCE:
                break
        for actor in chosen:
            self.retire_if_free(actor)
        first = next(iter(cell.actors.values()), None)
        if len(chosen) == _AT_ONCE:
            self._plan_sweep(cell, _BREATH)
        elif first is not None:
            self._plan_sweep(cell, max(1.0, first.used + passivation.idle - now))

    def _measure(self, actor: Actor) -> None:
        passivation = actor.cell.kind.passivation
        if passivation is None or passivation.size is None:
            return
        try:
            size = passivation.size(actor.state)
        except Exception as error:
            self._engine.fault(actor.cell, "size", error)
            return
        actor.cell.bytes += size - actor.size
        actor.size = size
