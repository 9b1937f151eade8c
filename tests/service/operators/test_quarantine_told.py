"""People of a chat that stands still are told so, once, in their language."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import anyio
import pytest
from trio.testing import MockClock

from actors.chat_kind import QUIET
from actors.messages import CrashAsked, Inbound
from actors.ports import Address
from fsm.content import Prompt
from fsm.events import Asked
from service.crashing import crash
from service.texts import Texts
from tests.actors.world import PRIVATE
from tests.service.operators.house import House, house

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


async def quarantined(stage: House, key: str = PRIVATE) -> None:
    for _ in range(4):
        stage.system.ref("chat", key).tell_system(CrashAsked())
    status = lambda: stage.system.statistics(stage.system.ref("chat", key)).status  # noqa: E731
    await stage.until(lambda: status() == "quarantined")
    await anyio.sleep(60)


def told(stage: House) -> list[tuple[str, str]]:
    return [(to, page) for to, page, _ in stage.panels.pages]


async def test_the_chat_is_told_once_and_again_only_if_it_happens_again() -> None:
    async with house() as stage, anyio.create_task_group() as tasks:
        tasks.start_soon(stage.office.herald.run)
        stage.says("hi")
        await stage.until(lambda: stage.channel.texts())

        await quarantined(stage)
        stage.says("is anybody there?")
        await anyio.sleep(60)
        said = (PRIVATE, Texts().say("en", "quarantine"))
        assert told(stage) == [said]

        stage.system.release(stage.system.ref("chat", PRIVATE))
        await stage.until(lambda: len(stage.channel.texts()) == 2)
        assert told(stage) == [said]

        await quarantined(stage)
        assert told(stage) == [said, said]
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("free", ["before", "after"])
async def test_what_the_chat_was_granted_is_not_waited_for(free: str) -> None:
    """Whoever is granted the way out and crashes for good used to hold it for 90 seconds."""
    async with house() as stage, anyio.create_task_group() as tasks:
        tasks.start_soon(stage.office.herald.run)
        peer = Address.parse(PRIVATE).peer
        assert stage.gate.reserve(peer, "somebody else")
        stage.says("hi")
        await stage.until(lambda: (view := stage.gate.view(peer)) and view.finals)

        for _ in range(4):
            stage.system.ref("chat", PRIVATE).tell_system(CrashAsked())
        if free == "before":
            stage.gate.release(peer)
        status = lambda: stage.system.statistics(stage.system.ref("chat", PRIVATE)).status  # noqa: E731
        await stage.until(lambda: status() == "quarantined")
        if free == "after":
            stage.gate.release(peer)
        await anyio.sleep(5)
        assert told(stage) == [(PRIVATE, Texts().say("en", "quarantine"))]

        stage.system.release(stage.system.ref("chat", PRIVATE))
        await stage.until(lambda: len(stage.channel.texts()) == 1)
        tasks.cancel_scope.cancel()


async def test_it_is_said_in_the_language_of_what_waits_else_of_what_is_being_answered() -> None:
    async with house() as stage, anyio.create_task_group() as tasks:
        tasks.start_soon(stage.office.herald.run)
        stage.waiting = [Inbound(n=1, event=None, language="zh-hans")]
        await quarantined(stage)
        assert told(stage) == [(PRIVATE, Texts().say("zh-CN", "quarantine"))]

        stage.waiting = []
        stage.system.release(stage.system.ref("chat", PRIVATE))
        stage.does(Asked(prompt=Prompt(text="在吗", message=1, language="zh-hans")))
        await stage.until(lambda: stage.channel.texts())
        await quarantined(stage)
        assert told(stage)[1:] == [(PRIVATE, Texts().say("zh-CN", "quarantine"))]
        tasks.cancel_scope.cancel()


async def test_nothing_is_said_in_somebody_elses_chat() -> None:
    async with house() as stage, anyio.create_task_group() as tasks:
        tasks.start_soon(stage.office.herald.run)
        await quarantined(stage, "foreign.1.43")
        assert told(stage) == []
        tasks.cancel_scope.cancel()


async def test_the_press_that_puts_it_into_quarantine_says_so() -> None:
    async with house() as stage:
        place = {"chat": 42}
        resting = stage.store.resting
        assert await crash(stage.system, resting, "1", place) == HTTPStatus.NOT_FOUND  # not known
        assert stage.system.keys("chat") == ()

        stage.says("hi")
        await stage.until(lambda: stage.channel.texts())
        await anyio.sleep(2 * QUIET)
        assert stage.system.keys("chat") == ()
        said = [await crash(stage.system, resting, "1", place) for _ in range(5)]
        assert said == [HTTPStatus.OK] * 3 + [HTTPStatus.LOCKED] * 2
        assert stage.system.counts("chat")["crashes"] == 4


@pytest.mark.parametrize("place", [{}, {"chat": "42"}, {"chat": 42, "topic": "x"}])
async def test_nonsense_names_nobody(place: dict[str, object]) -> None:
    async with house() as stage:
        assert await crash(stage.system, stage.store.resting, "1", place) == HTTPStatus.NOT_FOUND
