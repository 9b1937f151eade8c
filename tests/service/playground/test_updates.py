"""Long polling as Telegram does it: rising ids, confirmation by offset, one reader."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.service.playground.bot import Bot
from tests.service.playground.conftest import ADA, GROUP, Stand

pytestmark = pytest.mark.anyio


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(
    stand: Stand, bot: Bot
) -> None:
    for text in ("one", "two"):
        stand.says(text)

    first = await bot.call("getUpdates")
    again = await bot.call("getUpdates", offset=first[0]["update_id"])
    rest = await bot.call("getUpdates", offset=first[0]["update_id"] + 1)
    none = await bot.call("getUpdates", offset=first[1]["update_id"] + 1)

    assert [update["message"]["text"] for update in first] == ["one", "two"]
    assert first[1]["update_id"] == first[0]["update_id"] + 1
    assert (again, rest, none) == (first, first[1:], [])


async def test_a_poll_waits_for_the_first_word(stand: Stand, bot: Bot) -> None:
    poll = asyncio.create_task(bot.updates(wait=50))
    await stand.asked()
    stand.says("there you are")

    assert (await poll)[0]["message"]["text"] == "there you are"


async def test_a_second_poll_ends_the_first_one_with_409(stand: Stand, bot: Bot) -> None:
    first = asyncio.create_task(bot.answer("getUpdates", timeout=50))
    await stand.asked()
    second = asyncio.create_task(bot.updates(wait=50))

    status, body = await first
    stand.says("hi")

    assert status == 409
    assert body["description"].startswith("Conflict: terminated by other getUpdates request")
    assert (await second)[0]["message"]["text"] == "hi"


async def test_a_limit_and_a_negative_offset_are_kept_to(stand: Stand, bot: Bot) -> None:
    for number in range(5):
        stand.says(str(number))

    two = await bot.call("getUpdates", limit=2)
    last = await bot.call("getUpdates", offset=-1)

    assert [each["message"]["text"] for each in two] == ["0", "1"]
    assert [each["message"]["text"] for each in last] == ["4"]


async def test_an_answer_is_never_larger_than_four_megabytes(stand: Stand, bot: Bot) -> None:
    for _ in range(3):
        stand.api.world.updates.put_raw({"message": {"text": "x" * 2_000_000}})

    batch = await bot.call("getUpdates")

    assert len(batch) == 2
    assert len(json.dumps(batch)) < 4 << 20


async def test_only_the_kinds_asked_for_are_told(stand: Stand, bot: Bot) -> None:
    await bot.call("getUpdates", allowed_updates=["callback_query"])
    stand.says("unheard")
    await bot.call("getUpdates", allowed_updates=["message"])
    stand.says("heard")

    assert [each["message"]["text"] for each in await bot.call("getUpdates")] == ["heard"]


async def test_a_poison_update_is_handed_on_as_it_is(stand: Stand, bot: Bot) -> None:
    number = stand.api.world.updates.put_raw({"message": {"chat": "nonsense"}, "new": [1]})

    batch = await bot.call("getUpdates")

    assert batch == [{"update_id": number, "message": {"chat": "nonsense"}, "new": [1]}]


async def test_every_way_to_send_parameters_is_understood(stand: Stand, bot: Bot) -> None:
    marks = [{"type": "bold", "offset": 0, "length": 2}]

    plain = await bot.call("sendMessage", chat_id=ADA, text="hi", entities=marks)
    form = await bot.urlencoded(
        "sendMessage", chat_id=str(ADA), text="hi", entities=json.dumps(marks)
    )
    parts = await bot.form("sendMessage", {}, chat_id=ADA, text="hi", entities=marks)

    for sent in (form, parts):
        assert sent == plain | {"message_id": sent["message_id"]}


async def test_a_text_that_looks_like_json_stays_a_text(bot: Bot) -> None:
    sent = await bot.urlencoded("sendMessage", chat_id=str(ADA), text='{"a": [1]}')

    assert sent["text"] == '{"a": [1]}'


async def test_a_group_tells_the_bot_only_what_is_meant_for_it(stand: Stand, bot: Bot) -> None:
    for text in ("chatter", "/help", "/help@other_bot", "hey @Greenroom_Bot", "more chatter"):
        stand.says(text, chat=GROUP)
    sent = await bot.call("sendMessage", chat_id=GROUP, text="yes?")
    stand.says("a reply", chat=GROUP, reply_to=sent["message_id"])

    heard = [each["message"]["text"] for each in await bot.call("getUpdates")]

    assert heard == ["/help", "hey @Greenroom_Bot", "a reply"]


async def test_pending_updates_can_be_dropped(stand: Stand, bot: Bot) -> None:
    stand.says("old")
    waiting = await bot.call("getWebhookInfo")
    await bot.call("deleteWebhook", drop_pending_updates=True)

    assert waiting["pending_update_count"] == 1
    assert await bot.call("getUpdates") == []
