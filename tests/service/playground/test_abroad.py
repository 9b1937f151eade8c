"""In chats that it is not in, the stand-in lets a bot do what Telegram would, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from service.playground import abroad
from service.playground.people import place, press, say
from service.playground.world import Chat
from tests.service.playground.bot import ALL, Bot
from tests.service.playground.conftest import ADA, GROUP, LIN, Stand

pytestmark = pytest.mark.anyio

Json = dict[str, Any]
KINDS = [*ALL, "inline_query", "chosen_inline_result", "guest_message"]
KEYS = {"inline_keyboard": [[{"text": "Stop", "callback_data": "stop"}]]}


def article(text: str = "hi", **more: Any) -> Json:
    content = {"message_text": text}
    return {"type": "article", "id": "a", "title": "t", "input_message_content": content, **more}


@pytest.fixture
def club(stand: Stand) -> Chat:
    return stand.api.world.add_chat("Club", [ADA, LIN], type="supergroup", has_bot=False)


def asks(stand: Stand, club: Chat, text: str = "what?") -> str:
    return abroad.ask(stand.api.world, stand.api.world.person(ADA), text, club)


async def test_what_is_chosen_is_sent_and_can_be_edited_by_its_name(
    stand: Stand, bot: Bot, club: Chat
) -> None:
    world = stand.api.world
    await bot.updates(0, allowed_updates=KINDS)
    query = asks(stand, club)
    (update,) = await bot.updates(allowed_updates=KINDS)
    assert update["inline_query"]["id"] == query
    await bot.call("answerInlineQuery", inline_query_id=query, results=[article(reply_markup=KEYS)])
    sent = abroad.choose(world, world.person(ADA), club, query, "a")
    assert (sent["from"]["id"], sent["via_bot"]["is_bot"]) == (ADA, True)

    (update,) = await bot.updates(allowed_updates=KINDS)
    name = update["chosen_inline_result"]["inline_message_id"]
    press(world, place(world, LIN, club.id), sent["message_id"], "stop")
    (update,) = await bot.updates(allowed_updates=KINDS)
    assert update["callback_query"]["inline_message_id"] == name
    assert "message" not in update["callback_query"]

    assert await bot.call("editMessageText", inline_message_id=name, text="done") is True
    assert club.messages[sent["message_id"]]["text"] == "done"
    refused = await bot.refused("editMessageText", inline_message_id=name, text="done")
    assert "message is not modified" in refused
    refused = await bot.refused("editMessageText", inline_message_id="other", text="x")
    assert "MESSAGE_ID_INVALID" in refused


async def test_without_a_keyboard_the_bot_is_not_told_what_the_message_is_called(
    stand: Stand, bot: Bot, club: Chat
) -> None:
    await bot.updates(0, allowed_updates=KINDS)
    query = asks(stand, club)
    await bot.updates(allowed_updates=KINDS)
    await bot.call("answerInlineQuery", inline_query_id=query, results=[article()])
    abroad.choose(stand.api.world, stand.api.world.person(ADA), club, query, "a")

    (update,) = await bot.updates(allowed_updates=KINDS)
    assert "inline_message_id" not in update["chosen_inline_result"]


async def test_a_guest_may_say_one_thing(stand: Stand, bot: Bot, club: Chat) -> None:
    world = stand.api.world
    await bot.updates(0, allowed_updates=KINDS)
    say(world, place(world, ADA, club.id), "nothing for a bot")
    say(world, place(world, ADA, club.id), "@greenroom_bot what?")
    (update,) = await bot.updates(allowed_updates=KINDS)
    query = update["guest_message"]["guest_query_id"]

    said = await bot.call("answerGuestQuery", guest_query_id=query, result=article("Hm."))

    answer = list(club.messages.values())[-1]
    assert (answer["text"], answer["guest_bot_caller_user"]["id"]) == ("Hm.", ADA)
    await bot.call("editMessageText", inline_message_id=said["inline_message_id"], text="Well.")
    refused = await bot.refused("answerGuestQuery", guest_query_id=query, result=article())
    assert "query ID is invalid" in refused
    assert "bot was kicked" in await bot.refused("sendMessage", chat_id=club.id, text="more")


async def test_a_bot_that_is_there_is_no_guest(stand: Stand, bot: Bot) -> None:
    await bot.updates(0, allowed_updates=KINDS)
    stand.says("@greenroom_bot what?", chat=GROUP)

    (update,) = await bot.updates(allowed_updates=KINDS)
    assert "message" in update


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
        ({"results": [article(id="x" * 65)]}, "RESULT_ID_INVALID"),
        ({"results": [article(title=" ")]}, "ARTICLE_TITLE_EMPTY"),
        ({"results": [article("")]}, "message text is empty"),
        ({"results": [article("x" * 4097)]}, "message is too long"),
        ({"results": [article(id=str(n)) for n in range(51)]}, "RESULTS_TOO_MUCH"),
        ({"results": [], "button": {"text": "x", "start_parameter": "a b"}}, "BUTTON_INVALID"),
        ({"results": [], "button": {"text": "x"}}, "BUTTON_INVALID"),
        ({"results": [{"type": "contact"}]}, "400 Bad Request"),
        ({"results": [], "colour": "red"}, "unknown parameter 'colour'"),
    ],
)
async def test_an_offer_that_telegram_would_not_take_is_refused(
    stand: Stand, bot: Bot, club: Chat, answer: Json, words: str
) -> None:
    query = asks(stand, club)

    assert words in await bot.refused("answerInlineQuery", inline_query_id=query, **answer)


async def test_an_offer_must_come_in_time_and_once(stand: Stand, bot: Bot, club: Chat) -> None:
    late, query = asks(stand, club), ""
    stand.clock.now += abroad.OFFER_LIVES + 1
    query = asks(stand, club)

    for lost in (late, "0"):
        refused = await bot.refused("answerInlineQuery", inline_query_id=lost, results=[])
        assert "query is too old" in refused
    await bot.call("answerInlineQuery", inline_query_id=query, results=[])
    refused = await bot.refused("answerInlineQuery", inline_query_id=query, results=[])
    assert "query is too old" in refused
