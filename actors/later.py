"""Things to do in a moment, for as long as the work that wants them goes on."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

import anyio
from anyio.abc import TaskGroup

from actors.runtime.loop import asyncio_loop


class Planned(Protocol):
    """Something that will be done, unless it is cancelled."""

    def cancel(self) -> None:
        """Let it not happen; harmless when it has."""


class Later:
    """Does what it was given when it is due; what is left at the end of its block is dropped.

    On asyncio that is a timer of the loop's own, for a tenth of the price of a task, and without
    the cycle of references that a cancelled one leaves to the collector.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._group: TaskGroup | None = None
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._numbers = itertools.count()

    async def __aenter__(self) -> Self:
        self._loop = asyncio_loop()
        if self._loop is None:
            self._group = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._group is not None:
            # Told nothing of the error: the group would wrap it into one of its own.
            self._group.cancel_scope.cancel()
            await self._group.__aexit__(None, None, None)

    def after(self, seconds: float, action: Callable[[], None]) -> Planned:
        """Call *action* in so many seconds; it raises nothing."""
        if self._loop is None:
            return self._as_task(seconds, action)
        # Known by a number: one that knew itself would be a cycle again.
        number = next(self._numbers)
        timer = self._timers[number] = self._loop.call_later(seconds, self._due, number, action)
        return timer

    def _due(self, number: int, action: Callable[[], None]) -> None:
        del self._timers[number]
        action()

    def _as_task(self, seconds: float, action: Callable[[], None]) -> Planned:
        assert self._group is not None, "it is used in `async with`"
        scope = anyio.CancelScope()

        async def wait() -> None:
            with scope:
                await anyio.sleep(seconds)
                action()

        self._group.start_soon(wait)
        return scope
