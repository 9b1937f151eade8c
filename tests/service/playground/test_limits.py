"""Flood limits, penalties, and the faults a test can order."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from service.playground.limits import Fault
from tests.service.playground.bot import Bot
from tests.service.playground.conftest import ADA, GROUP, LIN, Stand

pytestmark = pytest.mark.anyio


async def say(bot: Bot, chat: int = ADA) -> tuple[int, Any]:
    status, body = await bot.answer("sendMessage", chat_id=chat, text="hi")
    return status, body.get("parameters", {}).get("retry_after")


async def test_a_penalty_holds_for_its_chat_and_doubles_when_ignored(
    stand: Stand, bot: Bot
) -> None:
    stand.api.limits.faults.append(Fault(kind="429", chat=ADA, seconds=10))

    assert await say(bot) == (429, 10)
    assert await say(bot, LIN) == (200, None)
    stand.clock.now += 4
    assert await say(bot) == (429, 12)  # twice the six seconds that were left
    stand.clock.now += 12
    assert await say(bot) == (200, None)
    assert stand.api.limits.inside_penalty == 1
    assert [call["inside_penalty"] for call in stand.api.calls] == [False, False, True, False]


async def test_limits_are_enforced_only_when_they_are_on(stand: Stand, bot: Bot) -> None:
    assert {await say(bot) for _ in range(8)} == {(200, None)}

    stand.api.limits.on = True

    assert [(await say(bot))[0] for _ in range(6)] == [200] * 5 + [429]


async def test_a_group_takes_twenty_messages_a_minute(stand: Stand, bot: Bot) -> None:
    stand.api.limits.on = True
    answers = []
    for _ in range(21):
        answers.append((await say(bot, GROUP))[0])
        stand.clock.now += 1

    assert answers == [200] * 20 + [429]


async def test_typing_has_a_limit_and_buttons_have_none(stand: Stand, bot: Bot) -> None:
    stand.api.limits.on = True
    typing = {"chat_id": ADA, "action": "typing"}

    answers = [(await bot.answer("sendChatAction", **typing))[0] for _ in range(4)]

    assert answers == [200, 200, 200, 429]
    said = await bot.refused("answerCallbackQuery", callback_query_id="1")
    assert said.startswith("400")


async def test_a_server_error_does_nothing(stand: Stand, bot: Bot) -> None:
    stand.api.limits.faults.append(Fault(kind="5xx", code=503, times=2))

    answers = [(await say(bot))[0] for _ in range(3)]

    assert answers == [503, 503, 200]
    assert len(stand.api.world.chat(ADA).messages) == 1


@pytest.mark.parametrize(("kind", "written"), [("lost", 1), ("cut", 0)])
async def test_a_connection_breaks_after_or_before_the_deed(
    stand: Stand, bot: Bot, kind: str, written: int
) -> None:
    stand.api.limits.faults.append(Fault(kind=kind, method="sendMessage"))

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await say(bot)

    assert len(stand.api.world.chat(ADA).messages) == written
    assert stand.api.calls[-1]["dropped"]


async def test_a_slow_call_still_answers(stand: Stand, bot: Bot) -> None:
    stand.api.limits.faults.append(Fault(kind="slow", seconds=0.05))

    assert await say(bot) == (200, None)
    assert stand.api.calls[-1]["ms"] >= 50


async def test_every_call_is_recorded_with_its_time_and_outcome(stand: Stand, bot: Bot) -> None:
    await say(bot)
    stand.clock.now += 2
    await bot.refused("sendMessage", chat_id=ADA, text="")

    good, bad = stand.api.calls

    assert (good["method"], good["chat"], good["status"]) == ("sendMessage", ADA, 200)
    assert good["params"] == {"chat_id": ADA, "text": "hi"}
    assert bad["at"] - good["at"] == 2
    assert bad["description"] == "Bad Request: message text is empty"
    assert stand.api.token not in str(list(stand.api.calls))
