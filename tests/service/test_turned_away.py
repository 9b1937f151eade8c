"""Whoever is refused because nothing can be kept is told so, once, and keeps nobody waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from trio.testing import MockClock

from actors.ports import Accepted, Address, GoneError, StoreFullError
from service import turned_away
from service.channels.telegram.hearing import Me
from service.channels.telegram.reader import TelegramReader
from service.herald import PAUSE, TRIES, Herald
from service.texts import Texts
from service.turned_away import QUIET, TurnedAway

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


class Full:
    """A store without room."""

    async def accept(self, *_: Any, **__: Any) -> list[Accepted]:
        raise StoreFullError("full")

    def offset(self, _: str) -> int | None:
        return 7


class Door:
    """The door under test, and what was said at it."""

    def __init__(self) -> None:
        self.said: list[tuple[int, str]] = []
        self.slow: set[int] = set()
        self.gone: set[int] = set()
        self.lost = 0
        """So many sentences do not arrive."""
        reader = TelegramReader(Me(id=1000, username="green_bot"))
        store: Any = Full()
        self.herald = Herald(Texts(), self._say)
        self.keeper = TurnedAway(
            store, reader, tell=self.herald.tell, now=lambda: 1e9 + anyio.current_time()
        )

    async def _say(self, address: Address, text: str) -> bool:
        if address.chat in self.slow:
            await anyio.sleep_forever()
        if address.chat in self.gone:
            raise GoneError("kicked")
        if self.lost:
            self.lost -= 1
            return False
        self.said.append((address.chat, text))
        return True

    async def knock(self, *updates: Mapping[str, Any]) -> list[tuple[int, str]]:
        """Let *updates* be refused; return what was said to that."""
        before = len(self.said)
        with pytest.raises(StoreFullError):
            await self.keeper.accept("1000", updates, next_offset=None)
        await anyio.sleep(1)
        return self.said[before:]


@asynccontextmanager
async def opened() -> AsyncIterator[Door]:
    async with anyio.create_task_group() as tasks:
        door = Door()
        tasks.start_soon(door.herald.run)
        yield door
        tasks.cancel_scope.cancel()


def message(chat: int, language: str = "en", **what: Any) -> dict[str, Any]:
    kind = "private" if chat > 0 else "supergroup"
    sender = {"id": abs(chat), "first_name": "Ada", "language_code": language}
    body = {"message_id": 1, "chat": {"id": chat, "type": kind}, "from": sender, "text": "hi"}
    return {"update_id": 1, "message": {**body, **what}}


def chats(said: Sequence[tuple[int, str]]) -> list[int]:
    return sorted(chat for chat, _ in said)


async def test_each_is_told_in_their_language_and_not_again_for_some_time() -> None:
    async with opened() as door:
        (ada, ben) = sorted(await door.knock(message(1), message(1), message(2, "zh-hans")))
        assert "disk is full" in ada[1]
        assert "磁盘" in ben[1]
        assert chats(await door.knock(message(1), message(2), message(3))) == [3]

        await anyio.sleep(QUIET)

        assert chats(await door.knock(message(1), message(3))) == [1, 3]


async def test_a_chat_that_has_to_wait_or_has_gone_keeps_nobody_else_waiting() -> None:
    async with opened() as door:
        door.slow, door.gone = {1}, {2}
        assert chats(await door.knock(message(1), message(2), message(3))) == [3]
        assert chats(await door.knock(message(4))) == [4]


async def test_a_sentence_that_does_not_arrive_is_said_again_but_not_for_ever() -> None:
    async with opened() as door:
        door.lost = TRIES - 1
        assert await door.knock(message(1)) == []
        await anyio.sleep(TRIES * PAUSE)
        assert chats(door.said) == [1]

        door.lost = TRIES
        assert await door.knock(message(2)) == []
        await anyio.sleep(2 * TRIES * PAUSE)
        assert chats(door.said) == [1]


async def test_nobody_is_told_who_has_not_spoken_to_the_bot() -> None:
    bots = {"message_id": 1, "chat": {"id": -100, "type": "supergroup"}, "from": {"id": 1000}}
    press = {"update_id": 2, "callback_query": {"id": "1", "data": "g:stop:1"}}
    odd = {"update_id": 3, "message": {"message_id": 1, "chat": "nonsense"}}
    async with opened() as door:
        assert await door.knock(message(-100), press, odd, {"edited_message": {}}) == []
        assert chats(await door.knock(message(-100, reply_to_message=bots))) == [-100]


async def test_a_crowd_is_told_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turned_away, "_MOST", 3)
    async with opened() as door:
        assert chats(await door.knock(*map(message, range(1, 9)))) == [1, 2, 3]
        await anyio.sleep(QUIET)
        assert chats(await door.knock(message(8))) == [8]


def test_where_to_go_on_asking_is_the_stores_to_say() -> None:
    assert Door().keeper.offset("1000") == 7
