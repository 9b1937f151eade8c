"""The desk: it answers while chat and model hang, acts, and keeps to itself what people wrote."""

from __future__ import annotations

import json
import threading

import anyio
import pytest
from PIL import Image, ImageDraw

from actors.chat_kind import QUIET
from actors.messages import CrashAsked
from actors.ports import GoneError
from fsm.data import Rules
from fsm.flow_events import FlowStarted
from fsm.states import State
from fsm.usage import DAY, Spending
from service.flows import Library
from service.flows.drawing import paint
from service.observe import levels
from service.operators import picture, statistics
from tests.actors.test_paying import Counting, Purse
from tests.actors.world import PRIVATE, Script
from tests.service.operators.house import BOSS, house
from tests.service.operators.test_silence import Deadly

pytestmark = pytest.mark.anyio

SECRET = "the words that somebody wrote"


async def test_a_page_comes_while_the_model_hangs_and_the_chat_stands_still() -> None:
    async with house(Script(gap=9999)) as stage:
        stage.says(SECRET)
        await stage.until(lambda: stage.facts().effects)
        stage.system.suspend(stage.system.ref("chat", PRIVATE))

        stage.debug(PRIVATE)
        page = await stage.page()

        assert "suspended" in page
        assert "generate" in page
        assert SECRET not in page


async def test_what_is_asked_in_a_group_is_answered_in_private() -> None:
    async with house() as stage:
        stage.debug("here", chat=-100)
        await stage.page()

        [(where, page, _)] = stage.panels.pages
        assert where == f"telegram.1.{BOSS}"
        assert "telegram.1.-100" in page


async def test_a_reply_asks_about_the_chat_it_is_in() -> None:
    async with house() as stage:
        stage.debug(chat=-100, answers=True)

        assert "telegram.1.-100" in await stage.page()


async def test_an_admin_who_cannot_be_written_to_is_told_so_where_he_asked() -> None:
    async with house() as stage:
        stage.panels.failures = [GoneError("never started")]
        stage.debug("here", chat=-100)
        page = await stage.page()

        assert stage.panels.pages[0][0] == "telegram.1.-100"
        assert "in private only" in page
        assert "telegram.1" not in page


async def test_a_picture_is_drawn_of_a_chat() -> None:
    async with house() as stage:
        stage.debug(f"graph {PRIVATE}")
        await stage.until(lambda: stage.panels.pictures)


async def test_a_flow_is_drawn_and_the_step_marked_at_which_a_chat_is() -> None:
    rules = Rules(flows=Library().flows)
    async with house(rules=rules) as stage:
        stage.does(FlowStarted(name="trip", person="telegram.42"))
        await stage.until(lambda: stage.system.get_state(stage.system.ref("chat", PRIVATE)))
        await stage.until(lambda: stage.state().conversation.flows.current)
        current = stage.state().conversation.flows.current
        assert current is not None

        stage.debug("graph trip")
        await stage.until(lambda: len(stage.panels.drawn) == 1)
        stage.debug(f"graph trip {PRIVATE}")
        await stage.until(lambda: len(stage.panels.drawn) == 2)

        trip = rules.flows["trip"]
        assert stage.panels.drawn == [paint(trip), paint(trip, current.step)]
        assert stage.panels.drawn[0] != stage.panels.drawn[1]


@pytest.mark.parametrize("question", [f"graph {PRIVATE}", "graph trip", "stats"])
async def test_nobody_waits_while_a_picture_is_painted(
    question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    painters: list[threading.Thread] = []
    pen = ImageDraw.Draw

    def watched(image: Image.Image) -> ImageDraw.ImageDraw:
        painters.append(threading.current_thread())
        return pen(image)

    monkeypatch.setattr(ImageDraw, "Draw", watched)
    picture.paint.cache_clear()
    statistics.chart.cache_clear()
    async with house(rules=Rules(flows=Library().flows)) as stage:
        stage.debug(question)
        await stage.until(lambda: stage.panels.pictures)

    assert painters
    assert threading.current_thread() not in painters


async def test_a_graph_of_nothing_known_is_a_sentence_with_the_flows() -> None:
    async with house() as stage:
        stage.debug("graph nonsense")

        assert "trip" in await stage.page()
        assert stage.panels.pictures == []


class Dear(Purse):
    """Two cents a call."""

    def cost(self, model: str, used: Spending) -> int:
        return 20_000


async def test_a_page_says_what_its_chat_has_used_and_cost_today_and_in_all() -> None:
    async with house(Counting(), purse=Dear(budget=90_000)) as stage:
        stage.says("one", person="telegram.42")
        await stage.until(lambda: stage.facts().spent)
        await anyio.sleep(2 * DAY)
        stage.says("two", person="telegram.42")
        await stage.until(lambda: (spent := stage.facts().spent) and spent.calls == 2)

        stage.debug(PRIVATE)
        page = await stage.page()

        once = Spending(calls=1, prompt=100, cached=80, output=3, cost=20_000)
        assert (stage.facts().spent_today, stage.facts().spent) == (once, once + once)
        assert r"Spent in all: \$0.04 for 2 calls (200 tokens read, 6 written)" in page
        assert r"Spent today: \$0.02 for 1 calls (100 tokens read, 3 written)" in page


async def test_every_question_is_absorbed_even_one_that_crashes() -> None:
    async with house() as stage:
        stage.panels.failures = [RuntimeError("a bug")]
        stage.debug()
        stage.debug()
        await stage.page()
        await stage.until(lambda: not stage.store.mail)


async def test_the_last_twenty_transitions_are_told_with_their_times() -> None:
    async with house() as stage:
        for number in range(6):
            stage.says(f"hi {number}")
            before = len(stage.channel.texts())
            await stage.until(lambda before=before: len(stage.channel.texts()) > before)  # type: ignore[misc]
            await anyio.sleep(5)
        moves = stage.facts().moves

        assert len(moves) == 20
        assert [(move.before, move.after, move.message) for move in moves[-4:]] == [
            ("idle", "generating", "Asked"),
            ("generating", "streaming", "Grew"),
            ("streaming", "cooling", "Finished"),
            ("cooling", "idle", moves[-1].message),
        ]
        assert moves[-3].stayed == pytest.approx(0.5, abs=0.02)
        assert moves[-3].at - moves[-4].at == pytest.approx(0.5, abs=0.02)


async def test_what_a_turn_took_is_measured() -> None:
    async with house() as stage:
        stage.says("hi")
        await stage.until(lambda: stage.metric("answer_seconds_count") == 1)

        assert stage.metric("first_text_seconds_count") == 1
        assert 0.5 <= stage.metric("first_text_seconds_sum") < stage.metric("answer_seconds_sum")
        assert stage.metric("turns_total", outcome="answered") == 1
        assert stage.metric("updates_total", event="asked") == 1
        assert stage.metric("channel_calls_total", call="deliver", outcome="ok") == 1


async def test_suspend_and_resume() -> None:
    async with house() as stage:
        stage.says("hi")
        await stage.until(lambda: len(stage.channel.texts()) == 1)
        stage.press("suspend")
        await stage.page(1)
        stage.says("again")
        await anyio.sleep(30)
        assert len(stage.channel.texts()) == 1

        stage.press("resume")
        await stage.until(lambda: len(stage.channel.texts()) == 2)


async def test_a_restart_asks_a_model_anew_that_hangs() -> None:
    async with house(Script(gap=9999)) as stage:
        stage.says("hi")
        await stage.until(lambda: stage.model.asked)
        stage.model.gap = 0.5
        stage.press("restart")
        await stage.until(lambda: stage.channel.texts())

        assert len(stage.model.asked) == 2
        assert stage.model.closed >= 1


async def test_a_release_from_quarantine_lets_waiting_mail_be_answered() -> None:
    async with house() as stage:
        for _ in range(4):
            stage.system.ref("chat", PRIVATE).tell_system(CrashAsked())
        await stage.until(lambda: stage.cause() == "quarantined")
        stage.says("hello?")
        await anyio.sleep(60)
        assert not stage.channel.texts()

        stage.press("release")
        await stage.until(lambda: stage.channel.texts())
        stage.press("release")
        assert "not in quarantine" in await stage.page(2)


async def test_a_quiet_chat_can_be_put_away_and_a_busy_one_cannot() -> None:
    async with house() as stage:
        stage.says("hi")
        await stage.until(lambda: stage.model.asked)
        stage.press("passivate")
        assert "busy" in await stage.page(1)
        await stage.until(lambda: stage.channel.texts() and stage.cause() == "person")
        await anyio.sleep(5)

        stage.press("passivate")
        await stage.page(2)
        await stage.until(lambda: stage.facts().status == "packed")
        assert (stage.facts().state, stage.facts().memory) == (State.IDLE, 1)
        stage.press("passivate")
        assert "not in memory" in await stage.page(3)


async def test_a_chat_at_rest_is_shown_and_found_and_can_be_suspended() -> None:
    async with house() as stage:
        stage.says("hi")
        await stage.until(lambda: stage.channel.texts() and stage.facts().state is State.IDLE)
        awake = stage.facts()
        await anyio.sleep(2 * QUIET)

        assert stage.system.keys("chat") == ()
        assert stage.office.sources.chats() == [PRIVATE]
        facts = stage.facts()
        assert (facts.status, facts.turn, facts.memory, facts.size) == ("packed", 1, 1, awake.size)
        assert (stage.cause(), facts.owes) == ("person", None)
        assert stage.metric("chats_packed") == 1
        assert stage.metric("actors", kind="chat", status="idle") == 0
        assert stage.metric("chats_packed_bytes") == stage.store.resting.bytes > 0
        stage.debug()
        assert "packed in memory: 1" in await stage.page()
        stage.debug(PRIVATE)
        assert "actor packed" in await stage.page(2)

        stage.press("suspend")
        await stage.page(3)
        stage.says("are you there?")
        await anyio.sleep(60)
        assert (stage.cause(), len(stage.channel.texts())) == ("suspended", 1)
        stage.press("resume")
        await stage.until(lambda: len(stage.channel.texts()) == 2)
        assert stage.facts().memory == 2
        assert stage.metric("chats_packed") == 0


async def test_a_dead_letter_is_listed_read_and_replayed() -> None:
    async with house() as stage:
        deadly = Deadly()
        deadly.said = SECRET  # type: ignore[attr-defined]
        stage.does(deadly)  # type: ignore[arg-type]
        await stage.until(lambda: stage.store.dead_letters.records)
        record = stage.store.dead_letters.records[0]
        record["update"] = {"event": stage.asked("now it is fine"), "text": SECRET}

        stage.debug("dead")
        page = await stage.page()
        assert "poison" in page
        assert SECRET not in page
        buttons = stage.panels.pages[-1][2]
        id_ = buttons[0].split(":")[2]
        assert [each.split(":")[1] for each in buttons] == ["replay", "read", "remove"]

        told = len(stage.channel.texts())
        stage.press("replay", id_)
        await stage.until(lambda: len(stage.channel.texts()) > told)
        assert stage.store.dead_letters.records == []
        stage.press("replay", id_)
        assert "no such letter" in (await stage.page(len(stage.panels.pages) + 1))


async def test_text_is_shown_only_when_asked_for() -> None:
    async with house(Script(gap=9999)) as stage:
        stage.says(SECRET)
        await stage.until(lambda: stage.facts().effects)
        stage.press("export")
        await stage.until(lambda: stage.panels.files)
        name, content = stage.panels.files[0]
        assert json.loads(content)["state"] == "generating"
        assert SECRET.encode() not in content
        assert PRIVATE not in name

        stage.press("reveal")
        assert SECRET in await stage.page()


async def test_how_much_is_logged_is_changed_while_the_service_runs() -> None:
    before = levels.chosen()
    try:
        async with house() as stage:
            stage.debug("log")
            assert before in await stage.page(1)
            assert "d:log:debug" in stage.panels.pages[0][2]

            stage.press("log", "debug")
            assert "debug" in await stage.page(2)
            assert levels.chosen() == "debug"
            stage.debug("log loud")
            assert "no such action" in await stage.page(3)
            assert levels.chosen() == "debug"
    finally:
        levels.choose(before)
