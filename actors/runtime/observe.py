"""What happens inside, told to whoever counts or logs: one frozen record per event.

Only what should not happen is told; turns, effects, comings and goings are counted in `Counts`.
No record carries the content of a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from actors.runtime.dead_letters import DeadLetter
    from actors.runtime.ref import Ref
    from actors.runtime.reports import CrashReport


class Happening:
    """Base of everything that is told."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Crashed(Happening):
    """A turn or an activation raised."""

    report: CrashReport


@dataclass(frozen=True, slots=True)
class Buried(Happening):
    """A message became a dead letter."""

    letter: DeadLetter


@dataclass(frozen=True, slots=True)
class Quarantined(Happening):
    """An actor crashed too often and stands still."""

    ref: Ref
    crashes: int


@dataclass(frozen=True, slots=True)
class ChildEnded(Happening):
    """A long-running child ended; None for *restarts_in* means that it stays so."""

    name: str
    error: BaseException
    restarts_in: float | None


@dataclass(frozen=True, slots=True)
class Faulty(Happening):
    """Something that must not raise did (a hook, a port); the runtime went on."""

    what: str
    error: BaseException


@dataclass(frozen=True, slots=True)
class Escalating(Happening):
    """The system is about to end; intake pauses."""

    reason: str


class Observer(Protocol):
    """Is told what happens. Must be quick; what it raises is counted and goes no further."""

    def observe(self, happening: Happening) -> None:
        """Take note."""


@dataclass(slots=True)
class Counts:
    """How often what has happened to the actors of one kind, since the start.

    Of the user lanes: told = accepted + spilled + rejected + closed, and
    accepted + refilled = handled + dropped + what still waits.
    """

    turns: int = 0
    """Of both lanes, crashed ones included."""
    spilled: int = 0
    rejected: int = 0
    closed: int = 0
    dropped: int = 0
    refilled: int = 0
    handled: int = 0
    crashes: int = 0
    poisoned: int = 0
    quarantined: int = 0
    activations: int = 0
    retirements: int = 0
    effects_started: int = 0
    effects_ended: int = 0
    effects_failed: int = 0
    effects_cancelled: int = 0
    effects_covered: int = 0
    late_reports: int = 0
    stale_timers: int = 0
    unheard_replies: int = 0
    faults: int = 0
