"""The address of an actor: its kind and key, valid before it lives and after it crashed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from actors.runtime.actor import Answer, Envelope
from actors.runtime.errors import ActorStopped, AskFailed, AskTimeout, MailboxFull, SystemClosed
from actors.runtime.status import QUEUED

if TYPE_CHECKING:
    from actors.runtime.cell import Cell


class Delivery(Enum):
    """What became of a message that was told."""

    ACCEPTED = "accepted"
    SPILLED = "spilled"
    """The mailbox is full; it stays where it also stands and is read again in its order."""
    REJECTED = "rejected"
    """The mailbox is full."""
    QUARANTINED = "quarantined"
    """Refused, because it was an ask and its actor stands still until it is released."""
    CLOSED = "closed"
    """The system has shut down."""


_ACCEPTED = Delivery.ACCEPTED  # an enum's member costs as much as the whole append
_REFUSALS: dict[Delivery, type[AskFailed]] = {
    Delivery.REJECTED: MailboxFull,
    Delivery.QUARANTINED: ActorStopped,
    Delivery.CLOSED: SystemClosed,
}


@dataclass(frozen=True, slots=True)
class Ref:
    """A name that can be written to. Made by ``ActorSystem.ref``; costs nothing to keep.

    The *system lane* of a mailbox (effect results, timers, reports) is never dropped and always
    read first. The *user lane* is strictly first in, first out, and bounded by
    ``Kind.capacity``: mail for a full one spills if the kind can read it again
    (``Kind.refill``), and is refused if not.
    """

    kind: str
    key: str
    cell: Cell = field(repr=False, compare=False)

    def tell(self, message: object) -> Delivery:
        """Leave *message* in the user lane, without waiting."""
        # The hot path; whatever is not the usual case is the cell's.
        cell = self.cell
        actor = cell.actors.get(self.key)
        if actor is None or actor.status > QUEUED:
            return cell.tell(self.key, message)
        lane = actor.user
        if lane is None:
            if cell.room < 1:
                return cell.tell(self.key, message)
            actor.user = [message]
        elif len(lane) < cell.room:
            lane.append(message)
        else:
            return cell.tell(self.key, message)
        if not actor.status:
            actor.status = QUEUED
            cell.ready.append(actor)
            if cell.dispatcher.asleep:
                cell.dispatcher.wake()
        return _ACCEPTED

    def tell_system(self, message: object) -> None:
        """Leave *message* in the system lane: never dropped, read before any user's mail."""
        self.cell.tell_system(self.key, message)

    async def ask(self, message: object, timeout: float = 5.0) -> object:
        """Leave *message* in the user lane and return what the actor replies.

        For effects and for code outside of actors; a turn cannot wait.

        Raises:
            AskFailed: No answer: AskTimeout, ActorCrashed, ActorStopped, MailboxFull,
                Unanswered or SystemClosed.

        """
        engine, answer = self.cell.engine, Answer(self)
        delivery = self.tell(Envelope(message, answer))
        if delivery is not _ACCEPTED:
            raise _REFUSALS[delivery](self)
        try:
            await engine.loop.give_way()
            if answer.open:  # an actor that was idle has answered by now
                answer.alarm = engine.loop.new_alarm()
                late = engine.deadlines.after(timeout, lambda: answer.fail(AskTimeout))
                try:
                    await answer.alarm
                finally:
                    late.cancel()
        finally:
            answer.open = False  # whoever was cancelled hears no late reply
        if answer.error is not None:
            raise answer.error
        return answer.value

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"
