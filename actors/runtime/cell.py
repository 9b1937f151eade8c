"""All actors of one kind: the table of those in memory, and how unusual mail reaches them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from actors.runtime.actor import BACKOFF, QUARANTINED, SPILLED, Actor, Envelope
from actors.runtime.behaviour import Kind
from actors.runtime.dead_letters import Reason
from actors.runtime.errors import MailboxFull
from actors.runtime.mailbox import Delivery, Overflow
from actors.runtime.observe import Counts
from actors.runtime.ref import Ref
from actors.runtime.timers import Timers

if TYPE_CHECKING:
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
        self.closed = False
        # What the hot path wants to have at hand.
        self.room = 0 if kind.overflow is Overflow.COALESCE else kind.capacity
        self.dispatcher = engine.dispatcher
        self.ready = engine.dispatcher.ready
        self.retires = kind.passivation is not None
        self.behaviour = kind.behaviour
        self.plain = kind.commit is None and kind.slot is None and kind.stage is None

    def ref(self, key: str) -> Ref:
        """Return the address of one actor."""
        return Ref(self.name, key, self)

    def tell(self, key: str, message: object) -> Delivery:
        """Take *message* into the user lane, merge, spill or refuse it.

        ``Ref.tell`` has dealt with the usual case already, in fewer steps.
        """
        if self.closed:
            self.counts.closed += 1
            return Delivery.CLOSED
        actor = self.actors.get(key) or self.engine.lifecycle.activate(self, key)
        asked = type(message) is Envelope
        if asked and actor.status & QUARANTINED:
            self.counts.rejected += 1
            return Delivery.QUARANTINED
        same = None if asked or self.kind.coalesce is None else self.kind.coalesce(message)
        if same is not None and self._replaces(actor, same, message):
            self.counts.coalesced += 1
            return Delivery.COALESCED
        if actor.status & SPILLED or len(actor.user or ()) >= self.kind.capacity:
            delivery = self._overflow(actor, asked=asked)
            if delivery is not Delivery.ACCEPTED:
                return delivery
        self._put(actor, message, same)
        return Delivery.ACCEPTED

    def tell_system(self, key: str, message: object) -> None:
        """Leave *message* in the system lane: never dropped, read first."""
        if self.closed:
            self.counts.closed += 1
            return
        actor = self.actors.get(key) or self.engine.lifecycle.activate(self, key)
        actor.systems().append(message)
        self.dispatcher.enqueue(actor)

    def _put(self, actor: Actor, message: object, same: Hashable) -> None:
        mail = message
        if same is not None:
            mail = actor.more().waiting[same] = Envelope(message, key=same)
        actor.users().append(mail)
        self.dispatcher.enqueue(actor)
        if actor.status & BACKOFF and self.kind.urgent is not None and self.kind.urgent(message):
            self.engine.supervisor.end_backoff(actor)

    def _replaces(self, actor: Actor, same: Hashable, message: object) -> bool:
        waiting = actor.extra.waiting.get(same) if actor.extra else None
        if waiting is None:
            return False
        waiting.message = message
        return True

    def _overflow(self, actor: Actor, *, asked: bool) -> Delivery:
        """Decide about a message for a full lane; ACCEPTED means that there is room now."""
        if self.kind.overflow is Overflow.SPILL and not asked:
            actor.status |= SPILLED
            actor.more().spilled += 1
            self.counts.spilled += 1
            return Delivery.SPILLED
        if self.kind.overflow is Overflow.DROP_OLDEST and actor.user:
            self._displace(actor, actor.user.pop(0))
            return Delivery.ACCEPTED
        self.counts.rejected += 1
        return Delivery.REJECTED

    def _displace(self, actor: Actor, oldest: object) -> None:
        self.counts.dropped += 1
        ref = self.ref(actor.key)
        if type(oldest) is Envelope:
            if oldest.answer is not None:
                oldest.answer.fail(MailboxFull(ref))
            oldest = oldest.message
        self.engine.bury(ref, oldest, Reason.DISPLACED)

    def counted(self) -> dict[str, int]:
        """Return all counters. What was accepted follows from what became of it."""
        counts = self.counts
        waiting = sum(len(actor.user) for actor in self.actors.values() if actor.user)
        accepted = counts.handled + counts.dropped + waiting - counts.refilled
        return {"accepted": accepted, **counts.snapshot()}
