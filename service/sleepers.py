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
        self._changed = anyio.Event()

    def put(self, owing: Mapping[str, float]) -> None:
        """Wake each key of *owing* at its time (0: now)."""
        for key, at in owing.items():
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
                _, key = heapq.heappop(self._heap)
                self._wake(key)
                await anyio.lowlevel.checkpoint()
            self._changed = anyio.Event()
            wait = self._heap[0][0] - self._clock.now() if self._heap else None
            with anyio.move_on_after(wait):
                await self._changed.wait()
