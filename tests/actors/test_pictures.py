"""Pictures: drawn, kept, delivered once, and let go of; asked for by a person or by the model."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from actors.drawing import Easel
from actors.generation import generate
from actors.messages import Woken
from actors.ports import (
    DoubtError,
    MediaPiece,
    NoPictureError,
    PenaltyError,
    RefusedError,
    Request,
    Setting,
    ToolCall,
    Used,
)
from actors.ports import Usage as Tokens
from fsm.content import Media, MediaKind, Prompt
from fsm.effects import Wish
from fsm.events import Chosen, Finished, Retried, Stopped
from fsm.memory import Turn
from fsm.steps import Call
from tests.actors.memory_store import MemoryStore
from tests.actors.test_paying import Purse
from tests.actors.world import GROUP, PRIVATE, Script, World, life
from tests.keep import Keep

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    from trio.testing import MockClock

    return "trio", {"clock": MockClock(autojump_threshold=0)}


@dataclass
class Artist(Script):
    """Draws, and says its pieces."""

    pieces: tuple[str, ...] = ("A cat.",)
    pictures: int = 1

    async def answer(self, request: Request) -> AsyncGenerator[Any, None]:
        for number in range(self.pictures):
            yield MediaPiece("image/png", b"picture %d" % number)
        yield Tokens(prompt=10, output=1000)
        async for event in super().answer(request):
            yield event


def picture(ref: str = "file") -> Media:
    return Media(kind=MediaKind.PICTURE, ref=ref, unique=ref, mime="image/png")


async def delivered(world: World, chat: str = PRIVATE) -> None:
    await world.until(lambda: world.channel.texts(chat) and world.state(chat).conversation.memory)
    await world.until(lambda: not world.state(chat).outbox.answers)


async def test_a_picture_goes_out_with_its_words_and_is_let_go_of_afterwards() -> None:
    artist = Artist()
    async with life(model=artist) as world:
        world.says("a cat", instruction="image")
        await delivered(world)
        await world.until(lambda: world.store.keep.let_gone)

        assert world.channel.texts() == ["[picture] A cat."]
        assert list(world.store.keep.held.values()) == [b"picture 0"]
        assert world.store.keep.let_gone == list(world.store.keep.held)
        (turn,) = world.state().conversation.memory
        assert [file.kind for file in turn.media] == [MediaKind.PICTURE]


async def test_long_words_come_before_the_picture_and_no_words_are_none() -> None:
    async with life(model=Artist(pieces=("x" * 150,))) as world:
        world.says("a cat", instruction="image")
        await delivered(world)

        assert world.channel.texts() == ["x" * 100, "x" * 50, "[picture]"]

    async with life(model=Artist(pieces=(), pictures=2)) as world:
        world.says("two cats", instruction="image")
        await delivered(world)

        assert world.channel.texts() == ["[picture]", "[picture]"]


async def test_in_a_group_the_picture_takes_the_place_of_the_bubble() -> None:
    async with life(model=Artist()) as world:
        world.says("a cat", GROUP, instruction="image")
        await delivered(world, GROUP)

        (_, bubble, _, _), (_, shown, edited, _) = world.channel.sent
        assert (bubble, shown, edited) == ("...", "[picture] A cat.", 501)


async def test_a_picture_that_is_not_delivered_yet_outlives_a_kill() -> None:
    store, artist = MemoryStore(), Artist()
    async with life(store, model=artist) as world:
        world.channel.failures = [PenaltyError(60.0)]
        world.says("a cat", instruction="image")
        await world.until(lambda: not world.channel.failures)
        await anyio.sleep(1.0)
        assert store.keep.let_gone == []

    async with life(store, model=artist) as world:
        world.system.ref("chat", PRIVATE).tell_system(Woken())
        await delivered(world)

        assert world.channel.texts() == ["[picture] A cat."]
        assert len(artist.asked) == 1


async def test_a_picture_of_unknown_fate_is_repeated_and_marked() -> None:
    async with life(model=Artist()) as world:
        world.channel.failures = [DoubtError()]
        world.says("a cat", instruction="image")
        await delivered(world)

        assert [(text, mark) for _, text, _, mark in world.channel.sent] == [
            ("[picture] A cat.", "<repeat-mark>")
        ]


async def test_a_picture_that_will_never_be_taken_is_let_go_of() -> None:
    async with life(model=Artist()) as world:
        world.channel.failures = [RefusedError()]
        world.says("a cat", instruction="image")

        await world.until(lambda: world.store.keep.let_gone)


async def test_a_disk_that_takes_no_picture_is_told_in_a_sentence() -> None:
    async with life(model=Artist()) as world:
        world.store.keep.full = True
        world.says("a cat", instruction="image")
        await delivered(world)

        assert world.channel.texts() == ["<problem-not-kept>"]


async def test_who_draws_hears_the_words_of_the_talk_but_sees_none_of_its_files() -> None:
    artist = Artist()
    async with life(model=artist) as world:
        world.says("this is Tom", media=(picture(),))
        await delivered(world)
        world.says("draw him", instruction="image", media=(picture("tom"),))
        await world.until(lambda: len(artist.asked) == 2)

        request = artist.asked[1]
        assert [p.text for turn in request.context for p in turn.prompts] == ["this is Tom"]
        assert all(p.media == () for turn in request.context for p in turn.prompts)
        assert [file.ref for file in request.prompts[0].media] == ["tom"]


async def test_a_stop_closes_the_call_of_the_one_who_draws() -> None:
    artist = Artist(pieces=("slow",), gap=30.0, pictures=0)
    async with life(model=artist) as world:
        world.says("a cat", instruction="image")
        await world.until(lambda: artist.asked)
        began = world.clock.now()
        world.does(Stopped(turn=1))
        await world.until(lambda: artist.closed)

        assert world.clock.now() - began < 0.3


async def test_what_a_picture_costs_counts_for_the_chat() -> None:
    purse = Purse(budget=5)
    async with life(model=Artist(), purse=purse) as world:
        world.says("a cat", instruction="image", person="telegram.42")
        await delivered(world)

        assert world.state().conversation.usage.total.output == 1000


# -- by the model's own choice ------------------------------------------------------------------


@dataclass
class Wisher(Script):
    """Calls for a picture, and then says its pieces."""

    async def answer(self, request: Request) -> AsyncGenerator[Any, None]:
        if request.steps:
            async for event in super().answer(request):
                yield event
            return
        yield ToolCall("1", "draw_picture", {"description": "a cat"})
        async for event in Script(pieces=()).answer(request):
            yield event


class DrawingBox:
    """A toolbox whose one tool draws."""

    offered = ()

    def doing(self, name: str) -> str:
        return "progress-drawing"

    async def use(self, call: Call, setting: Setting) -> Used:
        assert setting.draw is not None
        return Used(output="Done.", media=await setting.draw("a cat", change=False))


async def test_what_a_tool_has_made_goes_out_with_the_answer() -> None:
    request = Request(chat="c", turn=1, attempt=1, prompts=(Prompt(text="Draw!"),))
    keep = Keep()
    easel = Easel(artist=Artist(), keep=keep, request=request)
    setting = Setting(chat="c", turn=1, now=0.0, draw=easel.draw)

    ended = await generate(
        lambda _: None, Wisher(), request, keep, toolbox=DrawingBox(), setting=setting
    )

    assert isinstance(ended, Finished)
    assert [keep.held[file.ref] for file in ended.media] == [b"picture 0"]


async def test_a_change_is_made_to_the_last_picture_of_the_talk() -> None:
    artist, made = Artist(), picture("made:1")
    talk = (
        Turn(number=1, prompts=(Prompt(text="this", media=(picture("early"),)),), answer="Nice."),
        Turn(number=2, prompts=(Prompt(text="draw"),), media=(made,)),
        Turn(number=3, prompts=(Prompt(text="thanks"),), answer="Welcome."),
    )
    request = Request(chat="c", turn=4, attempt=1, prompts=(Prompt(text="at night"),), context=talk)
    easel = Easel(artist=artist, keep=Keep(), request=request)

    await easel.draw("the same at night", change=True)

    (asked,) = artist.asked
    assert asked.prompts[0].media == (made,)
    assert (asked.prompts[0].text, asked.context) == ("the same at night", ())


async def test_a_change_without_a_picture_is_told_to_the_model() -> None:
    request = Request(chat="c", turn=1, attempt=1, prompts=(Prompt(text="at night"),))

    with pytest.raises(NoPictureError, match="no picture in this talk"):
        await Easel(artist=Artist(), keep=Keep(), request=request).draw("x", change=True)


async def test_another_picture_takes_the_place_of_the_first() -> None:
    async with life(model=Artist()) as world:
        world.says("a cat", instruction="image")
        await delivered(world)
        assert [each.wish for each in world.channel.buttons[-1]] == [Wish.REDRAW]
        await anyio.sleep(5.0)
        world.does(Retried(turn=1))
        await world.until(lambda: len(world.channel.sent) == 2)

        (_, first, _, _), (_, second, edited, _) = world.channel.sent
        assert (first, second, edited) == ("[picture] A cat.", "[picture] A cat.", 501)


async def test_what_was_drawn_is_forgotten_with_the_chat() -> None:
    async with life(model=Artist()) as world:
        world.says("a cat", instruction="image")
        await delivered(world)
        world.does(Chosen(wish=Wish.FORGET_SURE, about=0))

        await world.until(lambda: not world.store.keep.held)
