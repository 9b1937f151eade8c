"""Chats that owe something without being written to, woken when their time has come."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from typing import Final

import anyio

from actors.runtime import Clock

SOON: Final = 600.0
"""Seconds; a chat that owes something later than that, a reminder, may sleep meanwhile."""


class Sleepers:
    """A heap of (wall time, key)."""

    def __init__(self, clock: Clock, wake: Callable[[str], None]) -> None:
        self._clock = clock
        self._wake = wake
        self._heap: list[tuple[float, str]] = []
        self._kept: dict[str, float] = {}
        """For when each key stands in the heap; a chat goes to rest many times before it is due."""
        self._changed = anyio.Event()

    def put(self, owing: Mapping[str, float]) -> None:
        """Wake each key of *owing* at its time (0: now)."""
        for key, at in owing.items():
            if self._kept.get(key) != at:
                self._kept[key] = at
                heapq.heappush(self._heap, (at, key))
        self._changed.set()

    def may_sleep(self, owed: float | None) -> bool:
        """Return whether who owes something at *owed* may leave the memory until then."""
        return owed is None or owed > self._clock.now() + SOON

    def keep(self, key: str, owed: float | None) -> None:
        """Wake *key* when it owes something, if it does."""
        if owed is not None:
            self.put({key: owed})

    async def run(self) -> None:
        """Wake them one by one, until cancelled."""
        while True:
            while self._heap and self._heap[0][0] <= self._clock.now():
                at, key = heapq.heappop(self._heap)
                if self._kept.get(key) == at:  # or it has put that off, and is asleep till then
                    del self._kept[key]
                    self._wake(key)
                await anyio.lowlevel.checkpoint()
            self._changed = anyio.Event()
            wait = self._heap[0][0] - self._clock.now() if self._heap else None
            with anyio.move_on_after(wait):
                await self._changed.wait()
