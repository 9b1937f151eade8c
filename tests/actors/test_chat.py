"""A chat on the real runtime: what people see, on good days and on bad ones."""

from __future__ import annotations

import itertools
from dataclasses import replace

import anyio
import pytest

from actors.messages import CrashAsked, Inbound, Moved, Woken
from actors.ports import (
    BlockedError,
    DoubtError,
    GoneError,
    Growth,
    InterruptedStreamError,
    MovedError,
    PenaltyError,
    RefusedError,
    UnavailableError,
)
from fsm.content import Media, MediaKind
from fsm.data import Rules
from fsm.effects import Wish
from fsm.events import Chosen, Edited, Left, PlainChosen, RestShown, Retried, Stopped
from fsm.memory import Recall, Turn
from fsm.states import State
from tests.actors.memory_store import MemoryStore
from tests.actors.world import GROUP, PRIVATE, Script, World, life

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    from trio.testing import MockClock

    return "trio", {"clock": MockClock(autojump_threshold=0)}


async def answered(world: World, count: int = 1, chat: str = PRIVATE) -> None:
    await world.until(lambda: len(world.channel.texts(chat)) >= count)


async def resting(world: World, chat: str = PRIVATE) -> None:
    key = f"chat/{chat}"
    await world.until(lambda: not world.store.mail and world.store.owed.get(key, 0.0) is None)


async def test_a_question_is_answered_once_and_seen_growing() -> None:
    async with life() as world:
        world.says("hi")
        await resting_after_answer(world)

        assert world.channel.texts() == ["Hello there."]
        assert [text for _, text in world.channel.shown][:3] == ["", "Hello", "Hello there"]
        assert world.store.mail == {}, "the update is absorbed"
        assert world.store.owed[f"chat/{PRIVATE}"] is None


async def resting_after_answer(world: World, count: int = 1, chat: str = PRIVATE) -> None:
    await answered(world, count, chat)
    await resting(world, chat)


async def test_in_a_group_the_answer_grows_in_a_bubble_of_its_own() -> None:
    async with life() as world:
        world.says("hi", GROUP)
        await resting_after_answer(world, 2, GROUP)

        assert world.channel.sent[0][1] == "..."
        assert world.channel.sent[1][1:3] == ("Hello there.", 501)
        assert (GROUP, "Hello") in world.channel.shown


async def test_messages_of_a_busy_chat_become_one_next_turn() -> None:
    async with life() as world:
        world.says("one")
        await anyio.sleep(0.2)
        world.says("two")
        world.says("three")
        await resting_after_answer(world, 2)

        texts = [[prompt.text for prompt in request.prompts] for request in world.model.asked]
        assert texts == [["one"], ["two", "three"]]


async def test_a_long_answer_arrives_whole_and_in_order() -> None:
    async with life(model=Script(pieces=["abc" * 100]), page=100) as world:
        world.says("long")
        await resting_after_answer(world, 3)

        assert "".join(world.channel.texts()) == "abc" * 100


async def test_a_stop_closes_the_model_call_and_keeps_what_was_written() -> None:
    async with life(model=Script(gap=1.0)) as world:
        world.says("hi")
        await anyio.sleep(1.5)
        world.does(Stopped(turn=1))
        await anyio.sleep(0.0)
        await resting_after_answer(world)

        assert world.channel.texts() == ["Hello"]
        assert world.model.closed == 1


async def test_where_nothing_is_seen_growing_it_types_until_the_answer_is_there() -> None:
    async with life(model=Script(pieces=("one ", "two"), gap=8.0)) as world:
        world.channel.growth = lambda address: Growth.UNSEEN  # type: ignore[method-assign]
        began = world.clock.now()
        world.says("hi")
        await world.until(lambda: world.channel.texts())
        ended = world.clock.now()
        await anyio.sleep(30)

        assert world.channel.shown == []
        typed = [began, *world.channel.typed, ended]
        assert max(b - a for a, b in itertools.pairwise(typed)) <= 5.0
        assert world.channel.typed[-1] <= ended, "it stops when there is nothing to wait for"


async def test_a_penalty_is_waited_out_to_the_end_and_the_final_arrives_once() -> None:
    async with life() as world:
        world.channel.failures = [PenaltyError(60.0)]
        world.says("hi")
        await answered(world)

        assert world.channel.texts() == ["Hello there."]
        times = [at for at, _ in world.channel.calls]
        gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
        assert max(gaps) >= 60.0, "nothing is sent inside the penalty"


async def test_an_unknown_fate_is_repeated_once_and_marked() -> None:
    async with life() as world:
        world.channel.failures = [DoubtError("timeout")]
        world.says("hi")
        await resting_after_answer(world)

        assert [(text, mark) for _, text, _, mark in world.channel.sent] == [
            ("Hello there.", "<repeat-mark>")
        ]


async def test_a_refused_part_does_not_block_what_comes_after_it() -> None:
    async with life() as world:
        world.channel.failures = [RefusedError("no")]
        world.says("one")
        await resting(world)
        world.says("two")
        await resting_after_answer(world)

        assert len(world.model.asked) == 2


@pytest.mark.parametrize("how", ["a part is refused", "a preview is refused", "told"])
@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
async def test_where_nobody_hears_us_no_further_call_is_made(chat: str, how: str) -> None:
    async with life(page=5) as world:
        if how == "a part is refused":
            world.channel.failures = [None, GoneError("kicked")]
        world.says("hi", chat)
        await anyio.sleep(0.7)
        world.says("and this", chat)
        if how == "a preview is refused":
            world.channel.unseen = [GoneError("blocked")]
        elif how == "told":
            world.does(Left(), chat)
        await anyio.sleep(3)
        calls = len(world.channel.calls)
        await anyio.sleep(200)

        assert len(world.channel.calls) == calls
        assert (world.model.closed, len(world.model.asked)) == (1, 1), "nothing more is asked"
        assert world.store.owed[f"chat/{chat}"] is None
        assert world.store.mail == {}

        world.says("we are back", chat)
        await world.until(lambda: world.channel.texts(chat)[-3:] == ["Hello", " ther", "e."])


async def test_a_group_that_becomes_a_supergroup_takes_everything_along() -> None:
    new = "telegram.1.-1009"
    async with life() as world:
        world.says("one", GROUP)
        await resting_after_answer(world, 2, GROUP)
        world.says("two", GROUP)
        await anyio.sleep(1.2)
        world.channel.failures = [MovedError(-1009)]
        await answered(world, 1, new)
        await resting(world, new)

        assert world.channel.texts(new) == ["Hello there."]
        turns = world.state(new).conversation.memory
        assert [turn.prompts[0].text for turn in turns] == ["one", "two"]
        assert world.store.owed[f"chat/{GROUP}"] is None
        assert world.state(GROUP).conversation.memory == ()

        world.says("late mail", GROUP)
        await answered(world, 2, new)
        assert world.model.asked[-1].prompts[0].text == "late mail"
        assert len(world.channel.texts(GROUP)) == 3


async def test_a_group_that_has_moved_is_forgotten_under_its_old_name_too() -> None:
    new = "telegram.1.-1009"
    async with life() as world:
        await world.store.keep.keep(GROUP, b"a picture of old")
        await world.store.archive(f"chat/{GROUP}", (Turn(number=1, prompts=()),))
        world.says("one", GROUP)
        await resting_after_answer(world, 2, GROUP)
        world.does(Moved(chat=-1009), GROUP)
        world.says("two", new)
        await resting_after_answer(world, 2, new)

        world.does(Chosen(wish=Wish.FORGET_SURE, about=0), new)
        await world.until(lambda: not world.store.keep.held)

        assert await world.store.archived(f"chat/{GROUP}") == []
        world.says("three", GROUP)  # whoever still writes there is heard
        await world.until(lambda: "three" in str(world.model.asked[-1].prompts))


@pytest.mark.parametrize("moment", [0.0, 0.01, 0.2, 0.9])
async def test_a_move_survives_a_kill_and_meets_a_talk_that_was_quicker(moment: float) -> None:
    store, new = MemoryStore(), "telegram.1.-1009"
    async with life(store) as first:
        first.says("one", GROUP)
        await resting_after_answer(first, 2, GROUP)
        first.says("two", new)
        await anyio.sleep(0.1)
        first.does(Moved(chat=-1009), GROUP)
        await anyio.sleep(moment)
    async with life(store) as second:
        left = sorted(store.mail.values(), key=lambda mail: mail[1].n)
        for key, accepted in left:
            event = accepted.update["event"]
            message = Inbound(n=accepted.n, event=event, replayed=True)
            second.system.ref("chat", key.removeprefix("chat/")).tell(message)
        for key, at in store.owed.items():
            if at is not None:
                second.system.ref("chat", key.removeprefix("chat/")).tell_system(Woken())
        for chat in (GROUP, new):
            await resting(second, chat)
        second.system.ref("chat", new).tell_system(Woken())
        await anyio.sleep(0.1)

        turns = second.state(new).conversation.memory
        assert [turn.prompts[0].text for turn in turns] == ["one", "two"]
        whole = [*first.channel.texts(new), *second.channel.texts(new)]
        assert whole.count("Hello there.") == 1


async def test_a_broken_stream_is_asked_again_and_answered() -> None:
    model = Script(failures=[InterruptedStreamError("script", "cut"), None])
    async with life(model=model) as world:
        world.says("hi")
        await resting_after_answer(world)

        assert world.channel.texts() == ["Hello there."]
        assert [request.attempt for request in model.asked] == [1, 2]
        assert any(text.startswith("<restart-mark>") for _, text in world.channel.shown)


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (BlockedError("script", "no"), "<problem-blocked>"),
        (UnavailableError("script", "down"), "<problem-unavailable>"),
    ],
)
async def test_a_failure_is_one_plain_sentence(error: Exception, key: str) -> None:
    async with life(model=Script(pieces=[], failures=[error])) as world:
        world.says("hi")
        await resting_after_answer(world)

        assert world.channel.texts() == [key]
        assert len(world.model.asked) == 1


async def test_a_crash_inside_the_model_call_is_an_interruption() -> None:
    model = Script(failures=[ZeroDivisionError(), None])
    async with life(model=model) as world:
        world.says("hi")
        await resting_after_answer(world)

        assert world.channel.texts() == ["Hello there."]


async def test_retry_answers_the_last_question_again() -> None:
    async with life() as world:
        world.says("hi")
        await resting_after_answer(world)
        world.does(Retried())
        await resting_after_answer(world, 2)

        assert [request.prompts[0].text for request in world.model.asked] == ["hi", "hi"]
        assert world.model.asked[1].context == ()


async def test_the_first_rich_answers_offer_plain_ones_and_change_in_place() -> None:
    async with life(model=Script(pieces=["a|b"])) as world:
        for number in range(3):
            world.says(f"table {number}")
            await resting_after_answer(world, number + 1)
        offered = [bool(buttons) for buttons in world.channel.buttons]
        assert offered == [True, True, False]

        world.does(PlainChosen(turn=3))
        await resting_after_answer(world, 5)
        assert [(text, edit) for _, text, edit, _ in world.channel.sent[3:]] == [
            ("a|b", 503),
            ("<plain-on>", 0),
        ]
        assert world.channel.plainly == [False, False, False, True, True]


async def test_long_code_is_offered_as_a_file_and_sent_when_somebody_wants_it() -> None:
    async with life(model=Script(pieces=["CODE"])) as world:
        world.says("write a program")
        await resting_after_answer(world)
        (button,) = world.channel.buttons[0]
        assert (button.wish, button.about) == (Wish.FILES, 1)

        for about, said in ((1, "<file>"), (9, "<button-old>")):
            world.does(Chosen(wish=Wish.FILES, about=about))
            await world.until(lambda: world.channel.texts()[-1] == said)  # noqa: B023


@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
async def test_an_edited_question_is_answered_again_in_the_same_messages(chat: str) -> None:
    model = Script(pieces=["a" * 25, "b"])
    async with life(model=model, page=10) as world:
        question = world.says("hi", chat)
        await resting_after_answer(world, 4 if chat == GROUP else 3, chat)
        first = [edit for _, _, edit, _ in world.channel.sent]
        old = [501, 502, 503]
        assert first == ([0, 501, 0, 0] if chat == GROUP else [0, 0, 0])

        prompt = replace(question.update["event"].prompt, text="ho")
        model.pieces = ["short"]
        world.does(Edited(prompt=prompt), chat)
        await anyio.sleep(0.3)
        await resting(world, chat)

        shown = [(text, edit) for _, text, edit, _ in world.channel.sent[len(first) :]]
        if chat == GROUP:
            old = [501, 503, 504]
        assert shown == [("short", old[0]), ("", old[1]), ("", old[2])]
        assert (old[0], "") in world.channel.grown, "it is seen that something is coming"
        assert [request.prompts[0].text for request in model.asked] == ["hi", "ho"]
        assert len(world.state(chat).conversation.memory) == 1


@pytest.mark.parametrize("moment", [0.02, 0.3, 0.7, 1.2])
async def test_an_edit_stops_the_running_answer_and_one_final_answers_it(moment: float) -> None:
    async with life() as world:
        question = world.says("hi", GROUP)
        await anyio.sleep(moment)
        world.does(Edited(prompt=replace(question.update["event"].prompt, text="ho")), GROUP)
        await resting_after_answer(world, 2, GROUP)

        assert [(text, edit) for _, text, edit, _ in world.channel.sent] == [
            ("...", 0),
            ("Hello there.", 501),
        ]
        assert world.model.closed == len(world.model.asked) <= 2


async def test_the_rest_of_a_stopped_delivery_can_be_shown() -> None:
    async with life(model=Script(pieces=["x" * 30]), page=10) as world:
        world.channel.delay = 1.0
        world.says("long")
        await anyio.sleep(0.2)
        await world.until(lambda: world.state().conversation.state is State.COOLING)
        await anyio.sleep(1.0)  # the last preview is over, the first part is on its way
        world.does(Stopped(turn=1))
        await world.until(lambda: not world.state().outbox.owing)
        assert world.channel.texts() == ["x" * 10, "<withheld>"]

        world.does(RestShown(answer=1))
        await resting_after_answer(world, 4)
        assert world.channel.texts()[2:] == ["x" * 10, "x" * 10]


@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
@pytest.mark.parametrize("moment", [0.0, 0.03, 0.3, 0.7, 1.2, 1.52, 1.57, 2.2])
async def test_a_kill_at_any_moment_loses_nothing_and_repeats_nothing_unmarked(
    chat: str, moment: float
) -> None:
    store = MemoryStore()
    async with life(store) as first:
        accepted = first.says("hi", chat)
        event = accepted.update["event"]
        await anyio.sleep(moment)
    async with life(store) as second:
        second._message = 10
        if accepted.n in store.mail:
            message = Inbound(n=accepted.n, event=event, replayed=True)
            second.system.ref("chat", chat).tell(message)
        else:
            second.system.ref("chat", chat).tell_system(Woken())
        await resting(second, chat)

        sent = [each for each in [*first.channel.sent, *second.channel.sent] if each[1] != "..."]
        whole = [each for each in sent if each[1] == "Hello there."]
        unmarked = [each for each in whole if not each[3] and not each[2]]
        assert whole, "answered without anybody writing again"
        assert len(unmarked) <= 1
        assert len(second.state(chat).conversation.memory) == 1, "the context has the turn once"
        assert store.mail == {}


async def test_old_turns_leave_for_the_archive() -> None:
    rules = Rules(recall=Recall(keep=2), pause=0.1)
    async with life(rules=rules, model=Script(pieces=["a"], gap=0.1)) as world:
        for number in range(1, 5):
            world.says(f"q{number}")
            await resting_after_answer(world, number)
        await world.until(lambda: len(world.state().conversation.memory) == 2)

        archived = world.store.archived_turns[f"chat/{PRIVATE}"]
        assert [turn.number for turn in archived] == [1, 2]
        assert world.state().conversation.summary.text == "a"
        assert world.model.asked[4].prompts[0].instruction == "summarize"
        world.says("q5")
        await resting_after_answer(world, 5)
        told = world.model.asked[-1].context[0].prompts[0]
        assert (told.instruction, told.text) == ("summary", "a")


@pytest.mark.parametrize("failure", [UnavailableError("m", "is down"), OSError("a crash")])
async def test_a_summary_that_fails_changes_nothing_and_is_tried_again(failure: Exception) -> None:
    rules = Rules(recall=Recall(keep=2), pause=0.1)
    failures = [None, None, None, None, failure]
    async with life(rules=rules, model=Script(pieces=["a"], gap=0.1, failures=failures)) as world:
        for number in range(1, 6):
            world.says(f"q{number}")
            await resting_after_answer(world, number)
        await world.until(lambda: world.state().conversation.summary.text)

        instructions = [request.prompts[0].instruction for request in world.model.asked]
        assert instructions == ["", "", "", "", "summarize", "", "summarize"]
        assert len(world.model.asked[5].context) == 4, "nothing had changed"


async def test_everything_is_forgotten_and_the_chat_goes_on() -> None:
    async with life(model=Script(pieces=["a"], gap=0.1)) as world:
        world.says("my secret")
        await resting_after_answer(world)
        world.does(Chosen(wish=Wish.FORGET_SURE, about=0))
        await resting_after_answer(world, 2)

        assert world.channel.texts()[-1] == "<forgotten-all>"
        assert "my secret" not in repr(world.store.values)
        world.says("hi")
        await resting_after_answer(world, 3)
        assert world.model.asked[-1].context == ()


async def test_many_chats_do_not_wait_for_one_that_is_penalised() -> None:
    async with life() as world:
        world.gate.penalise("peer/telegram.1.42", world.clock.now() + 600)
        world.says("slow")
        for number in range(50):
            world.says("quick", f"telegram.1.{1000 + number}")
        began = world.clock.now()
        await world.until(lambda: len(world.channel.sent) == 50)

        assert world.clock.now() - began < 3.0
        assert world.channel.texts() == []
        await anyio.sleep(590)
        await world.until(lambda: world.channel.texts() == ["Hello there."])


async def test_the_window_of_a_collection_ends_with_it() -> None:
    async with life(rules=Rules(pause=0.1)) as world:
        photo = Media(kind=MediaKind.PICTURE, ref="f")
        world.says("", album="a", media=(photo,))
        await world.until(lambda: world.timers() == ["window"])
        world.does(Stopped())
        await world.until(lambda: world.state().conversation.state is State.IDLE)

        assert world.timers() == []
        world.says("hi")
        await resting_after_answer(world)
        assert world.timers() == []


async def test_a_chat_whose_actor_crashes_goes_on_where_it_was() -> None:
    async with life() as world:
        world.says("hi")
        await anyio.sleep(0.7)
        before = world.state()
        world.system.ref("chat", PRIVATE).tell_system(CrashAsked())
        await anyio.sleep(0.05)

        assert len(world.system.crash_reports) == 1
        assert world.state().conversation.turn == before.conversation.turn
        await resting_after_answer(world)
        assert world.channel.texts() == ["Hello there."]
        assert len(world.model.asked) == 1, "the stream went on through the crash"
