"""Questions on their way: each gets exactly one answer, or one reason why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actors.runtime.actor import Envelope
from actors.runtime.errors import ActorStopped, AskFailed, AskTimeout, MailboxFull, SystemClosed
from actors.runtime.loop import Alarm, Loop
from actors.runtime.mailbox import Delivery

if TYPE_CHECKING:
    from actors.runtime.deadlines import Deadlines
    from actors.runtime.ref import Ref


class Answer:
    """The place where the answer to one question is left."""

    __slots__ = ("alarm", "error", "open", "ref", "value")

    def __init__(self, ref: Ref) -> None:
        self.ref = ref
        self.open = True
        self.value: object = None
        self.error: AskFailed | None = None
        self.alarm: Alarm | None = None

    def resolve(self, value: object) -> bool:
        """Give the answer; False if nobody waits for it any more."""
        if not self.open:
            return False
        self.value = value
        self._close()
        return True

    def fail(self, error: AskFailed, cause: BaseException | None = None) -> bool:
        """Give the reason why there is no answer; False if nobody waits any more."""
        if not self.open:
            return False
        error.__cause__ = cause
        self.error = error
        self._close()
        return True

    def time_out(self) -> None:
        """The time is up."""
        self.fail(AskTimeout(self.ref))

    def _close(self) -> None:
        self.open = False
        if self.alarm is not None:
            self.alarm.set()


_REFUSALS: dict[Delivery, type[AskFailed]] = {
    Delivery.REJECTED: MailboxFull,
    Delivery.QUARANTINED: ActorStopped,
    Delivery.CLOSED: SystemClosed,
}


class Asks:
    """All open questions, so that a shutdown leaves nobody waiting."""

    def __init__(self, loop: Loop, deadlines: Deadlines) -> None:
        self._loop = loop
        self._deadlines = deadlines
        self._open: set[Answer] = set()

    async def ask(self, ref: Ref, message: object, timeout: float) -> object:
        """Leave *message* for *ref* and wait for its one answer."""
        answer = Answer(ref)
        delivery = ref.cell.tell(ref.key, Envelope(message, answer=answer))
        if delivery in _REFUSALS:
            raise _REFUSALS[delivery](ref)
        self._open.add(answer)
        try:
            await self._loop.give_way()
            if answer.open:  # an actor that was idle has answered by now
                await self._wait(answer, timeout)
            if answer.error is not None:
                raise answer.error
            return answer.value
        finally:
            answer.open = False  # whoever was cancelled hears no late reply
            self._open.discard(answer)

    async def _wait(self, answer: Answer, timeout: float) -> None:
        answer.alarm = self._loop.new_alarm()
        deadline = self._deadlines.after(timeout, answer.time_out)
        try:
            await answer.alarm.wait()
        finally:
            deadline.cancel()

    def close(self) -> None:
        """Tell everybody who still waits that the system is gone."""
        for answer in tuple(self._open):
            answer.fail(SystemClosed(answer.ref))
