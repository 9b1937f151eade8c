"""Sleepers are woken when they owe something, once, however often they fell asleep."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
import trio
from trio.testing import MockClock

from actors.runtime import LoopClock
from service.sleepers import SOON, Sleepers

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


class Bed:
    def __init__(self) -> None:
        self.woken: list[tuple[float, str]] = []
        self.clock = LoopClock(wall=trio.current_time)
        self.began = self.clock.now()
        self.sleepers = Sleepers(self.clock, self._wake)

    def _wake(self, key: str) -> None:
        self.woken.append((round(self.clock.now() - self.began), key))

    def keep(self, key: str, after: float) -> None:
        self.sleepers.keep(key, self.began + after)


@asynccontextmanager
async def bed() -> AsyncIterator[Bed]:
    made = Bed()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(made.sleepers.run)
        yield made
        tasks.cancel_scope.cancel()


async def test_whoever_goes_to_rest_again_and_again_is_woken_once() -> None:
    async with bed() as made:
        for _ in range(1000):
            made.keep("chat/1", 5000)
        made.keep("chat/2", 7000)
        assert len(made.sleepers._heap) == 2
        await anyio.sleep(9000)
        assert made.woken == [(5000, "chat/1"), (7000, "chat/2")]
        made.keep("chat/1", 10_000)
        await anyio.sleep(2000)
        assert made.woken[2:] == [(10_000, "chat/1")]


async def test_the_time_that_was_said_last_counts() -> None:
    async with bed() as made:
        made.keep("chat/1", 5000)
        made.keep("chat/1", 3000)
        made.keep("chat/2", 3000)
        made.keep("chat/2", 5000)
        await anyio.sleep(9000)
        assert made.woken == [(3000, "chat/1"), (5000, "chat/2")]


async def test_only_who_owes_nothing_soon_may_sleep() -> None:
    async with bed() as made:
        now = made.began
        assert made.sleepers.may_sleep(None)
        assert made.sleepers.may_sleep(now + SOON + 1)
        assert not made.sleepers.may_sleep(now + SOON - 1)
        made.sleepers.keep("chat/1", None)
        assert made.sleepers._heap == []
