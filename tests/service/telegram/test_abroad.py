"""Questions from chats that are not ours: what they mean, and what we put there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from actors.ports import RefusedError
from fsm.content import Media, MediaKind
from fsm.effects import Button, Wish
from fsm.events import Asked, Retried, Stopped
from fsm.outbox import Answer, Part
from service.channels.telegram.addresses import foreign
from service.channels.telegram.channel import Telegram
from service.channels.telegram.marks import callback_data
from service.channels.telegram.reader import Me, TelegramReader, key_of
from service.playground import abroad, people
from service.playground.seed import seed
from service.playground.server import BotApi, serving
from service.texts import Texts
from tests.service.telegram.conftest import TOKEN, Memory, introduced

ADA = {"id": 42, "is_bot": False, "first_name": "Ada", "language_code": "zh-hans"}
ME = Me(id=7, username="Greenroom_Bot")
CLUB = {"id": -100, "type": "supergroup", "title": "Club"}
CHOSEN: Any = {
    "update_id": 1,
    "chosen_inline_result": {
        "result_id": "ask",
        "from": ADA,
        "query": " what is red? ",
        "inline_message_id": "AgAAAx_y-Z",
    },
}


def called(text: str, **more: Any) -> Any:
    message = {"message_id": 9, "date": 1, "chat": CLUB, "from": ADA, "text": text, **more}
    at = text.lower().find("@greenroom_bot")
    if at >= 0:
        message["entities"] = [{"type": "mention", "offset": at, "length": 14}]
    return {"update_id": 2, "guest_message": {"guest_query_id": "123456", **message}}


def pressed(button: Button, chat: int = 0) -> Any:
    query = {"id": "5", "from": ADA, "inline_message_id": "AgAAAx_y-Z", "chat_instance": "1"}
    return {"update_id": 3, "callback_query": query | {"data": callback_data(button, chat)}}


def test_what_was_chosen_is_a_question_and_its_message_waits_for_the_answer() -> None:
    routed = TelegramReader(ME).read("7", CHOSEN)

    assert routed is not None
    assert isinstance(routed.event, Asked)
    prompt = routed.event.prompt
    assert (prompt.text, prompt.place, prompt.instruction) == (
        "what is red?", "AgAAAx_y-Z", "brief",
    )  # fmt: skip
    assert (prompt.person, prompt.language, routed.person) == (
        "telegram.42", "zh-CN", "telegram.42",
    )  # fmt: skip
    assert routed.address.foreign
    assert key_of("7", CHOSEN) == f"chat/{routed.address.key}"


def test_without_a_name_for_the_message_nothing_can_be_said_in_it() -> None:
    chosen = {"result_id": "ask", "from": ADA, "query": "what is red?"}
    update = {"update_id": 1, "chosen_inline_result": chosen}

    assert TelegramReader(ME).read("7", update) is None
    assert key_of("7", update) == ""


def test_a_call_into_another_chat_is_a_question_with_what_it_points_at() -> None:
    rumour = {"message_id": 3, "date": 0, "chat": CLUB, "from": ADA, "text": "the moon is red"}
    update = called("is that so, @Greenroom_Bot?", reply_to_message=rumour)
    routed = TelegramReader(ME).read("7", update)

    assert routed is not None
    prompt = routed.event.prompt
    assert (prompt.text, prompt.quote, prompt.ticket) == (
        "is that so, ?",
        "the moon is red",
        "123456",
    )
    assert (prompt.message, prompt.author) == (0, ""), "it is answered where it was asked anyway"
    assert key_of("7", update) == f"chat/{routed.address.key}"


def test_every_call_is_a_chat_of_its_own() -> None:
    other = called("@Greenroom_Bot hi")
    other["guest_message"]["guest_query_id"] = "123457"

    assert key_of("7", called("@Greenroom_Bot hi")) != key_of("7", other)


def test_strangers_are_not_answered_and_our_own_offers_are_no_questions() -> None:
    reader = TelegramReader(ME, allowed=frozenset({1}))
    sent = called("hello", via_bot={"id": 7, "is_bot": True, "first_name": "G"})
    private = {"message_id": 9, "chat": {"id": 42, "type": "private"}, "from": ADA, "text": "x"}

    assert reader.read("7", CHOSEN) is None
    assert reader.read("7", called("@Greenroom_Bot hi")) is None
    assert reader.read("7", pressed(Button(wish=Wish.STOP, about=1))) is None
    assert TelegramReader(ME).read("7", sent) is None
    at_home = {"update_id": 4, "message": private | {"via_bot": {"id": 7}}}
    assert TelegramReader(ME).read("7", at_home) is None


@pytest.mark.parametrize("chat", [0, foreign("7", "123456").chat])
def test_a_button_finds_its_answer_by_the_message_or_by_what_it_says(chat: int) -> None:
    stop = pressed(Button(wish=Wish.STOP, about=1), chat)
    routed = TelegramReader(ME).read("7", stop)

    assert routed is not None
    assert (routed.event, routed.callback) == (Stopped(turn=1, language="zh-CN"), "5")
    assert routed.address == foreign("7", "AgAAAx_y-Z" if not chat else "123456")
    assert key_of("7", stop) == f"chat/{routed.address.key}"
    assert TelegramReader(ME).unclaimed_press(stop) == ("", "")
    again = TelegramReader(ME).read("7", pressed(Button(wish=Wish.RETRY, about=1), chat))
    assert again is not None
    assert again.event == Retried(turn=1, language="zh-CN")


# -- what we put there ------------------------------------------------------------------------


class Away:
    """A bot that is of use elsewhere, and two people in a chat that it is not in."""

    def __init__(self, api: BotApi, telegram: Telegram) -> None:
        self.api = api
        self.telegram = telegram
        self.world = api.world
        self.club = self.world.add_chat("Club", [1001, 1002], type="supergroup", has_bot=False)
        self.store = Memory()

    def place(self) -> people.Place:
        return people.place(self.world, 1001, self.club.id)

    async def offered(self, text: str) -> dict[str, Any]:
        """Type *text*, and return what the bot offers for it."""
        query = abroad.ask(self.world, self.world.person(1001), text, self.club)
        asked = {"id": query, "from": self.world.person(1001).as_user(), "query": text}
        await self.telegram._offers._offer(asked)
        assert self.world.abroad.queries[query].results is not None
        (call,) = [c for c in self.api.calls if c.get("params", {}).get("inline_query_id") == query]
        return dict(call["params"])


@pytest.fixture
async def away() -> AsyncIterator[Away]:
    async with AsyncExitStack() as stack:
        api = BotApi(TOKEN)
        seed(api.world)
        base = await stack.enter_async_context(serving(api))
        telegram = Telegram(TOKEN, base, voice=Texts(), allowed=frozenset({1001}), abroad=True)
        await stack.enter_async_context(introduced(telegram))
        yield Away(api, telegram)


@pytest.mark.anyio
async def test_a_question_is_offered_with_a_stop_and_nothing_typed_gets_a_hint(away: Away) -> None:
    (offer,) = (await away.offered("what is *red*?"))["results"]

    content = offer["input_message_content"]
    assert content["message_text"] == "what is *red*?\n\n…"
    assert {entity["type"] for entity in content["entities"]} == {"blockquote", "bold"}
    assert offer["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "g:stop:1"
    hint = await away.offered("")
    assert hint["results"] == []
    assert hint["button"]["start_parameter"] == "inline"


@pytest.mark.anyio
async def test_whoever_may_not_use_the_bot_is_offered_nothing(away: Away) -> None:
    lin = away.world.person(1002)
    query = abroad.ask(away.world, lin, "what is red?", away.club)

    await away.telegram._offers._offer(
        {"id": query, "from": lin.as_user(), "query": "what is red?"}
    )

    assert away.world.abroad.queries[query].results == {}


@pytest.mark.anyio
async def test_a_ticket_is_good_for_one_message_which_the_answer_completes(away: Away) -> None:
    asked = people.say(away.world, away.place(), "@greenroom_bot what is red?")
    ticket = next(iter(away.world.abroad.calls))
    address = foreign("1000", ticket)
    bubble = Answer(id=1, parts=(Part(body=b""),), turn=1, bubble=True, ticket=ticket)

    name = await away.telegram.deliver(address, bubble, 0, mark="")

    assert isinstance(name, str)
    await away.telegram.preview(
        address, turn=1, attempt=1, text="A colour", bubble=name, plain=False
    )
    shown = list(away.club.messages.values())[-1]
    assert shown["text"] == "A colour"
    data = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert data == f"g:stop:1:{address.chat}", "its name is another one than that of the call"
    drawn = Media(kind=MediaKind.PICTURE, ref="made:1")  # which cannot be shown in such a place
    bodies = away.telegram.paginate("A **colour**.", plain=False)
    parts = tuple(Part(body=body, media=drawn) for body in bodies)
    final = Answer(id=2, parts=parts, turn=1, edit=name)
    assert await away.telegram.deliver(address, final, 0, mark="") == name
    shown = list(away.club.messages.values())[-1]
    assert (shown["text"], shown.get("reply_markup")) == ("A colour.", None)
    assert shown["reply_to_message"]["message_id"] == asked["message_id"]

    with pytest.raises(RefusedError):
        await away.telegram.deliver(address, bubble, 0, mark="")


@pytest.mark.anyio
async def test_where_we_have_no_message_nothing_is_sent_to_nowhere(away: Away) -> None:
    calls = len(away.api.calls)
    lost = Answer(id=1, parts=(Part(body=away.telegram.paginate("hi", plain=True)[0]),), turn=1)

    with pytest.raises(RefusedError):
        await away.telegram.deliver(foreign("1000", "gone"), lost, 0, mark="")

    assert len(away.api.calls) == calls
