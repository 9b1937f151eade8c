"""Admins are told about an incident once, and once when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import anyio
import pytest

from actors.messages import CrashAsked
from actors.ports import GoneError, PenaltyError
from actors.runtime import RestForOne
from service.models.retirement import Retirement
from service.operators.alarm import _key
from service.operators.facts import Disk, FleetFacts, ProviderFacts
from service.operators.incidents import PATIENCE, QUIET, Incidents
from service.texts import LANGUAGES, Texts
from tests.actors.world import PRIVATE
from tests.service.observe.exposition import overview
from tests.service.operators.house import BOSS, house

NOW = 1_000.0
FINE = replace(overview(), now=NOW)


def provider(**given: object) -> tuple[ProviderFacts, ...]:
    return (replace(FINE.providers[0], **given),)  # type: ignore[arg-type]


LASTING = {
    "provider": {"providers": provider(failing_since=NOW - PATIENCE - 1)},
    "key": {"providers": provider(problem="problem-misconfigured")},
    "poller": {"polling": "dead"},
    "disk": {"failing": True},
    "child": {"lost": ("series",)},
    "quarantine": {"quarantined": 2},
    "space": {"disk": Disk(free=9, total=100)},
    "retiring": {"retiring": (Retirement(model="old", day=date(2026, 12, 1)),)},
}
COUNTED = {"rebuilt": {"rebuilt": 1}, "damaged": {"damaged": 2}, "unreadable": {"unreadable": 1}}


def later(facts: FleetFacts, seconds: float) -> FleetFacts:
    return replace(facts, now=facts.now + seconds)


def test_a_house_in_order_gives_no_cause_to_speak() -> None:
    assert Incidents().look(FINE) == []


@pytest.mark.parametrize("kind", LASTING)
def test_an_incident_is_told_once_and_once_when_it_is_over(kind: str) -> None:
    incidents = Incidents()
    bad = replace(FINE, **LASTING[kind])  # type: ignore[arg-type]

    [notice] = incidents.look(bad)
    assert (notice.kind, notice.over) == (kind, False)
    assert incidents.open == (kind,)
    assert incidents.look(later(bad, 5)) == []
    assert incidents.look(later(FINE, 6)) == []
    assert incidents.look(later(bad, 7)) == [], "it flaps: that is still the same one"
    assert incidents.look(later(FINE, 7 + QUIET - 1)) == []
    [notice] = incidents.look(later(FINE, 7 + QUIET))
    assert (notice.kind, notice.over, notice.lasted) == (kind, True, 7)


@pytest.mark.parametrize("kind", COUNTED)
def test_what_merely_happens_is_told_each_time(kind: str) -> None:
    incidents = Incidents()
    bad = replace(FINE, **COUNTED[kind])  # type: ignore[arg-type]

    [notice] = incidents.look(bad)
    assert notice.kind == kind
    assert incidents.look(later(bad, 100)) == []


def test_what_a_newer_bot_api_sends_is_named_once() -> None:
    incidents = Incidents()
    new = replace(FINE, novelties=("message.a",))

    [notice] = incidents.look(new)
    assert (notice.kind, notice.args) == ("novel", {"names": "message.a"})
    assert incidents.look(later(new, 100)) == []
    [notice] = incidents.look(replace(FINE, novelties=("message.a", "b", "message.c")))
    assert notice.args == {"names": "b, message.c"}


def test_a_short_trouble_of_a_model_wakes_nobody() -> None:
    brief = replace(FINE, providers=provider(failing_since=NOW - PATIENCE + 1))

    assert Incidents().look(brief) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_has_its_sentences(language: str) -> None:
    args = dict.fromkeys(
        ("provider", "child", "count", "share", "lasted", "model", "day", "successor", "names"), "x"
    )

    for kind in (*LASTING, *COUNTED, "novel"):
        assert Texts().say(language, _key(kind), args)
    for kind in LASTING:
        assert "x" in Texts().say(language, _key(f"{kind}-over"), args)


@pytest.mark.anyio
async def test_a_quarantine_reaches_the_admins_in_spite_of_a_penalty() -> None:
    async with house() as stage:
        stage.panels.failures = [PenaltyError(2)]
        for _ in range(4):
            stage.system.ref("chat", PRIVATE).tell_system(CrashAsked())
        await stage.until(lambda: stage.cause() == "quarantined")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stage.office.alarm.run)
            page = await stage.page()
            assert "In quarantine: 1 chats" in page
            assert stage.panels.pages[0][0] == f"telegram.1.{BOSS}"
            assert stage.metric("incidents_total", incident="quarantine") == 1

            stage.system.release(stage.system.ref("chat", PRIVATE))
            assert "No chat is in quarantine any more" in await stage.page(2)
            await anyio.sleep(200)
            assert len(stage.panels.pages) == 2
            tasks.cancel_scope.cancel()


@pytest.mark.anyio
async def test_a_part_that_only_watches_is_given_up_and_told_once_while_chats_go_on() -> None:
    async def breaks() -> None:
        raise ValueError

    async with house() as stage:
        stage.office.series.run = breaks  # type: ignore[method-assign]
        stage.system.supervise(RestForOne(stage.office.children()))
        assert "series ended too often and was given up" in await stage.page()
        assert stage.metric("child_up", child="series") == 0

        await anyio.sleep(200)
        assert len(stage.panels.pages) == 1
        stage.debug()
        assert "series ended too often" in await stage.page(2)
        stage.system.ref("chat", PRIVATE).tell_system(stage.asked("hello"))
        await stage.until(lambda: stage.facts().state is not None)
        alive = [name for name, alive, _ in stage.office.census.fleet().children if alive]
        assert alive == ["gate", "pulse", "census", "disk", "alarm", "herald"]


@pytest.mark.anyio
async def test_admins_hear_of_a_model_whose_provider_says_with_an_answer_that_it_ends() -> None:
    async with house() as stage:
        [provider] = stage.watch.providers
        stage.watch.models = (provider.name,)
        assert stage.office.sources.retiring() == ()

        provider.retires = date.fromtimestamp(stage.clock.now() + 86_400).isoformat()
        stage.office.alarm.look()
        await stage.office.alarm.speak()

        assert f"{provider.name} is given up" in stage.panels.pages[0][1]
        stage.debug()
        assert f"{provider.name} is given up" in await stage.page(2)


@pytest.mark.anyio
async def test_an_admin_who_never_wrote_to_the_bot_holds_up_nobody() -> None:
    async with house() as stage:
        stage.panels.failures = [GoneError("never started")]
        stage.store.failing_since = 1.0
        stage.office.alarm.look()
        await stage.office.alarm.speak()
        await stage.office.alarm.speak()

        assert stage.panels.pages == []
