"""The record that an actor is: no task, no lock, no stream; little more than a hundred bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from actors.runtime import status
from actors.runtime.loop import Alarm, ring

if TYPE_CHECKING:
    from actors.runtime.cell import Cell
    from actors.runtime.deadlines import Deadline
    from actors.runtime.effects import Running
    from actors.runtime.errors import AskFailed
    from actors.runtime.ref import Ref
    from actors.runtime.timers import Timer


@dataclass(slots=True, eq=False)
class Answer:
    """The place where the answer to one question is left, or the reason why there is none."""

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
            ring(self.alarm)
        return True

    def fail(self, reason: type[AskFailed], cause: BaseException | None = None) -> None:
        """Give the reason why there is no answer, unless nobody waits any more."""
        if self.resolve(None):
            self.error = reason(self.ref)
            self.error.__cause__ = cause


@dataclass(slots=True, eq=False)
class Envelope:
    """A message that brings something along; most messages travel without one."""

    message: object
    answer: Answer | None = None
    timer: Timer | None = None
    tries: int = 0


def opened(mail: object) -> object:
    """Return the message that *mail* is or contains."""
    return mail.message if type(mail) is Envelope else mail


@dataclass(slots=True, eq=False, repr=False)
class Actor:
    """One actor in memory. Its lanes exist only while mail waits in them."""

    cell: Cell
    key: str
    state: Any = None
    status: int = 0
    # Lanes are lists: most hold one message, and a list for one is made and dropped in a
    # third of a deque's time. Moving up a full lane of 64 costs less than that, too.
    system: list[object] | None = None
    user: list[object] | None = None
    spilled: int = 0  # messages that wait outside, behind those in the lane
    effects: dict[str, Running] | None = None
    crashes: Sequence[float] = ()
    error: BaseException | None = None
    backoff: Deadline | None = None
    used: int = 0
    size: int = 0

    def has_mail(self) -> bool:
        """Whether a visit would find something to do."""
        return bool(self.system or self.user or self.status & (status.REPLAYING | status.SPILLED))

    def refuse(self, reason: type[AskFailed]) -> None:
        """Take every question out of the mail and give *reason* to whoever asked.

        A question waits in the user lane and nowhere else, so whoever empties a lane without
        a turn (quarantine, the end) owes its questions this.
        """
        kept = []
        for mail in self.user or ():
            if type(mail) is Envelope and mail.answer is not None:
                self.cell.counts.dropped += 1
                mail.answer.fail(reason)
            else:
                kept.append(mail)
        self.user = kept or None
