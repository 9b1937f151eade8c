"""Why is this chat silent? Each way of it is made to happen, and named."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from actors.messages import CrashAsked
from actors.ports import GoneError, NoPurse, PenaltyError, Refusal, UnavailableError
from fsm.usage import Usage
from service.console.views import Views
from service.operators.reasons import key_of
from service.texts import Texts
from tests.actors.world import PRIVATE, Script
from tests.service.operators.house import House, house

pytestmark = pytest.mark.anyio

EVERYDAY = frozenset({"model", "collecting"})
"""What a chat may well wait for: it is counted, and listed only when it lasts."""


async def silent(stage: House, cause: str) -> None:
    """Wait until `/debug` and the console name *cause* first; overview and metric count it."""
    await stage.until(lambda: stage.cause() == cause, within=60)

    overview = stage.office.census.fleet()
    assert dict(overview.causes)[cause] == 1
    assert stage.metric("chats_waiting", cause=cause) == 1
    sentence = Texts().plain("en", key_of(cause))
    views = Views(Texts(), "en")
    shown = views.chat(stage.facts())
    assert (shown["cause"], shown["why"].split(" (")[0]) == (cause, sentence)
    assert next(iter(shown)) == "cause", "it stands first"
    if cause not in EVERYDAY:
        [row] = views.house(overview)["attention"]
        assert row["why"].split(" (")[0] == sentence
    stage.debug(PRIVATE)
    page = await stage.page()
    assert page.split("\n")[2].split(" (")[0] == sentence
    stage.debug()
    assert sentence in await stage.page(2) or cause in EVERYDAY


async def test_a_penalty() -> None:
    async with house() as stage:
        stage.channel.failures = [PenaltyError(300)]
        stage.says("hi")
        await silent(stage, "penalty")

        assert stage.facts().penalty_until > stage.clock.now() + 200
        gate = stage.facts().gate
        assert gate is not None
        assert gate.until == stage.facts().penalty_until
        assert stage.metric("penalties") == 1


async def test_the_person_has_blocked_the_bot() -> None:
    async with house() as stage:
        stage.channel.failures = [GoneError("blocked")]
        stage.says("hi")
        await silent(stage, "gone")


async def test_a_message_of_somebody_who_came_back_counts() -> None:
    async with house() as stage:
        stage.channel.failures = [GoneError("blocked")]
        stage.says("hi")
        await stage.until(lambda: stage.cause() == "gone")
        await anyio.sleep(5)
        stage.says("I am back")
        await stage.until(lambda: stage.channel.texts() and stage.cause() == "person")


async def test_the_provider_is_down() -> None:
    async with house(Script(pieces=(), failures=[UnavailableError("script", "down")])) as stage:
        stage.says("hi")
        await silent(stage, "provider")

        assert stage.metric("model_calls_total", provider="script", outcome="unavailable") == 1
        assert stage.metric("provider_up", provider="script") == 0
        assert stage.metric("turns_total", outcome="failed") == 1


async def test_quarantine() -> None:
    async with house() as stage:
        for _ in range(4):
            stage.system.ref("chat", PRIVATE).tell_system(CrashAsked())
        await silent(stage, "quarantined")

        assert stage.metric("quarantined") == 1
        assert "CrashOnRequestError" in stage.facts().crash_report


async def test_a_full_mailbox() -> None:
    async with house(Script(gap=500)) as stage:
        stage.says("hi")
        await stage.until(lambda: stage.facts().effects)
        stage.system.suspend(stage.system.ref("chat", PRIVATE))
        for number in range(70):
            stage.says(f"{number}")
        facts = stage.facts()
        assert (facts.mail, facts.spilled, stage.cause()) == (64, 6, "suspended")
        assert dict(facts.mailbox) == {"Inbound": 64}
        stage.system.cells["chat"].actors[PRIVATE].status &= ~8  # released, not yet visited

        await silent(stage, "full")
        assert stage.metric("mailbox_spilled") == 6


class Deadly:
    """An event that the rules do not know, so that its turn crashes."""


async def test_poison() -> None:
    async with house() as stage:
        stage.does(Deadly())  # type: ignore[arg-type]
        await silent(stage, "poison")

        assert stage.metric("dead_letters_total", reason="poison") == 1
        [record] = stage.store.dead_letters.records
        assert record["message"] == "Inbound"


async def test_suspended() -> None:
    async with house() as stage:
        stage.says("hi")
        await stage.until(lambda: stage.channel.texts())
        stage.system.suspend(stage.system.ref("chat", PRIVATE))
        stage.says("and now?")
        await silent(stage, "suspended")


async def test_waiting_for_the_rest_of_an_album() -> None:
    async with house() as stage:
        stage.says("look", album="a1")
        await silent(stage, "collecting")

        assert stage.facts().timers


class Spent(NoPurse):
    """Nobody may spend anything any more today."""

    async def refusal(self, _chat: Usage, _person: str, *_unpaid: Any) -> Refusal | None:
        return Refusal(problem="problem-budget-everybody")


async def test_the_budget_is_used_up() -> None:
    async with house(purse=Spent()) as stage:
        stage.says("hi")
        await silent(stage, "budget")

        assert stage.metric("problems_total", problem="budget-everybody") == 1


@pytest.mark.parametrize(
    ("trouble", "cause"),
    [
        ({"ago": 500.0}, "poller"),
        ({"paused": True}, "paused"),
    ],
)
async def test_nothing_comes_in(trouble: dict[str, Any], cause: str) -> None:
    async with house() as stage:
        stage.says("hi")
        await stage.until(lambda: stage.channel.texts() and stage.cause() == "person")
        for name, value in trouble.items():
            setattr(stage.polling, name, value)

        await silent(stage, cause)
        assert stage.metric("polling") == 0


async def test_a_full_disk() -> None:
    async with house() as stage:
        stage.says("hi")
        await stage.until(lambda: stage.channel.texts() and stage.cause() == "person")
        stage.store.failing_since = 1.0

        await silent(stage, "disk")
        assert stage.metric("disk_failing") == 1


async def test_waiting_for_the_model() -> None:
    async with house(Script(gap=500)) as stage:
        stage.says("hi")
        await silent(stage, "model")
