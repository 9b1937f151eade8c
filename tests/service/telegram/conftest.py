"""A bot, a stand-in for Telegram in the same process, and both connected over loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from actors.ports import Accepted, Address
from fsm.outbox import Answer, Part
from service.channels.telegram.channel import Telegram
from service.playground import people
from service.playground.limits import Fault
from service.playground.seed import seed
from service.playground.server import BotApi, serving
from service.texts import Texts

TOKEN = "1000:a-secret-that-nobody-may-read-0123456"
ADA = Address(channel="telegram", bot="1000", chat=1001)
TRIP = Address(channel="telegram", bot="1000", chat=-2001)


@pytest.fixture
def anyio_backend() -> str:
    """aiohttp runs on asyncio only, so everything with a network does here."""
    return "asyncio"


class Memory:
    """A store that keeps updates in a list; it can be told to be full."""

    def __init__(self, next_offset: int | None = None) -> None:
        self.accepted: list[Accepted] = []
        self.next_offset = next_offset
        self.failures: list[Exception] = []
        self.calls = 0

    async def accept(self, bot: str, updates: Any, *, next_offset: int | None) -> list[Accepted]:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        first = len(self.accepted) + 1
        new = [Accepted(n=first + at, bot=bot, update=update) for at, update in enumerate(updates)]
        self.accepted += new
        self.next_offset = next_offset
        return new

    def offset(self, bot: str) -> int | None:
        return self.next_offset


@dataclass
class Stage:
    """What a test may touch: the channel, Telegram's side of it, and the people."""

    api: BotApi
    base: str
    telegram: Telegram
    store: Memory = field(default_factory=Memory)

    def shown(self, address: Address) -> list[dict[str, Any]]:
        """Return the messages that the bot has sent to a chat."""
        messages = self.api.world.chat(address.chat).messages.values()
        return [message for message in messages if message["from"]["is_bot"]]

    def drafts(self, address: Address) -> list[dict[str, Any]]:
        now = self.api.world.clock()
        live = self.api.world.live_drafts()
        return [draft.shown(now) for draft in live if draft.chat == address.chat]

    def calls(self, *methods: str) -> list[dict[str, Any]]:
        return [call for call in self.api.calls if call["method"] in methods]

    def fail(self, kind: str, **more: Any) -> None:
        self.api.limits.faults.append(Fault(kind=kind, **more))

    def say(self, text: str, *, chat: int = 1001, person: int = 1001, **more: Any) -> Any:
        where = people.place(self.api.world, person, chat, **more)
        return people.say(self.api.world, where, text)


@asynccontextmanager
async def introduced(telegram: Telegram) -> AsyncIterator[Telegram]:
    """Let Telegram say who the bot is, as the house of all bots does; close it at the end."""
    try:
        await telegram.introduce()
        yield telegram
    finally:
        await telegram.close()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        api = BotApi(TOKEN)
        seed(api.world)
        base = await stack.enter_async_context(serving(api))
        telegram = Telegram(TOKEN, base, voice=Texts())
        await stack.enter_async_context(introduced(telegram))
        assert telegram._menu is not None
        await telegram._menu
        yield Stage(api=api, base=base, telegram=telegram)


def answer(telegram: Telegram, text: str, *, plain: bool = False, **more: Any) -> Answer:
    """Return an answer with the parts that *text* is cut into."""
    parts = tuple(Part(body=body) for body in telegram.paginate(text, plain=plain))
    return Answer(**{"id": 1, "parts": parts, "turn": 1, **more})
