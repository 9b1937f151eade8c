"""Questions on their way: each gets exactly one answer, or one reason why not.

A question waits in the user lane of its actor and nowhere else, so whoever empties a lane
without a turn (quarantine, the end) owes its questions a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from actors.runtime.actor import Actor, Envelope
from actors.runtime.errors import ActorStopped, AskFailed, AskTimeout, MailboxFull, SystemClosed
from actors.runtime.ref import Delivery

if TYPE_CHECKING:
    from actors.runtime.deadlines import Deadlines
    from actors.runtime.loop import Alarm, Loop
    from actors.runtime.ref import Ref


@dataclass(slots=True, eq=False)
class Answer:
    """The place where the answer to one question is left."""

    ref: Ref
    open: bool = True
    value: object = None
    error: AskFailed | None = None
    alarm: Alarm | None = None

    def resolve(self, value: object) -> bool:
        """Give the answer; False if nobody waits for it any more."""
        if not self.open:
            return False
        self.open = False
        self.value = value
        if self.alarm is not None:
            self.alarm.set()
        return True

    def fail(self, error: AskFailed, cause: BaseException | None = None) -> None:
        """Give the reason why there is no answer, unless nobody waits any more."""
        error.__cause__ = cause
        if self.resolve(None):
            self.error = error


_ACCEPTED = Delivery.ACCEPTED
_REFUSALS: dict[Delivery, type[AskFailed]] = {
    Delivery.REJECTED: MailboxFull,
    Delivery.QUARANTINED: ActorStopped,
    Delivery.CLOSED: SystemClosed,
}


class Asks:
    """Asks, and waits for the answer."""

    def __init__(self, loop: Loop, deadlines: Deadlines) -> None:
        self._loop = loop
        self._deadlines = deadlines

    async def ask(self, ref: Ref, message: object, timeout: float) -> object:
        """Leave *message* for *ref* and wait for its one answer."""
        answer = Answer(ref)
        delivery = ref.tell(Envelope(message, answer))
        if delivery is not _ACCEPTED:
            raise _REFUSALS[delivery](ref)
        try:
            await self._loop.give_way()
            if answer.open:  # an actor that was idle has answered by now
                await self._wait(answer, timeout)
        finally:
            answer.open = False  # whoever was cancelled hears no late reply
        if answer.error is not None:
            raise answer.error
        return answer.value

    async def _wait(self, answer: Answer, timeout: float) -> None:
        answer.alarm = self._loop.new_alarm()
        late = lambda: answer.fail(AskTimeout(answer.ref))  # noqa: E731
        deadline = self._deadlines.after(timeout, late)
        try:
            await answer.alarm
        finally:
            deadline.cancel()


def refuse(actor: Actor, reason: type[AskFailed]) -> None:
    """Take every question out of the mail of *actor* and give *reason* to whoever asked."""
    kept = []
    for mail in actor.user or ():
        if type(mail) is Envelope and mail.answer is not None:
            actor.cell.counts.dropped += 1
            mail.answer.fail(reason(mail.answer.ref))
        else:
            kept.append(mail)
    actor.user = kept or None
