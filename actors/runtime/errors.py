"""How an ask, or a whole system, can fail; each name says who did not answer, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actors.runtime.observe import CrashReport
    from actors.runtime.ref import Ref


class AskFailed(Exception):  # noqa: N818
    """Base: an ask got no answer. *ref* is who was asked."""

    said = "gave no answer"

    def __init__(self, ref: Ref) -> None:
        super().__init__(f"{ref} {self.said}")
        self.ref = ref


class AskTimeout(AskFailed, TimeoutError):  # noqa: N818
    """The time was up; an answer that comes later is dropped and counted."""

    said = "did not answer in time"


class ActorCrashed(AskFailed):
    """The turn of this very question crashed (its error is the cause). It is not retried."""

    said = "crashed over the question"


class ActorStopped(AskFailed):
    """The actor is in quarantine, and stands still until somebody releases it."""

    said = "is in quarantine"


class MailboxFull(AskFailed):
    """The question was refused."""

    said = "has a full mailbox"


class Unanswered(AskFailed):
    """The turn ended well, without a `Reply`."""

    said = "had nothing to reply"


class SystemClosed(AskFailed):
    """The system shuts down, or has."""

    said = "is gone: the system has shut down"


class Escalated(Exception):  # noqa: N818
    """The trouble was bigger than one child; *report* is the crash that was one too many."""

    def __init__(self, reason: str, report: CrashReport | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.report = report
