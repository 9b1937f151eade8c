"""The record that an actor is: no task, no lock, no stream; little more than a hundred bytes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from actors.runtime.asks import Answer
    from actors.runtime.cell import Cell
    from actors.runtime.deadlines import Deadline
    from actors.runtime.effects import Running
    from actors.runtime.timers import Timer

# An actor's status is a set of bits; zero means idle, so that one test finds the usual case.
QUEUED: Final = 1  # stands in the run queue, or is being visited
LOADING: Final = 2  # its state is on the way; mail waits
BACKOFF: Final = 4  # crashed a moment ago; mail waits
SUSPENDED: Final = 8  # somebody asked it to stand still
QUARANTINED: Final = 16  # crashed too often; stands still until released
RETIRING: Final = 32  # is being written away
REPLAYING: Final = 64  # loaded, but not resumed yet: replayed mail goes first
SPILLED: Final = 128  # older mail waits outside, so newer mail has to queue up behind it
HELD: Final = LOADING | BACKOFF | SUSPENDED | QUARANTINED | RETIRING

NAMES: Final = {
    QUARANTINED: "quarantined",
    SUSPENDED: "suspended",
    BACKOFF: "backoff",
    LOADING: "loading",
    RETIRING: "retiring",
    REPLAYING: "replaying",
    QUEUED: "queued",
}
"""What to call a status, the most telling bit first."""


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


@dataclass(slots=True, eq=False)
class Extra:
    """What only few actors have at a time: effects, a history of crashes."""

    effects: dict[str, Running] = field(default_factory=dict)
    crashes: list[float] = field(default_factory=list)
    error: BaseException | None = None
    backoff: Deadline | None = None
    spilled: int = 0  # messages that wait outside, behind those in the lane


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
    used: int = 0
    size: int = 0
    extra: Extra | None = None
    ring: deque[tuple[float, type, str]] | None = None

    def more(self) -> Extra:
        """Return the extra record, made when first needed."""
        if self.extra is None:
            self.extra = Extra()
        return self.extra

    def tidy(self) -> None:
        """Let go of the extra record if nothing stands in it."""
        extra = self.extra
        if extra is not None and not (extra.effects or extra.crashes or extra.spilled):
            self.extra = None

    def has_mail(self) -> bool:
        """Whether a visit would find something to do."""
        return bool(self.system or self.user or self.status & (REPLAYING | SPILLED))

    def has_effects(self) -> bool:
        """Whether an effect of this actor runs, or waits for its commit to be durable."""
        return self.extra is not None and bool(self.extra.effects)
