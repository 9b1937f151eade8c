"""A stand-in with three people in it, a clock that is set by hand, and a bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from service.playground.people import place, say
from service.playground.seed import seed
from service.playground.server import BotApi, serving
from tests.service.playground.bot import Bot

ADA, LIN, GROUP, FORUM = 1001, 1002, -2001, -1_000_000_003_001


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """The stand-in is an aiohttp server, so it runs on asyncio alone."""
    return "asyncio"


@dataclass
class Clock:
    """Stands still until somebody moves it."""

    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Stand:
    """The stand-in as a test holds it: from inside, and by its address."""

    api: BotApi
    address: str
    clock: Clock

    def says(self, text: str, *, person: int = ADA, chat: int | None = None, **where: int) -> int:
        message = say(self.api.world, place(self.api.world, person, chat, **where), text)
        number: int = message["message_id"]
        return number

    async def asked(self) -> None:
        """Wait until a bot asks for updates."""
        async with aclosing(self.api.world.stage.watch()) as events:
            async for event in events:
                if self.api.heartbeat.state == "up" or event["kind"] == "service":
                    return

    @property
    def key(self) -> dict[str, str]:
        return {"X-Playground-Key": self.api.key}


@pytest.fixture
async def stand(anyio_backend: str) -> AsyncIterator[Stand]:
    clock = Clock()
    api = BotApi(clock=clock)
    seed(api.world)
    async with serving(api) as address:
        yield Stand(api, address, clock)


@pytest.fixture
async def bot(stand: Stand) -> AsyncIterator[Bot]:
    async with Bot(stand.address, stand.api.token) as made:
        yield made
