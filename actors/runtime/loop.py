"""The running loop: its time, alarms, and the one owner of every task of a system.

anyio looks up its backend at every call, and two scopes belong to each of its tasks. On
asyncio, where the service lives, the loop itself does the same in a quarter of the time (a
task in 3 us instead of 12). Everywhere else everything is anyio's; the tests run on both.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable, Coroutine, Generator
from types import coroutine
from typing import Any, Protocol

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint, current_token

_AGAIN = 0.02  # seconds until whoever swallowed a cancellation is cancelled again

Run = Callable[..., Coroutine[Any, Any, object]]


class Alarm(Protocol):
    """Rings once, for one sleeper, who awaits it. On asyncio it is one of the loop's futures."""

    def done(self) -> bool:
        """Whether it has rung, or its sleeper was cancelled."""

    def set_result(self, result: None, /) -> None:
        """Wake the sleeper, or let it not fall asleep; `ring` does it safely."""

    def __await__(self) -> Generator[Any, None, object]:
        """Sleep until it rings."""


def ring(alarm: Alarm) -> None:
    """Wake the sleeper, unless it is awake for another reason."""
    if not alarm.done():
        alarm.set_result(None)


class _EventAlarm:
    """An alarm anywhere else."""

    def __init__(self) -> None:
        self._event = anyio.Event()
        self.done = self._event.is_set

    def set_result(self, _: None) -> None:
        self._event.set()

    def __await__(self) -> Generator[Any, None, object]:
        return self._event.wait().__await__()


class Loop:
    """What a system needs of the loop it runs on; its tasks live in ``async with``.

    A task must let no Exception escape. If one does, or something that ends the process,
    the loop is *broken*, and the block is cancelled and left with the error in a group.
    """

    def __init__(self) -> None:
        self.broken = False
        self.leaving = False  # every task is being cancelled
        self.new_alarm: Callable[[], Alarm] = _EventAlarm
        self.give_way: Callable[[], Awaitable[None]] = checkpoint
        """Lets everybody who is ready take a step first."""
        self._group: TaskGroup | None = None
        self._asyncio: AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Loop:
        self._asyncio = asyncio_loop()
        if self._asyncio is not None:
            self.new_alarm, self.give_way = self._asyncio.create_future, _give_way
        self._group = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(self, *raised: Any) -> bool:
        """Cancel every task and wait for it."""
        assert self._group is not None
        self.leaving = True
        with anyio.CancelScope(shield=True):
            while self._tasks:
                for task in self._tasks:
                    task.cancel()
                await asyncio.wait(self._tasks, timeout=_AGAIN)
        self._group.cancel_scope.cancel()
        return bool(await self._group.__aexit__(*raised))

    def start(self, run: Run, *args: object) -> None:
        """Run something as a task."""
        assert self._group is not None, "the system is not running: use it in `async with`"
        if self._asyncio is None:
            self._group.start_soon(self._guard, run, *args)
        else:
            task = self._asyncio.create_task(self._guard(run, *args))
            self._tasks.add(task)  # the loop itself would forget it
            task.add_done_callback(self._ended)

    async def _guard(self, run: Run, *args: object) -> None:
        try:
            await run(*args)
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException:  # a bug of ours, or something that ends the process
            self.broken = True
            raise

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            assert self._group is not None
            self._group.start_soon(_raise, error)


@coroutine
def _give_way() -> Generator[None, None, None]:
    """Let everybody who is ready take a step first (what asyncio.sleep(0) comes down to)."""
    yield


async def _raise(error: BaseException) -> None:
    raise error


def loop_time() -> Callable[[], float]:
    """Return what reads the running loop's clock; asyncio's own is ten times as fast."""
    loop = asyncio_loop()
    return anyio.current_time if loop is None else loop.time


def asyncio_loop() -> AbstractEventLoop | None:
    """Return the running loop if it is one of asyncio's."""
    loop = current_token().native_token
    return loop if isinstance(loop, AbstractEventLoop) else None
