"""Questions on their way: each gets exactly one answer, or one reason why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import anyio

from actors.runtime.actor import Envelope
from actors.runtime.alarm import Alarm, maker_of_alarms
from actors.runtime.errors import ActorStopped, AskFailed, AskTimeout, MailboxFull, SystemClosed
from actors.runtime.mailbox import Delivery

if TYPE_CHECKING:
    from actors.runtime.deadlines import Deadlines
    from actors.runtime.ref import Ref


class Answer:
    """The place where the asker waits."""

    __slots__ = ("_alarm", "error", "open", "ref", "value")

    def __init__(self, ref: Ref, alarm: Alarm) -> None:
        self.ref = ref
        self.open = True
        self.value: object = None
        self.error: AskFailed | None = None
        self._alarm = alarm

    def resolve(self, value: object) -> bool:
        """Give the answer; False if nobody waits for it any more."""
        if not self.open:
            return False
        self.open = False
        self.value = value
        self._alarm.set()
        return True

    def fail(self, error: AskFailed, cause: BaseException | None = None) -> bool:
        """Give the reason why there is no answer; False if nobody waits any more."""
        if not self.open:
            return False
        self.open = False
        error.__cause__ = cause
        self.error = error
        self._alarm.set()
        return True

    def time_out(self) -> None:
        """The time is up."""
        self.fail(AskTimeout(self.ref))

    async def wait(self) -> object:
        """Return the answer, or raise the reason."""
        await self._alarm.wait()
        if self.error is not None:
            raise self.error
        return self.value


_REFUSALS: dict[Delivery, type[AskFailed]] = {
    Delivery.REJECTED: MailboxFull,
    Delivery.QUARANTINED: ActorStopped,
    Delivery.CLOSED: SystemClosed,
}


class Asks:
    """All open questions, so that a shutdown leaves nobody waiting."""

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._open: set[Answer] = set()
        self._new_alarm: Callable[[], Alarm] = anyio.Event

    def start(self) -> None:
        """Get ready for the loop that is running now."""
        self._new_alarm = maker_of_alarms()

    async def ask(self, ref: Ref, message: object, timeout: float) -> object:
        """Leave *message* for *ref* and wait for its one answer."""
        answer = Answer(ref, self._new_alarm())
        delivery = ref.cell.tell(ref.key, Envelope(message, answer=answer))
        if delivery in _REFUSALS:
            raise _REFUSALS[delivery](ref)
        deadline = self._deadlines.after(timeout, answer.time_out)
        self._open.add(answer)
        try:
            return await answer.wait()
        finally:
            answer.open = False  # whoever was cancelled hears no late reply
            deadline.cancel()
            self._open.discard(answer)

    def close(self) -> None:
        """Tell everybody who still waits that the system is gone."""
        for answer in tuple(self._open):
            answer.fail(SystemClosed(answer.ref))
