"""What happens to actors on bad days, kept where an operator finds it: dead letters, crashes."""

from __future__ import annotations

import structlog

from actors.messages import CrashOnRequestError, Inbound
from actors.runtime import DeadLetter
from actors.runtime.observe import (
    Buried,
    ChildEnded,
    Crashed,
    Escalating,
    Faulty,
    Happening,
    Quarantined,
)
from snapshots import Store
from snapshots.in_hand import InHand

log = structlog.get_logger()


class Graveyard:
    """Implements the runtime's port on the store's dead-letter file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def bury(self, letter: DeadLetter) -> None:
        """Keep *letter*; of an update, what the journal has of it."""
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


class CrashLog:
    """Implements the runtime's observer: one line for everything that should not happen."""

    def observe(self, happening: Happening) -> None:
        """Log *happening*, if it is of that kind; never what people wrote."""
        match happening:
            case Crashed(report=report) if isinstance(report.error, CrashOnRequestError):
                log.info("an actor crashed as asked", actor=str(report.ref))
            case Crashed(report=report):
                log.error("an actor crashed", report=report.render())
            case Quarantined(ref=ref):
                log.error("an actor is in quarantine", actor=str(ref))
            case ChildEnded(name=name, error=error) if error is not None:
                log.error("a child crashed", child=name, error=type(error).__name__)
            case Faulty(what=what, error=error):
                log.error("a hook failed", what=what, error=type(error).__name__)
            case Escalating(reason=reason):
                log.critical("giving up", reason=reason)
            case Buried():
                log.warning("a message went to the dead letters")


class Hand:
    """Tells the store's slot which update a turn is about."""

    def __init__(self, slot: InHand) -> None:
        self._slot = slot

    def enter(self, _key: str, message: object) -> None:
        """Take note of the update in *message*, if it is one."""
        if isinstance(message, Inbound):
            self._slot.enter(message.n)

    def leave(self) -> None:
        """Forget it: its turn ended in this process."""
        self._slot.leave()
