"""One heap for everything that happens at a time: timers, asks, timeouts, backoffs."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from actors.runtime.clock import Clock

_AT_ONCE = 256  # deadlines served before the loop may do something else
_NAP = 60.0  # a sleeping machine stops the loop's clock, so look at the wall now and then


@dataclass(slots=True, eq=False)
class Deadline:
    """Something that will happen at a time, unless it is cancelled."""

    heap: Deadlines
    at: float
    action: Callable[[], None] | None

    def cancel(self) -> None:
        """Let it not happen; harmless when it has."""
        if self.action is not None:
            self.action = None
            self.heap.forget()


class Deadlines:
    """The heap, and the task that serves it."""

    def __init__(self, clock: Clock, faulty: Callable[[Exception], None]) -> None:
        self._clock = clock
        self._faulty = faulty
        # The number decides between equals: first set, first served, and no two are compared.
        self._heap: list[tuple[float, int, Deadline]] = []
        self._number = 0
        self._cancelled = 0
        self._until = float("-inf")  # how long the task means to sleep
        self._alarm: anyio.Event | None = None

    def __len__(self) -> int:
        return len(self._heap) - self._cancelled

    def at(self, at: float, action: Callable[[], None]) -> Deadline:
        """Call *action* at *at*; what it raises goes to *faulty*."""
        self._number += 1
        deadline = Deadline(self, at, action)
        heapq.heappush(self._heap, (at, self._number, deadline))
        if at < self._until:
            self.nudge()
        return deadline

    def after(self, seconds: float, action: Callable[[], None]) -> Deadline:
        """Call *action* in so many seconds."""
        return self.at(self._clock.now() + seconds, action)

    def forget(self) -> None:
        """Count a cancelled deadline, and sweep them out when they are the most."""
        self._cancelled += 1
        if self._cancelled > 64 and self._cancelled * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].action is not None]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def nudge(self) -> None:
        """Look at the clock again: it was moved, or something is due earlier."""
        if self._alarm is not None:
            self._alarm.set()

    def next(self) -> float:
        """Return when the next thing happens, or infinity."""
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
            self._cancelled -= 1
        return self._heap[0][0] if self._heap else float("inf")

    def fire(self) -> int:
        """Let everything happen that is due, up to a budget; return how much did."""
        now = self._clock.now()
        for done in range(_AT_ONCE):
            if self.next() > now:
                return done
            deadline = heapq.heappop(self._heap)[2]
            action, deadline.action = deadline.action, None
            assert action is not None
            try:
                action()
            except Exception as error:  # a hook below it; the next deadline is innocent
                self._faulty(error)
        return _AT_ONCE

    async def run(self) -> None:
        """Serve the heap for ever."""
        while True:
            if self.fire() == _AT_ONCE:
                await anyio.lowlevel.checkpoint()
                continue
            self._alarm = anyio.Event()
            self._until = self.next()
            nap = min(self._until - self._clock.now(), _NAP) if self._heap else None
            with anyio.move_on_after(nap):
                await self._alarm.wait()
            self._until = float("-inf")
