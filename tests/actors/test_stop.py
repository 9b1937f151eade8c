"""Stop means stop: at any instant, in every way, before and after a kill; albums stay whole."""

from __future__ import annotations

from dataclasses import replace

import anyio
import pytest

from actors.messages import Inbound, Woken
from actors.ports import Accepted, PenaltyError
from fsm.content import Media, MediaKind, Prompt
from fsm.events import Asked, Edited, Event, Stopped
from fsm.states import BUSY
from tests.actors.memory_store import MemoryStore
from tests.actors.world import GROUP, PRIVATE, Script, World, life

pytestmark = pytest.mark.anyio

PIECES = tuple(f"word{number} " for number in range(5))
WHOLE = "".join(PIECES)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    from trio.testing import MockClock

    return "trio", {"clock": MockClock(autojump_threshold=0)}


async def rests(world: World, chat: str) -> None:
    owed = world.store.owed
    await world.until(lambda: not world.store.mail and owed.get(f"chat/{chat}", 0.0) is None)


def said(world: World, chat: str) -> list[str]:
    return [text for text in world.channel.texts(chat) if text != "..."]


@pytest.mark.parametrize("turn", [1, None])
@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
async def test_at_every_piece_one_visible_act_follows_and_the_call_is_closed(
    chat: str, turn: int | None
) -> None:
    for moment in range(1, 2 * len(PIECES)):
        async with life(model=Script(pieces=PIECES, gap=0.5)) as world:
            world.says("hi", chat)
            await anyio.sleep(moment * 0.25)
            before = len(said(world, chat))
            world.does(Stopped(turn=turn), chat)
            await anyio.sleep(0.3)
            assert world.model.closed == len(world.model.asked) == 1
            world.says("next", chat)
            await rests(world, chat)

            assert before == 0
            stopped, *after = said(world, chat)
            assert WHOLE.startswith(stopped) or stopped == "<stopped>"
            assert after == [WHOLE], "the next message is answered"
            assert world.channel.shown[-1][1] in WHOLE


@pytest.mark.parametrize("first", ["stop", "end"])
@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
async def test_a_stop_that_crosses_the_end_makes_one_final(chat: str, first: str) -> None:
    async with life(model=Script(pieces=PIECES, gap=0.5)) as world:
        world.says("hi", chat)
        await anyio.sleep(len(PIECES) * 0.5 - (0.001 if first == "stop" else -0.001))
        assert (world.state(chat).conversation.state in BUSY) is (first == "stop")
        world.does(Stopped(turn=1), chat)
        await rests(world, chat)

        (final,) = said(world, chat)
        assert final == (WHOLE if first == "end" else "".join(PIECES[:-1]))


async def test_a_stop_inside_the_penalty_of_the_final_delivers_it_once() -> None:
    async with life(model=Script(pieces=PIECES, gap=0.1)) as world:
        world.channel.failures = [PenaltyError(30.0)]
        world.says("hi")
        await anyio.sleep(5.0)
        world.does(Stopped(turn=1))
        await rests(world, PRIVATE)

        assert said(world, PRIVATE) == [WHOLE]
        assert world.clock.now() - world.channel.calls[0][0] >= 30


def a_way_to_stop(how: str, prompt: Prompt) -> Event:
    if how == "edit":
        return Edited(prompt=replace(prompt, text="ho"))
    return Stopped(turn=None if how == "command" else 1)


@pytest.mark.parametrize("how", ["draft", "button", "command", "edit"])
@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
async def test_a_question_and_its_stop_in_one_batch(chat: str, killed: bool, how: str) -> None:
    """Of four ways to stop three leave nothing to answer; the edit leaves its new form."""
    store, model = MemoryStore(), Script(pieces=PIECES, gap=0.5)
    async with life(store, model=model) as world:
        prompt = Prompt(text="hi", message=1, at=world.clock.now())
        batch: list[Event] = [Asked(prompt=prompt), a_way_to_stop(how, prompt)]
        if killed:  # accepted, and nobody has looked at it yet
            mail = [store.take(f"chat/{chat}", {"event": event}) for event in batch]
        else:
            for event in batch:
                world.does(event, chat)
            await rests(world, chat)
    if killed:
        async with life(store, model=model) as world:
            replay(world, chat, mail)
            await rests(world, chat)

    (only,) = said(world, chat)
    if how == "edit":
        assert only == WHOLE
        assert [request.prompts[0].text for request in model.asked][-1] == "ho"
    else:
        assert only == "<stopped>"
        assert len(model.asked) <= 1
    assert model.closed == len(model.asked) <= 2
    assert sum(text == "..." for text in world.channel.texts(chat)) <= 1


def replay(world: World, chat: str, mail: list[Accepted]) -> None:
    for accepted in mail:
        event = accepted.update["event"]
        message = Inbound(n=accepted.n, event=event, replayed=True)
        world.system.ref("chat", chat).tell(message)
    world.system.ref("chat", chat).tell_system(Woken())


def photo(number: int) -> Asked:
    media = Media(kind=MediaKind.PICTURE, ref=f"file{number}")
    return Asked(prompt=Prompt(media=(media,), album="a", message=number))


@pytest.mark.parametrize("killed_after", [None, 1, 4, 9])
async def test_ten_photos_out_of_order_are_one_call_also_across_a_kill(
    killed_after: int | None,
) -> None:
    order = [3, 1, 2, 7, 5, 4, 10, 6, 9, 8]
    store, model = MemoryStore(), Script()
    async with life(store, model=model) as world:
        for number in order[:killed_after]:
            world.does(photo(number))
            await anyio.sleep(0.12)
        if killed_after is None:
            await rests(world, PRIVATE)
    if killed_after is not None:
        async with life(store, model=model) as world:
            replay(world, PRIVATE, [])
            for number in order[killed_after:]:
                await anyio.sleep(0.12)
                world.does(photo(number))
            await rests(world, PRIVATE)

    (request,) = model.asked
    assert [prompt.message for prompt in request.prompts] == sorted(order)
    assert said(world, PRIVATE) == ["Hello there."]
