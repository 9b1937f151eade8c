"""Several bots in one house: who is out is named everywhere, and the others go on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actors.ports import GoneError, NotSentError
from fsm.outbox import PartState
from service.operators.alarm import _key
from service.operators.facts import BotFacts, ChatFacts
from service.operators.incidents import PATIENCE, Incidents
from service.operators.pages import Pages
from service.operators.reasons import because
from service.operators.roll import SILENT, Roll
from service.texts import LANGUAGES, Texts
from tests.actors.world import PRIVATE
from tests.service.operators.house import BOSS, Bot, HouseStore, Polling, house
from tests.service.operators.test_pages import NOW, fleet

ONE, TWO = Bot(), Bot(id="2", name="@other_bot")
GOOD = BotFacts(id="1", name="@green_bot", state="ok")
BROKEN = ("broken", "conflict", "refused", "silent", "wedged")


def roll(*bots: Bot) -> Roll:
    return Roll(bots, HouseStore())  # type: ignore[arg-type]


def long_ago() -> Polling:
    return Polling(ago=SILENT + 9)


@pytest.mark.parametrize(
    ("bot", "state", "intake"),
    [
        (Bot(), "ok", ""),
        (Bot(state="starting"), "starting", ""),
        (Bot(state="refused"), "refused", "refused"),
        (Bot(state="conflict"), "conflict", "conflict"),
        (Bot(state="wedged"), "wedged", "dead"),
        (Bot(state="broken"), "broken", "dead"),
        (Bot(poller=long_ago()), "silent", "dead"),
        (Bot(poller=Polling(paused=True)), "paused", "paused"),
    ],
)
def test_how_a_bot_fares_and_what_that_means_for_its_chats(
    bot: Bot, state: str, intake: str
) -> None:
    called = roll(bot, TWO)

    assert called.state(bot) == state
    assert called.intake("1") == intake
    assert called.intake("2") == ""
    assert called.polling() == "ok", "the other one receives"
    assert called.intake("3") == "away"


def test_nothing_comes_in_only_when_no_bot_receives() -> None:
    out, quiet = Bot(state="refused"), Bot(id="2", poller=long_ago())

    assert roll(out, quiet).polling() == "dead"
    assert roll(out, replace(quiet, poller=Polling(paused=True))).polling() == "paused"
    assert roll(out, TWO).poll_age() < 1


def test_who_is_away_and_has_left_something_is_counted() -> None:
    store = HouseStore()
    store.owed = {"chat/telegram.7.1": 0.0, "chat/telegram.7.2": 9.0, "chat/telegram.1.5": 0.0}
    store.take("chat/telegram.1.1", {})  # of bot 1, which is here

    (here, gone) = Roll([ONE], store).facts({"1": 3})  # type: ignore[arg-type]

    assert (here.state, here.chats, here.updates) == ("ok", 3, 7)
    assert (gone.id, gone.state, gone.chats, gone.waiting) == ("7", "away", 2, 0)


@pytest.mark.parametrize("state", BROKEN)
def test_a_bot_that_is_out_is_an_incident_while_others_receive(state: str) -> None:
    incidents = Incidents()
    out = BotFacts(id="2", name="@other_bot", state=state, poll_age=PATIENCE + 1)

    (notice,) = incidents.look(fleet(bots=(GOOD, out)))
    assert (notice.kind, notice.args) == (f"bot-{state}", {"bot": "@other_bot"})
    for language in LANGUAGES:
        assert "@other_bot" in Texts().plain(language, _key(notice.kind), notice.args)
        over = {**notice.args, "lasted": "9 s"}
        assert "9 s" in Texts().say(language, _key(f"{notice.kind}-over"), over)
    assert Incidents().look(fleet(bots=(out,))) == [], "a bot alone is what the house is"
    assert Incidents().look(fleet(bots=(GOOD, GOOD))) == []


def test_two_copies_that_overlap_for_a_moment_wake_nobody() -> None:
    moment = BotFacts(id="2", name="@other_bot", state="conflict", poll_age=10)

    assert Incidents().look(fleet(bots=(GOOD, moment))) == []


def test_the_overview_names_who_is_out_first_and_how_each_fares() -> None:
    out = BotFacts(id="2", name="@other_bot", state="refused", chats=4)
    away = BotFacts(id="7", name="7", state="away", chats=2, waiting=1)

    told = Pages(Texts(), "en").fleet(fleet(bots=(GOOD, out, away))).replace("\\", "")

    assert told.index("@other_bot is out: Telegram does not accept") < told.index("Chats in")
    assert "Bot 7 is not in the settings: 2 chats of it sleep" in told
    assert "Bots: @green_bot ✓ (0 chats in memory), @other_bot ✗ refused (4 chats" in told
    alone = Pages(Texts(), "en").fleet(fleet(bots=(GOOD,)))
    assert "green_bot" not in alone, "a bot alone needs no name"


@pytest.mark.parametrize("intake", ["refused", "away"])
def test_an_answer_that_its_bot_cannot_say_waits_for_the_bot(intake: str) -> None:
    facts = ChatFacts(
        key=PRIVATE,
        now=NOW,
        status="idle",
        state=None,
        intake=intake,
        parts=((PartState.PENDING.value, 1),),
        penalty_until=NOW + 9,
    )

    assert because(facts).cause == intake


@pytest.mark.anyio
async def test_an_admin_is_told_by_the_first_bot_that_can() -> None:
    async with house(bots=[ONE, TWO]) as stage:
        stage.store.failing_since = 1.0
        stage.office.alarm.look()
        stage.panels.failures = [NotSentError("refused", 10), NotSentError("refused", 10)]
        await stage.office.alarm.speak()
        assert stage.panels.pages == [], "by neither of them, so it is tried again"
        stage.panels.failures = [GoneError("never started")]
        await stage.office.alarm.speak()
        await stage.office.alarm.speak()

        assert [where for where, _, _ in stage.panels.pages] == [f"telegram.2.{BOSS}"]


@pytest.mark.anyio
async def test_debug_shows_the_whole_house_and_says_whose_a_chat_is() -> None:
    async with house(bots=[ONE, TWO]) as stage:
        stage.says("hello")
        await stage.until(lambda: stage.facts().moves)
        for asked in (PRIVATE, "42", "@GREEN_bot 42"):
            stage.debug(asked)
            page = await stage.page(1 + len(stage.panels.pages))
            assert "Bot: @green_bot" in page.replace("\\", "")
        stage.debug("@other_bot 42")
        assert "telegram.2.42" in await stage.page(1 + len(stage.panels.pages))
        for asked in ("@other_bot", "@nobody 42"):
            stage.debug(asked)
            assert "There is no chat like that" in await stage.page(1 + len(stage.panels.pages))

        assert stage.metric("bot_chats", bot="@green_bot") == 1
        assert stage.metric("bot_chats", bot="@other_bot") == 0
        assert stage.metric("bot_up", bot="@other_bot") == 1
        assert stage.metric("bot_updates_total", bot="@green_bot") == 7
