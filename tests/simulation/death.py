"""A kill at any step: what the disk keeps is copied at that instant, and nothing leaves."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import anyio

from snapshots.testing import MemoryDisk

SLOT = 24


class Death:
    """Strikes at the *nth* step of a life, or never."""

    def __init__(self, disk: MemoryDisk, slot: bytearray, chance: Random, nth: int | None) -> None:
        """*slot* is the memory of the update in hand; it outlives a kill, not the power."""
        self._disk = disk
        self._slot = slot
        self._chance = chance
        self._nth = nth
        self.notice: Callable[[], None] = lambda: None
        """Called when it strikes; what is still done after that, nobody outside will see."""
        self.steps = 0
        self.struck = ""
        """At which step it struck."""
        self.left: MemoryDisk = disk
        self.left_slot = slot
        self.scope = anyio.CancelScope()

    def step(self, name: str) -> None:
        """Pass a step; die if it is time to."""
        if self.struck:
            return
        self.steps += 1
        if self.steps == self._nth:
            self.struck = name
            self.notice()
            self._take_what_is_left()
            self.scope.cancel()

    def _take_what_is_left(self) -> None:
        if self._chance.random() < 0.5:
            self.left, self.left_slot = self._disk.killed(), bytearray(self._slot)
        else:
            self.left, self.left_slot = self._disk.cut(self._chance), bytearray(SLOT)

    async def go_on(self, name: str) -> None:
        """Pass a step that somebody outside would notice; the dead do not come back from it."""
        self.step(name)
        if self.struck:
            await anyio.sleep_forever()
