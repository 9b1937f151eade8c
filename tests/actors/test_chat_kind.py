"""What the actor of a chat is made of: its limits and what it makes of special crashes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import anyio
import pytest

from actors.chat import Chat
from actors.chat_kind import chat_kind, weight
from actors.messages import Inbound
from actors.runtime import Escalated, Kind, Reason, Turn
from actors.runtime.testing import TestSystem
from fsm.content import Prompt
from fsm.data import Conversation
from fsm.events import Stopped
from fsm.memory import Turn as Exchange
from fsm.states import State, next_state
from tests.actors.world import NoSlot

pytestmark = pytest.mark.anyio


class Scripted:
    """Takes turns as a chat does, but does what its mail says."""

    def __init__(self) -> None:
        self.kept: dict[str, Chat] = {}
        self.tried: list[object] = []
        self.told: list[str] = []

    def turn(self, chat: Chat, message: Any, _: float) -> tuple[Chat, tuple[()]]:
        self.tried.append(message)
        return message(chat), ()

    def poisoned(self, chat: Chat, _: object, error: BaseException) -> tuple[Chat, tuple[()]]:
        self.told.append(type(error).__name__)
        return chat, ()

    async def load(self, key: str) -> Chat | None:
        return self.kept.get(key)

    async def retire(self, key: str, chat: Chat) -> None:
        self.kept[key] = chat

    def commit(self, _: Turn[Any]) -> None:
        """Nothing is kept before the end."""

    def kind(self) -> Kind[Any, Any]:
        return chat_kind(
            turn=self.turn,
            resume=lambda chat, now: (chat, ()),
            commit=self.commit,
            perform=lambda ref, effect, chat: (),
            poisoned=self.poisoned,
            load=self.load,
            retire=self.retire,
            refill=lambda key, most: (),
            slot=NoSlot(),
        )


async def test_a_move_that_the_rules_do_not_have_is_not_tried_again() -> None:
    chats = Scripted()

    def illegal(_: Chat) -> Chat:
        next_state(State.IDLE, "finish")
        raise AssertionError("the table has no such row")

    async with TestSystem({"chat": chats.kind()}) as system:
        system.ref("chat", "telegram.1.42").tell(illegal)
        await system.settle()

        assert chats.tried == [illegal]
        assert chats.told == ["IllegalMoveError"]
        assert [letter.reason for letter in system.dead_letters] == [Reason.SKIPPED]


async def test_a_process_without_memory_ends_and_does_not_blame_the_chat() -> None:
    chats = Scripted()

    def starve(_: Chat) -> Chat:
        raise MemoryError

    async def live() -> None:
        async with TestSystem({"chat": chats.kind()}) as system:
            system.ref("chat", "telegram.1.42").tell(starve)
            with anyio.fail_after(5):
                await anyio.sleep_forever()

    with pytest.raises(Escalated, match="MemoryError"):
        await live()


async def test_long_talks_leave_the_memory_before_there_are_too_many() -> None:
    chats = Scripted()

    def grow(chat: Chat) -> Chat:
        said = Exchange(number=1, prompts=(Prompt(text="?"),), answer="x" * 10_000_000)
        return replace(chat, conversation=Conversation(memory=(said,)))

    async with TestSystem({"chat": chats.kind()}) as system:
        for number in range(20):
            system.ref("chat", f"telegram.1.{number}").tell(grow)
            await system.settle()
            await system.advance(1)
        await system.advance(5)

        assert system.keys("chat") == tuple(f"telegram.1.{number}" for number in range(8, 20))
        assert len(chats.kept) == 8


def test_a_weight_counts_what_was_said() -> None:
    said = Exchange(number=1, prompts=(Prompt(text="ab"),), answer="abcd")
    talk = Chat(conversation=Conversation(memory=(said,) * 3))

    assert weight(talk) - weight(Chat()) == 3 * (500 + 2 * 6)


def test_only_a_stop_ends_a_backoff() -> None:
    urgent = Scripted().kind().urgent
    assert urgent is not None
    assert urgent(Inbound(n=1, event=Stopped()))
    assert not urgent(Inbound(n=1, event=None))  # type: ignore[arg-type]
