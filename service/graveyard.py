"""What happens to actors on bad days, kept where an operator finds it: dead letters, crashes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog

from actors.messages import CrashOnRequestError, Inbound
from actors.ports import Accepted
from actors.router import Unreadable
from actors.runtime import CrashReport, DeadLetter, Ref
from actors.runtime.observe import (
    ChildEnded,
    Escalating,
    Faulty,
    Happening,
    Observer,
    Quarantined,
)
from service.observe.scrubbing import chat_hash
from snapshots import Store
from snapshots.in_hand import InHand

log = structlog.get_logger()


class Graveyard:
    """Keeps what nobody could handle in the store's dead-letter file."""

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    def unreadable(self, found: Unreadable) -> None:
        """Keep an update that cannot be understood."""
        error = type(found.error).__name__
        log.warning("an update cannot be understood", error=error)
        self._keep("unreadable", **_of(found.accepted), error=error)

    def raw(self, content: bytes) -> None:
        """Keep what no parser can read."""
        self._keep("unreadable", raw=content)

    def deadly(self, found: Accepted) -> None:
        """Keep an update that was in hand at two abnormal ends in a row."""
        log.error("an update was in hand at two abnormal ends and is set aside", n=found.n)
        self._keep("deadly", **_of(found))

    def _keep(self, reason: str, **letter: Any) -> None:
        self._store.dead_letters.bury({"at": self._now(), "reason": reason, **letter})

    def observe(self, letter: Happening) -> None:
        """Keep a dead letter; of an update, what the journal has of it."""
        if not isinstance(letter, DeadLetter):
            return
        record = {
            "at": letter.at,
            "key": str(letter.ref),
            "actor": str(letter.ref),
            "reason": letter.reason.value,
            "message": type(letter.message).__name__,
            "error": type(letter.error).__name__ if letter.error else "",
        }
        if isinstance(letter.message, Inbound):
            record["n"] = letter.message.n
            record["update"] = self._store.update(letter.message.n)
        self._store.dead_letters.bury(record)


def _of(accepted: Accepted) -> dict[str, Any]:
    return {"n": accepted.n, "bot": accepted.bot, "update": accepted.update}


class CrashLog:
    """The runtime's observer: one line for everything that should not happen."""

    def __init__(self, *others: Observer) -> None:
        """The *others* are told everything as well, after it was logged."""
        self._others = others

    def observe(self, happening: Happening) -> None:
        """Log *happening*; never what people wrote, nor whose chat it is."""
        match happening:
            case CrashReport(ref=ref, error=CrashOnRequestError()):
                log.info("an actor crashed as asked", actor=named(ref))
            case CrashReport(ref=ref):
                log.error("an actor crashed", actor=named(ref), report=_anonymous(happening))
            case Quarantined(ref=ref):
                log.error("an actor is in quarantine", actor=named(ref))
            case ChildEnded(name=name, error=error, restarts_in=None):
                log.critical("a child is given up", child=name, error=type(error).__name__)
            case ChildEnded(name=name, error=error):
                log.error("a child crashed", child=name, error=type(error).__name__)
            case Faulty(what=what, error=error):
                log.error("a hook failed", what=what, error=type(error).__name__)
            case Escalating(reason=reason):
                log.critical("giving up", reason=reason)
            case DeadLetter(ref=ref, reason=reason):
                log.warning(
                    "a message went to the dead letters", actor=named(ref), reason=reason.value
                )
        for tell in self._others:
            tell(happening)


def named(ref: Ref) -> str:
    """Return what an actor is called in the log: of a chat a short name that tells nobody whose."""
    return f"{ref.kind}/{chat_hash(ref.key)}" if ref.key else ref.kind


def _anonymous(report: CrashReport) -> str:
    return report.render().replace(str(report.ref), named(report.ref))


class Hand:
    """Tells the store's slot which update a turn is about."""

    def __init__(self, slot: InHand) -> None:
        self._slot = slot
        self._taken = False

    def enter(self, _key: str, message: object) -> None:
        """Take note of the update in *message*, or that it is none."""
        if isinstance(message, Inbound):
            self._taken = True
            self._slot.enter(message.n)
        elif self._taken:
            self.leave()

    def leave(self) -> None:
        """Forget it: its turn ended in this process."""
        if self._taken:
            self._taken = False
            self._slot.leave()
