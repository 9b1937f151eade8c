"""The record that an actor is: no task, no lock, no stream; about two hundred bytes."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from actors.runtime.asks import Answer
    from actors.runtime.cell import Cell
    from actors.runtime.deadlines import Deadline
    from actors.runtime.effects import Running
    from actors.runtime.timers import Timer

# An actor's status is a set of bits; zero means idle, so that one test finds the usual case.
QUEUED = 1  # stands in the run queue, or is being visited
LOADING = 2  # its state is on the way; mail waits
BACKOFF = 4  # crashed a moment ago; mail waits
SUSPENDED = 8  # somebody asked it to stand still
QUARANTINED = 16  # crashed too often; stands still until released
RETIRING = 32  # is being written away
REPLAYING = 64  # loaded, but not resumed yet: replayed mail goes first
SPILLED = 128  # older mail waits outside, so newer mail has to queue up behind it
HELD = LOADING | BACKOFF | SUSPENDED | QUARANTINED | RETIRING

NAMES = {
    QUARANTINED: "quarantined",
    SUSPENDED: "suspended",
    BACKOFF: "backoff",
    LOADING: "loading",
    RETIRING: "retiring",
    REPLAYING: "replaying",
    QUEUED: "queued",
}
"""What to call a status, the most telling bit first."""


class Envelope:
    """A message that brings something along; most messages travel without one."""

    __slots__ = ("answer", "message", "timer", "tries")

    def __init__(
        self,
        message: object,
        *,
        answer: Answer | None = None,
        timer: Timer | None = None,
        tries: int = 0,
    ) -> None:
        self.message = message
        self.answer = answer
        self.timer = timer
        self.tries = tries


class Extra:
    """What only few actors have at a time: effects, a history of crashes."""

    __slots__ = ("backoff", "crashes", "effects", "error", "spilled")

    def __init__(self) -> None:
        self.effects: dict[str, Running] = {}
        self.crashes: list[float] = []
        self.error: BaseException | None = None
        self.backoff: Deadline | None = None
        self.spilled = 0  # messages that wait outside, behind those in the lane


class Actor:
    """One actor in memory. Its lanes exist only while mail waits in them."""

    __slots__ = (
        "cell",
        "extra",
        "key",
        "ring",
        "size",
        "state",
        "status",
        "system",
        "used",
        "user",
    )

    def __init__(self, cell: Cell, key: str) -> None:
        self.cell = cell
        self.key = key
        self.state: Any = None
        self.status = 0
        # Lanes are lists: most hold one message, and a list for one is made and dropped in a
        # third of a deque's time. Moving up a full lane of 64 costs less than that, too.
        self.system: list[object] | None = None
        self.user: list[object] | None = None
        self.used = 0
        self.size = 0
        self.extra: Extra | None = None
        self.ring: deque[tuple[float, type, str]] | None = None

    def more(self) -> Extra:
        """Return the extra record, made when first needed."""
        if self.extra is None:
            self.extra = Extra()
        return self.extra

    def users(self) -> list[object]:
        """Return the user lane, made when first needed."""
        if self.user is None:
            self.user = []
        return self.user

    def systems(self) -> list[object]:
        """Return the system lane, made when first needed."""
        if self.system is None:
            self.system = []
        return self.system

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
