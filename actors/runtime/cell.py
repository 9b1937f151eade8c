"""All actors of one kind: the table of those in memory, and how unusual mail reaches them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from actors.runtime.actor import BACKOFF, QUARANTINED, SPILLED, Actor, Envelope
from actors.runtime.behaviour import Kind
from actors.runtime.observe import Counts
from actors.runtime.ref import Delivery, Ref
from actors.runtime.timers import Timers

if TYPE_CHECKING:
    from actors.runtime.deadlines import Deadline
    from actors.runtime.engine import Engine


class Cell:
    """One kind at work."""

    def __init__(self, name: str, kind: Kind[Any, Any], engine: Engine) -> None:
        self.name = name
        self.kind = kind
        self.engine = engine
        self.asks = engine.asks
        self.timers = Timers(self, engine.deadlines)
        self.counts = Counts()
        self.actors: dict[str, Actor] = {}  # least recently used first, if the kind retires
        self.bytes = 0
        self.sweep: Deadline | None = None
        self.closed = False
        # What the hot path wants to have at hand.
        self.room = kind.capacity
        self.dispatcher = engine.dispatcher
        self.ready = engine.dispatcher.ready
        self.retires = kind.passivation is not None
        self.behaviour = kind.behaviour
        self.commit = kind.commit
        self.slot = kind.slot

    def ref(self, key: str) -> Ref:
        """Return the address of one actor."""
        return Ref(self.name, key, self)

    def tell(self, key: str, message: object) -> Delivery:
        """Take *message* into the user lane, spill or refuse it.

        ``Ref.tell`` has dealt with the usual case already, in fewer steps.
        """
        if self.closed:
            self.counts.closed += 1
            return Delivery.CLOSED
        actor = self.actors.get(key) or self.engine.lifecycle.activate(self, key)
        asked = type(message) is Envelope  # whoever asks waits, and hears a refusal now
        if asked and actor.status & QUARANTINED:
            self.counts.rejected += 1
            return Delivery.QUARANTINED
        if actor.status & SPILLED or len(actor.user or ()) >= self.room:
            if asked or self.kind.refill is None:
                self.counts.rejected += 1
                return Delivery.REJECTED
            actor.status |= SPILLED
            actor.more().spilled += 1
            self.counts.spilled += 1
            return Delivery.SPILLED
        actor.user = [*(actor.user or ()), message]
        self.dispatcher.enqueue(actor)
        if actor.status & BACKOFF and self.kind.urgent is not None and self.kind.urgent(message):
            self.engine.supervisor.end_backoff(actor)
        return Delivery.ACCEPTED

    def tell_system(self, key: str, message: object) -> None:
        """Leave *message* in the system lane: never dropped, read first."""
        if self.closed:
            self.counts.closed += 1
            return
        actor = self.actors.get(key) or self.engine.lifecycle.activate(self, key)
        if actor.system is None:
            actor.system = [message]
        else:
            actor.system.append(message)
        self.dispatcher.enqueue(actor)

    def counted(self) -> dict[str, int]:
        """Return all counters. What was accepted follows from what became of it."""
        counts = self.counts
        waiting = sum(len(actor.user) for actor in self.actors.values() if actor.user)
        accepted = counts.handled + counts.dropped + waiting - counts.refilled
        return {"accepted": accepted, **asdict(counts)}
