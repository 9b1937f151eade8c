"""One clock for everything: wall seconds that never run backwards within a life."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import anyio

from actors.runtime.loop import loop_time


class Clock(Protocol):
    """Where the runtime reads the time."""

    def now(self) -> float:
        """Return wall seconds; never less than before."""


class LoopClock:
    """The loop's own clock, set once by the wall's; so trio's MockClock drives it.

    It jumps forward when the wall has (the machine slept, or the time was set) by more than
    a second: deadlines of people are wall time. It never jumps back.
    """

    def __init__(self, *, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._offset: float | None = None
        self._loop_time: Callable[[], float] = anyio.current_time

    def now(self) -> float:
        """Return wall seconds; needs a running loop, and always the same one."""
        if self._offset is None:
            self._loop_time = loop_time()
            self._offset = self._wall() - self._loop_time()
        loop = self._loop_time()
        ahead = self._wall() - loop
        if ahead > self._offset + 1.0:
            self._offset = ahead
        return loop + self._offset
