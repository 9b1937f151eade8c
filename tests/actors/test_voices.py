"""Voices: recorded after the answer, paid for, kept until they are delivered."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from actors.ports import MediaPiece, Request, UnavailableError
from actors.ports import Usage as Tokens
from fsm.events import Commanded, Stopped
from tests.actors.memory_store import MemoryStore
from tests.actors.test_paying import Purse
from tests.actors.world import Script, World, life

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    from trio.testing import MockClock

    return "trio", {"clock": MockClock(autojump_threshold=0)}


@dataclass
class Speaker(Script):
    """Answers, and reads aloud when it is told to."""

    pieces: tuple[str, ...] = ("Hello.",)
    takes: float = 2.0
    mute: bool = False

    async def answer(self, request: Request) -> AsyncGenerator[Any, None]:
        if request.prompts[-1].instruction != "speak":
            async for event in super().answer(request):
                yield event
            return
        self.asked.append(request)
        await anyio.sleep(self.takes)
        if self.mute:
            raise UnavailableError("speaker", "is hoarse")
        yield MediaPiece("audio/ogg", request.prompts[0].text.encode())
        yield Tokens(prompt=3, output=50)


async def asked(world: World) -> None:
    world.does(Commanded(name="voice", text="on"))
    world.says("hi", person="telegram.42")
    await world.until(lambda: "Hello." in world.channel.texts())


def spoken(model: Speaker) -> list[str]:
    return [each.prompts[0].text for each in model.asked if each.prompts[-1].instruction == "speak"]


async def test_a_voice_comes_after_the_words_and_is_let_go_of() -> None:
    purse = Purse(budget=5)
    async with life(model=Speaker(), purse=purse) as world:
        await asked(world)
        await world.until(lambda: world.store.keep.let_gone)

        assert world.channel.texts() == ["<voice-on>", "Hello.", "[voice]"]
        assert list(world.store.keep.held.values()) == [b"Hello."]
        assert world.state().conversation.usage.total.output == 50
        assert purse.used["telegram.42"].total.output == 50


async def test_a_kill_in_the_middle_of_a_recording_is_made_up_for() -> None:
    store, model = MemoryStore(), Speaker(takes=30.0)
    async with life(store, model=model) as world:
        await asked(world)
        await world.until(lambda: spoken(model))

    assert store.owed["chat/telegram.1.42"] == 0.0
    async with life(store, model=model) as world:
        world.does(Commanded(name="help"))
        await world.until(lambda: "[voice]" in world.channel.texts())

        assert spoken(model) == ["Hello.", "Hello."]
        assert world.channel.texts().count("[voice]") == 1


async def test_a_stop_ends_a_recording_and_says_nothing_more() -> None:
    model = Speaker(takes=30.0)
    async with life(model=model) as world:
        await asked(world)
        await world.until(lambda: spoken(model))
        await anyio.sleep(3.0)
        world.does(Stopped())
        await anyio.sleep(60.0)

        assert world.channel.texts() == ["<voice-on>", "Hello."]
        assert world.state().conversation.aloud == ()


async def test_who_cannot_speak_or_is_out_of_money_says_so_once() -> None:
    async with life(model=Speaker(mute=True)) as world:
        await asked(world)
        await world.until(lambda: "<voice-failed>" in world.channel.texts())

    async with life(model=Speaker(), purse=Purse(budget=1)) as world:
        await asked(world)
        await world.until(lambda: len(world.channel.texts()) == 3)

        assert world.channel.texts()[2] == "<problem-budget-person>"


async def test_the_next_question_does_not_wait_for_a_recording() -> None:
    model = Speaker(takes=50.0)
    async with life(model=model) as world:
        await asked(world)
        await world.until(lambda: spoken(model))
        began = world.clock.now()
        world.says("and now?")
        await world.until(lambda: world.channel.texts().count("Hello.") == 2)

        assert world.clock.now() - began < 5.0
        await world.until(lambda: world.channel.texts().count("[voice]") == 2)
