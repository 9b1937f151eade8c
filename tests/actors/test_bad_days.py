"""What carries the chats crashes while they stream: no stream ends, no message is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import pytest

from actors.pacing import UNPACED
from actors.ports import Accepted, Address, Routed
from actors.router import Arrived, Router, Routing
from actors.runtime import ActorSystem, ChildSpec, Kind, Ref, RestForOne
from fsm.content import Prompt
from fsm.events import Asked
from tests.actors.memory_store import MemoryStore
from tests.actors.world import Script, World

pytestmark = pytest.mark.anyio

CHATS = 50


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    from trio.testing import MockClock

    return "trio", {"clock": MockClock(autojump_threshold=0)}


class Reader:
    def read(self, bot: str, update: Mapping[str, Any]) -> Routed:
        address = Address(channel="telegram", bot=bot, chat=update["chat"])
        prompt = Prompt(text=update["text"], message=update["number"])
        return Routed(address=address, event=Asked(prompt=prompt))


class Town(World):
    """Chats behind a router, and a gate and a router that crash when told to."""

    def __init__(self) -> None:
        super().__init__(
            MemoryStore(), Script(pieces=list("abcdefgh"), gap=0.25), None, UNPACED, 100, None
        )
        self.gate_crashes = anyio.Event()
        self.router_crashes = 0
        self.buried: list[object] = []
        router = Router(
            reader=Reader(),
            store=self.store,
            ref_of=self.find,
            bury=self.buried.append,
            acknowledge=lambda address, callback: None,
        )
        kind: Kind[Any, Any] = Kind(
            behaviour=router.turn, initial=lambda _: Routing(), perform=router.perform
        )
        self.system = ActorSystem({"chat": self.kind, "router": kind}, clock=self.clock)
        self._numbers = 0

    def find(self, routed: Routed) -> Ref:
        if self.router_crashes:
            self.router_crashes -= 1
            raise RuntimeError("the router has lost its way")
        return self.system.ref("chat", routed.address.key)

    async def fragile_gate(self) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.gate.run)
            await self.gate_crashes.wait()
            self.gate_crashes = anyio.Event()
            raise RuntimeError("the gate is off its hinges")

    def everybody_says(self, text: str) -> None:
        batch: list[Accepted] = []
        for chat in range(1, CHATS + 1):
            self._numbers += 1
            update = {"chat": chat, "text": text, "number": self._numbers}
            batch.append(self.store.take(f"chat/telegram.1.{chat}", update))
        self.system.ref("router", "").tell(Arrived(batch=tuple(batch)))


async def test_fifty_streams_outlive_a_crash_of_the_gate_and_of_the_router() -> None:
    town = Town()
    async with town.system:
        town.system.supervise(RestForOne([ChildSpec(name="gate", run=town.fragile_gate)]))
        town.everybody_says("one")
        await anyio.sleep(0.6)
        assert town.system.tree().effects >= CHATS

        town.gate_crashes.set()
        town.router_crashes = 1
        town.everybody_says("two")
        await anyio.sleep(0.4)
        town.gate_crashes.set()
        await town.until(lambda: len(town.channel.sent) == 2 * CHATS)

        answers = {chat: town.channel.texts(f"telegram.1.{chat}") for chat in range(1, CHATS + 1)}
        assert set(map(tuple, answers.values())) == {("abcdefgh", "abcdefgh")}
        asked = [[prompt.text for prompt in request.prompts] for request in town.model.asked]
        assert asked.count(["one"]) == asked.count(["two"]) == CHATS == len(asked) / 2
        assert (town.store.mail, town.buried, len(town.system.dead_letters)) == ({}, [], 0)
        assert [child.restarts for child in town.system.tree().children[0]] == [2]
        assert town.system.counts("router")["crashes"] == 1
        assert town.system.counts("chat")["crashes"] == 0
