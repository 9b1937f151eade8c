"""All actors of one kind: the table of those in memory, their mail, and how they come alive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from actors.runtime import status
from actors.runtime.actor import Actor, Envelope, opened
from actors.runtime.behaviour import Kind, Resumed
from actors.runtime.observe import Counts
from actors.runtime.ref import Delivery, Ref
from actors.runtime.retirement import Retirement
from actors.runtime.timers import Timers

if TYPE_CHECKING:
    from actors.runtime.engine import Engine


class Cell:
    """One kind at work."""

    def __init__(self, name: str, kind: Kind[Any, Any], engine: Engine) -> None:
        self.name, self.kind, self.engine = name, kind, engine
        self.actors: dict[str, Actor] = {}  # least recently used first, if the kind retires
        self.timers = Timers(self)
        self.retirement = Retirement(self)
        self.counts = Counts()
        self.loading = 0
        # What the hot path wants to have at hand.
        self.room = kind.capacity  # none at all after the end
        self.dispatcher = engine.dispatcher
        self.ready = engine.dispatcher.ready
        self.retires = kind.passivation is not None
        self.behaviour, self.commit, self.slot = kind.behaviour, kind.commit, kind.slot

    def ref(self, key: str) -> Ref:
        """Return the address of one actor."""
        return Ref(self.name, key, self)

    def counted(self) -> dict[str, int]:
        """Return all counters. What was accepted follows from what became of it."""
        counts = self.counts
        waiting = sum(len(actor.user) for actor in self.actors.values() if actor.user)
        accepted = counts.handled + counts.dropped + waiting - counts.refilled
        return {"accepted": accepted, **asdict(counts)}

    # Mail.

    def tell(self, key: str, message: object) -> Delivery:
        """Take *message* into the user lane, spill or refuse it.

        ``Ref.tell`` has dealt with the usual case already, in fewer steps.
        """
        if self.engine.closing:
            self.counts.closed += 1
            return Delivery.CLOSED
        actor = self.actors.get(key) or self.activate(key)
        asked = type(message) is Envelope  # whoever asks waits, and hears a refusal now
        if asked and actor.status & status.QUARANTINED:
            self.counts.rejected += 1
            return Delivery.QUARANTINED
        if actor.status & status.SPILLED or len(actor.user or ()) >= self.room:
            if asked or self.kind.refill is None:
                self.counts.rejected += 1
                return Delivery.REJECTED
            actor.status |= status.SPILLED
            actor.spilled += 1
            self.counts.spilled += 1
            return Delivery.SPILLED
        actor.user = [*(actor.user or ()), message]
        self.dispatcher.enqueue(actor)
        urgent = self.kind.urgent
        if actor.status & status.BACKOFF and urgent is not None and urgent(message):
            self.engine.supervisor.end_backoff(actor)
        return Delivery.ACCEPTED

    def tell_system(self, key: str, message: object) -> None:
        """Leave *message* in the system lane: never dropped, read first."""
        if self.engine.closing:
            self.counts.closed += 1
            return
        actor = self.actors.get(key) or self.activate(key)
        if actor.system is None:
            actor.system = [message]
        else:
            actor.system.append(message)
        self.dispatcher.enqueue(actor)

    # Coming alive: load, then replayed mail, then what is owed, then everything else.

    def activate(self, key: str) -> Actor:
        """Make the record of an actor and begin to load it; its mail waits meanwhile."""
        actor = self.actors[key] = Actor(self, key, status=status.LOADING)
        self.counts.activations += 1
        self.wake_up(actor)
        return actor

    def wake_up(self, actor: Actor) -> None:
        """Let an actor go on that stood still, or is new."""
        load = self.kind.load
        if not actor.status & status.LOADING:
            if actor.has_mail():
                self.dispatcher.enqueue(actor)
        elif load is None:  # there is nothing to wait for
            self._loaded(actor, None)
        else:
            self.loading += 1
            self.engine.spawn(self._load, actor, load)

    async def _load(self, actor: Actor, load: Callable[[str], Awaitable[Any]]) -> None:
        try:
            self._loaded(actor, await load(actor.key))
        except Exception as error:
            self.engine.supervisor.activation_crashed(actor, error)
        finally:
            self.loading -= 1

    def _loaded(self, actor: Actor, state: Any) -> None:
        try:
            actor.state = self.kind.initial(actor.key) if state is None else state
        except Exception as error:
            self.engine.supervisor.activation_crashed(actor, error)
            return
        actor.status &= ~status.LOADING
        if self.kind.resume is not None:
            actor.status |= status.REPLAYING
        self.wake_up(actor)

    def replay(self, actor: Actor) -> None:
        """Handle replayed mail in arrival order, then resume; live mail comes after."""
        resume, turns = self.kind.resume, self.engine.turns
        while not actor.status & status.HELD:
            mail = actor.user or []
            places = (at for at, one in enumerate(mail) if self.kind.replayed(opened(one)))
            if (place := next(places, None)) is not None:
                self.counts.handled += 1
                turns.take(actor, mail.pop(place))
            elif actor.status & status.SPILLED and not mail:
                self.refill(actor)
            else:
                if resume is None or turns.aside(actor, Resumed(), resume, turns.now):
                    actor.status &= ~status.REPLAYING
                return

    def refill(self, actor: Actor) -> bool:
        """Read spilled mail again, in order; False if there was none or it cannot be read now."""
        assert self.kind.refill is not None
        try:
            mail = self.kind.refill(actor.key, self.kind.capacity)
        except Exception as error:
            self.engine.supervisor.activation_crashed(actor, error)
            return False
        # Later mail spills until everything before it has been read: that keeps the order.
        if len(mail) < self.kind.capacity:
            actor.status &= ~status.SPILLED
            actor.spilled = 0
        else:
            actor.spilled = max(1, actor.spilled - len(mail))
        self.counts.refilled += len(mail)
        actor.user = list(mail)
        return bool(mail)
