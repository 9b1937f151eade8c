"""Named timers of actors. They outlive crashes and passivation, so the record has no slot."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from actors.runtime.actor import Envelope
from actors.runtime.behaviour import SetTimer

if TYPE_CHECKING:
    from actors.runtime.cell import Cell
    from actors.runtime.deadlines import Deadline


@dataclass(slots=True, eq=False)
class Timer:
    """One timer; being the one in the table is what makes it valid (its generation)."""

    wish: SetTimer
    stage: Hashable
    deadline: Deadline | None = None


class Timers:
    """The timers of one kind's actors, by key and name."""

    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self.by_key: dict[str, dict[str, Timer]] = {}

    def __len__(self) -> int:
        return sum(map(len, self.by_key.values()))

    def of(self, key: str) -> tuple[Timer, ...]:
        """Return the timers of one actor."""
        return tuple(self.by_key.get(key, {}).values())

    def set(self, key: str, wish: SetTimer, stage: Hashable) -> None:
        """Set a timer, in the place of the one of that name."""
        self.clear(key, wish.name)
        timer = Timer(wish, stage)
        # It stays in the table until its turn comes, so that a turn before it can clear it.
        mail = Envelope(wish.message, timer=timer)
        due = partial(self._cell.tell_system, key, mail)
        timer.deadline = self._cell.engine.deadlines.at(wish.at, due)
        self.by_key.setdefault(key, {})[wish.name] = timer

    def clear(self, key: str, name: str) -> None:
        """Forget a timer; one that is due but not handled yet becomes stale by that."""
        timers = self.by_key.get(key)
        timer = timers.pop(name, None) if timers else None
        if timer is not None and timer.deadline is not None:
            timer.deadline.cancel()
        if not timers:
            self.by_key.pop(key, None)

    def leave_stage(self, key: str, stage: Hashable) -> None:
        """Forget the staged timers of every stage but *stage*."""
        for timer in self.of(key):
            if timer.wish.staged and timer.stage != stage:
                self.clear(key, timer.wish.name)

    def take(self, key: str, timer: Timer) -> bool:
        """Whether a due timer still counts; if so, it is spent."""
        counts = self.by_key.get(key, {}).get(timer.wish.name) is timer
        if counts:
            self.clear(key, timer.wish.name)
        return counts
