"""Coming and going: load on first mail, resume what is owed, retire when nobody calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from actors.runtime.actor import HELD, LOADING, REPLAYING, RETIRING, SPILLED, Actor, opened

if TYPE_CHECKING:
    from actors.runtime.cell import Cell
    from actors.runtime.engine import Engine

_AT_ONCE = 128  # retirements per sweep: an evicted crowd leaves in small groups
_BREATH = 0.05  # seconds between such groups


class Lifecycle:
    """Brings actors into memory and out of it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.loading = 0

    # Coming.

    def activate(self, cell: Cell, key: str) -> Actor:
        """Make the record of an actor and begin to load it; its mail waits meanwhile."""
        actor = cell.actors[key] = Actor(cell, key, status=LOADING)
        cell.counts.activations += 1
        self.load(actor)
        if cell.kind.passivation is not None:
            self._plan_sweep(cell, cell.kind.passivation.idle)
            self._look_for_room(cell)
        return actor

    def load(self, actor: Actor) -> None:
        """Get the state of a loading actor: at once where there is nothing to wait for."""
        load = actor.cell.kind.load
        if load is None:
            self._loaded(actor, None)
        else:
            self.loading += 1
            self._engine.spawn(self._load, actor, load)

    async def _load(self, actor: Actor, load: Callable[[str], Awaitable[Any]]) -> None:
        try:
            self._loaded(actor, await load(actor.key))
        except Exception as error:
            self._engine.supervisor.activation_crashed(actor, error)
        finally:
            self.loading -= 1

    def _loaded(self, actor: Actor, state: Any) -> None:
        kind = actor.cell.kind
        try:
            actor.state = kind.initial(actor.key) if state is None else state
        except Exception as error:
            self._engine.supervisor.activation_crashed(actor, error)
            return
        actor.status &= ~LOADING
        if kind.resume is not None:
            actor.status |= REPLAYING
        self._measure(actor)
        if actor.has_mail():
            self._engine.dispatcher.enqueue(actor)

    def replay(self, actor: Actor) -> None:
        """Handle replayed mail in arrival order, then resume; live mail comes after."""
        kind, turns = actor.cell.kind, self._engine.turns
        while not actor.status & HELD:
            mail = actor.user or []
            places = (place for place, one in enumerate(mail) if kind.replayed(opened(one)))
            if (place := next(places, None)) is not None:
                actor.cell.counts.handled += 1
                turns.take(actor, mail.pop(place))
            elif actor.status & SPILLED and not mail:
                self.refill(actor)
            else:
                if kind.resume is None or turns.resume(actor, kind.resume):
                    actor.status &= ~REPLAYING
                return

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
            actor.used = self._engine.dispatcher.second
            cell.actors[actor.key] = cell.actors.pop(actor.key)  # the latest is the last
            self._measure(actor)
            self._look_for_room(cell)

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

    def retire_if_free(self, actor: Actor) -> bool:
        """Retire *actor*; False if it has something to do, or may not."""
        if not self._is_free(actor):
            return False
        actor.status |= RETIRING
        if actor.cell.kind.retire is None:
            self._gone(actor, actor.state)
        else:
            self._engine.spawn(self._retire, actor, actor.cell.kind.retire)
        return True

    def _is_free(self, actor: Actor) -> bool:
        if actor.status or actor.has_mail() or actor.has_effects():
            return False
        try:
            return actor.cell.kind.may_retire(actor.state)
        except Exception as error:
            self._engine.fault(actor.cell, "may_retire", error)
            return False

    async def _retire(self, actor: Actor, retire: Callable[[str, Any], Awaitable[None]]) -> None:
        state = actor.state
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

    # Sweeping.

    def _plan_sweep(self, cell: Cell, seconds: float) -> None:
        """Look again in so many seconds, or earlier if that was planned already."""
        at = self._engine.clock.now() + seconds
        if cell.sweep is None or cell.sweep.at > at:
            if cell.sweep is not None:
                cell.sweep.cancel()
            cell.sweep = self._engine.deadlines.at(at, partial(self.sweep, cell))

    def _look_for_room(self, cell: Cell) -> None:
        if self._is_crowded(cell):
            self._plan_sweep(cell, _BREATH)

    @staticmethod
    def _is_crowded(cell: Cell, fewer: int = 0, smaller: int = 0) -> bool:
        """Whether *cell* is over its limits, even when so many and so much have left."""
        passivation = cell.kind.passivation
        assert passivation is not None
        limit = passivation.limit_bytes
        too_big = limit is not None and cell.bytes - smaller > limit
        return too_big or len(cell.actors) - fewer > passivation.limit

    def sweep(self, cell: Cell) -> None:
        """Retire who has been idle for too long, and the least recently used over the limit."""
        passivation = cell.kind.passivation
        assert passivation is not None
        cell.sweep = None
        oldest = self._engine.clock.now() - passivation.idle
        chosen: list[Actor] = []
        smaller = 0
        for actor in tuple(cell.actors.values()):  # a hook may activate another
            goes = actor.used <= oldest or self._is_crowded(cell, len(chosen), smaller)
            if len(chosen) == _AT_ONCE or not goes:
                break
            if self._is_free(actor):
                chosen.append(actor)
                smaller += actor.size
        for actor in chosen:
            self.retire_if_free(actor)
        if len(chosen) == _AT_ONCE:
            self._plan_sweep(cell, _BREATH)
        elif first := next(iter(cell.actors.values()), None):
            self._plan_sweep(cell, max(1.0, first.used - oldest))
