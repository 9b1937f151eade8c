"""Where disk work is done: off the event loop, or (on a disk in memory) on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple, Unpack

import anyio
import anyio.lowlevel
import anyio.to_thread

T = TypeVar("T")
Args = TypeVarTuple("Args")


class Threads:
    """One thread for the journal, one for writing files, a few for reading them.

    The journal's has nothing else to do, so a sync of a snapshot never delays one of the journal
    by more than the disk itself does.
    """

    def __init__(self, *, real: bool) -> None:
        """Without *real* the work is done at once, so that virtual time does not run ahead."""
        self._real = real
        self._journal = anyio.CapacityLimiter(1)
        self._files = anyio.CapacityLimiter(1)
        self._reads = anyio.CapacityLimiter(4)

    async def journal(self, call: Callable[[Unpack[Args]], T], *args: *Args) -> T:
        """Run *call* in the journal's thread."""
        return await self._run(self._journal, call, *args)

    async def files(self, call: Callable[[Unpack[Args]], T], *args: *Args) -> T:
        """Run *call* in the thread that writes files."""
        return await self._run(self._files, call, *args)

    async def reads(self, call: Callable[[Unpack[Args]], T], *args: *Args) -> T:
        """Run *call* in a thread that reads files."""
        return await self._run(self._reads, call, *args)

    async def _run(
        self, limiter: anyio.CapacityLimiter, call: Callable[[Unpack[Args]], T], *args: *Args
    ) -> T:
        # A write that has begun is finished, and its result is known, whatever is cancelled.
        if not self._real:
            await anyio.lowlevel.cancel_shielded_checkpoint()
            return call(*args)
        return await anyio.to_thread.run_sync(call, *args, limiter=limiter)
