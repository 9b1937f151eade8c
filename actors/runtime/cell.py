"""All actors of one kind: the table of those in memory, and how mail reaches them."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from actors.runtime.actor import BACKOFF, QUARANTINED, QUEUED, Actor, Envelope
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
        # How many messages a lane takes without a second look.
        self.room = 0 if kind.overflow is Overflow.COALESCE else kind.capacity
        self._dispatcher = engine.dispatcher
        self._ready = engine.dispatcher.ready

    def tell(self, key: str, message: object) -> Delivery:
        """Leave *message* in the user lane. This is the hot path: about a quarter of a us."""
        actor = self.actors.get(key)
        if actor is None:
            if self.closed:
                self.counts.closed += 1
                return Delivery.CLOSED
            actor = self.engine.lifecycle.activate(self, key)
        lane = actor.user
        if (len(lane) if lane else 0) >= self.room or actor.spilled or type(message) is Envelope:
            return self._second_look(actor, message)
        if lane is None:
            actor.user = deque((message,))
        else:
            lane.append(message)
        self.counts.accepted += 1
        status = actor.status
        if not status:
            actor.status = QUEUED
            self._ready.append(actor)
            if self._dispatcher.asleep:
                self._dispatcher.wake()
        elif status & BACKOFF:
            self._hurry(actor, message)
        return Delivery.ACCEPTED

    def tell_system(self, key: str, message: object) -> None:
        """Leave *message* in the system lane: never dropped, read first."""
        actor = self.actors.get(key)
        if actor is None:
            if self.closed:
                self.counts.closed += 1
                return
            actor = self.engine.lifecycle.activate(self, key)
        if actor.system is None:
            actor.system = deque()
        actor.system.append(message)
        self._dispatcher.enqueue(actor)

    def ref(self, key: str) -> Ref:
        """Return the address of one actor."""
        return Ref(self.name, key, self)

    def _second_look(self, actor: Actor, message: object) -> Delivery:
        """Take, merge, spill or refuse a message that is not the usual one."""
        if self.closed:
            self.counts.closed += 1
            return Delivery.CLOSED
        if type(message) is Envelope and message.answer and actor.status & QUARANTINED:
            self.counts.rejected += 1
            return Delivery.QUARANTINED
        if actor.user is None:
            actor.user = deque()
        key = None
        if self.kind.coalesce is not None and type(message) is not Envelope:
            key = self.kind.coalesce(message)
        if key is not None and self._replaces(actor, key, message):
            self.counts.coalesced += 1
            return Delivery.COALESCED
        if actor.spilled or len(actor.user) >= self.kind.capacity:
            delivery = self._overflow(actor, message)
            if delivery is not Delivery.ACCEPTED:
                return delivery
        if key is not None:
            message = Envelope(message, key=key)
            actor.more().waiting[key] = message
        actor.user.append(message)
        self.counts.accepted += 1
        self._dispatcher.enqueue(actor)
        return Delivery.ACCEPTED

    def _replaces(self, actor: Actor, key: Hashable, message: object) -> bool:
        waiting = actor.extra.waiting.get(key) if actor.extra else None
        if waiting is None:
            return False
        waiting.message = message
        return True

    def _overflow(self, actor: Actor, message: object) -> Delivery:
        """Decide about a message for a full lane; ACCEPTED means that there is room now."""
        asked = type(message) is Envelope and message.answer is not None
        if self.kind.overflow is Overflow.SPILL and not asked:
            actor.spilled += 1
            self.counts.spilled += 1
            return Delivery.SPILLED
        if self.kind.overflow is Overflow.DROP_OLDEST:
            assert actor.user
            self._displace(actor, actor.user.popleft())
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

    def _hurry(self, actor: Actor, message: object) -> None:
        if self.kind.urgent is not None and self.kind.urgent(message):
            self.engine.supervisor.end_backoff(actor)
