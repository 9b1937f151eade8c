"""One message in somebody else's chat: all that is said goes there, and fits."""

from __future__ import annotations

import pytest

from actors.ports import DoubtError, Setting, Used
from fsm.content import Prompt
from fsm.effects import Wish
from fsm.events import Asked, Stopped
from fsm.steps import Call
from tests.actors.memory_store import MemoryStore
from tests.actors.test_pictures import Artist, DrawingBox, Wisher
from tests.actors.test_stop import replay, rests
from tests.actors.world import PRIVATE, Script, life

pytestmark = pytest.mark.anyio

ABROAD = "foreign.1.-77"
HEADING = "<heading>\n\n"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    from trio.testing import MockClock

    return "trio", {"clock": MockClock(autojump_threshold=0)}


async def test_an_answer_grows_and_ends_in_the_message_that_waits_for_it() -> None:
    async with life() as world:
        world.does(Asked(prompt=Prompt(text="what is red?", place="AgA")), ABROAD)
        await rests(world, ABROAD)

        assert world.channel.sent == [(ABROAD, f"{HEADING}Hello there.", "AgA", "")]
        assert {message for message, _ in world.channel.grown} == {"AgA"}
        texts = [text for _, text in world.channel.grown]
        assert texts[0] == f"{HEADING}…"
        assert all(f"{HEADING}Hello there.…".startswith(text) for text in texts[1:])


async def test_a_guest_speaks_once_and_completes_what_it_said() -> None:
    async with life() as world:
        world.does(Asked(prompt=Prompt(text="what is red?", ticket="123")), ABROAD)
        await rests(world, ABROAD)

        (_, dots, new, _), (_, text, edited, _) = world.channel.sent
        assert (dots, new, text) == ("...", 0, "Hello there.")
        assert edited == world.state(ABROAD).outbox.bubble


async def test_what_let_us_speak_is_used_again_when_nobody_knows_whether_it_was_heard() -> None:
    async with life() as world:
        world.channel.failures = [DoubtError("no reply")]
        world.does(Asked(prompt=Prompt(text="what is red?", ticket="123")), ABROAD)
        await rests(world, ABROAD)

        assert [text for _, text, _, _ in world.channel.sent] == ["...", "Hello there."]


async def test_a_short_answer_waits_for_the_message_it_is_to_complete() -> None:
    async with life(model=Script(pieces=("Yes.",), gap=0.0)) as world:
        world.channel.delay = 2.0
        world.does(Asked(prompt=Prompt(text="is red a colour?", ticket="123")), ABROAD)
        await rests(world, ABROAD)

        assert [text for _, text, _, _ in world.channel.sent] == ["...", "Yes."]


async def test_more_than_one_message_is_cut_short_and_says_so() -> None:
    lines = tuple(f"line {number}\n" for number in range(40))
    async with life(model=Script(pieces=lines, gap=0.01)) as world:
        world.does(Asked(prompt=Prompt(text="tell me all", place="AgA")), ABROAD)
        await rests(world, ABROAD)

        ((_, text, place, _),) = world.channel.sent
        assert place == "AgA"
        beginning, _, rest = text.partition("…")
        assert f"{HEADING}{''.join(lines)}".startswith(beginning)
        assert rest == "\n\n<cut-short>"


async def test_of_the_buttons_only_those_stay_that_need_no_second_message() -> None:
    async with life() as world:
        world.does(Asked(prompt=Prompt(text="tell me all", place="AgA")), ABROAD)
        await world.until(lambda: world.channel.grown)
        world.does(Stopped(turn=1), ABROAD)
        await rests(world, ABROAD)

        (buttons,) = world.channel.buttons
        assert [button.wish for button in buttons] == [Wish.RETRY]


@pytest.mark.parametrize("prompt", [Prompt(text="x", place="AgA"), Prompt(text="x", ticket="1")])
async def test_after_a_kill_the_same_message_is_completed(prompt: Prompt) -> None:
    store = MemoryStore()
    async with life(store) as world:
        world.does(Asked(prompt=prompt), ABROAD)
        await world.until(lambda: world.channel.grown)
        place = world.state(ABROAD).outbox.bubble
    async with life(store) as world:
        replay(world, ABROAD, [])
        await rests(world, ABROAD)

        ((_, text, edited, _),) = world.channel.sent
        assert (text.endswith("Hello there."), edited) == (True, place)


async def test_nothing_is_drawn_where_no_picture_can_be_shown() -> None:
    may_draw: dict[str, bool] = {}

    class Box(DrawingBox):
        async def use(self, call: Call, setting: Setting) -> Used:
            may_draw[setting.chat] = setting.draw is not None
            return Used(output="No picture can be shown in this chat.")

    async with life(model=Wisher()) as world:
        world.performer._toolbox = Box()
        world.does(Asked(prompt=Prompt(text="a cat", place="AgA")), ABROAD)
        world.does(Asked(prompt=Prompt(text="a cat")), PRIVATE)
        await rests(world, ABROAD)
        await rests(world, PRIVATE)

    assert may_draw == {ABROAD: False, PRIVATE: True}


async def test_a_picture_that_cannot_be_shown_there_is_said_to_be_missing() -> None:
    async with life(model=Artist(pieces=("A cat.",))) as world:
        world.does(Asked(prompt=Prompt(text="a cat", place="AgA")), ABROAD)
        await rests(world, ABROAD)

        ((_, text, place, _),) = world.channel.sent
        text = text.removeprefix("[picture] ")  # which Telegram's channel leaves out there
        assert (text, place) == (f"{HEADING}A cat.\n\n<not-shown-here>", "AgA")
        assert world.store.keep.let_gone == list(world.store.keep.held)
