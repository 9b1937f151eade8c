"""What people do reaches the bot as Telegram would tell it, and aiogram can read all of it."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import pytest
from aiogram.types import Message, Update
from PIL import Image

from service.playground import people
from service.playground.files import Upload
from service.playground.people import place
from service.playground.refusals import Refusal
from service.playground.speech import detected, open_topic
from tests.service.playground.bot import Bot
from tests.service.playground.conftest import ADA, FORUM, GROUP, LIN, Stand

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


def picture(colour: str = "teal", size: tuple[int, int] = (60, 40), kind: str = "PNG") -> Upload:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return Upload(name=f"{colour}.png", type="image/png", data=out.getvalue())


def at(stand: Stand, person: int = ADA, chat: int | None = None, **where: Any) -> people.Place:
    return place(stand.api.world, person, chat, **where)


async def test_aiogram_reads_every_update_and_every_answer(stand: Stand, bot: Bot) -> None:
    world = stand.api.world
    await bot.updates(wait=0)
    button = {"inline_keyboard": [[{"text": "b", "callback_data": "b"}]]}
    sent = await bot.call("sendMessage", chat_id=ADA, text="choose", reply_markup=button)
    number = stand.says("/start https://example.org and @somebody")
    topic = next(iter(world.chat(FORUM).topics))
    stand.says("@greenroom_bot in a topic", chat=FORUM, topic=topic)
    people.send_files(world, at(stand), "photo", [picture(), picture("red")], "two of them")
    for kind in ("document", "voice", "audio", "video", "sticker"):
        people.send_files(world, at(stand), kind, [Upload(name="a.b", type="x/y", data=b"data")])
    people.edit(world, at(stand), number, "/start anew")
    people.press(world, at(stand), sent["message_id"], "b")
    people.react(world, at(stand), number, "👍")
    await bot.call("sendMessageDraft", chat_id=ADA, draft_id=5, text="so", can_stop=True)
    people.stop(world, at(stand))
    people.block(world, LIN, blocked=True)

    batch = await bot.updates(wait=0)

    assert len(batch) == 14
    assert {kind for update in batch for kind in update} == {
        "update_id", "message", "edited_message", "callback_query", "message_reaction",
        "stopped_message_generation", "my_chat_member",
    }  # fmt: skip
    for update in batch:
        assert Update.model_validate(update).update_id == update["update_id"]
    for message in world.chat(ADA).messages.values():
        assert Message.model_validate(message).message_id == message["message_id"]


def test_an_album_has_at_most_ten_items(stand: Stand) -> None:
    send = partial(people.send_files, stand.api.world, at(stand), "photo")
    (first, *_) = send([picture()] * 10)

    with pytest.raises(Refusal, match="an album has at most 10"):
        send([picture()], album=first["media_group_id"])
    with pytest.raises(Refusal, match="an album has at most 10"):
        send([picture()] * 11)
    send([picture()])


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("/b and (/c) or /voice on", ["/b", "/c", "/voice"]),
        ("<b>bold</b>, </i, /u>, a/b, http://x/y, //z", []),
    ],
)
def test_commands_are_found_where_telegram_finds_them(text: str, commands: list[str]) -> None:
    found = [each for each in detected(text, []) if each["type"] == "bot_command"]
    assert [text[each["offset"] :][: each["length"]] for each in found] == commands


async def test_an_album_is_one_thing_in_several_messages(stand: Stand, bot: Bot) -> None:
    three = [picture(colour) for colour in ("teal", "red", "gold")]

    people.send_files(stand.api.world, at(stand), "photo", three, "what are these?")

    messages = [update["message"] for update in await bot.updates(wait=0)]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["what are these?", None, None]


async def test_a_photo_comes_in_sizes_that_can_be_downloaded(stand: Stand, bot: Bot) -> None:
    people.send_files(stand.api.world, at(stand), "photo", [picture(size=(3000, 1500))])

    small, large = (await bot.updates(wait=0))[0]["message"]["photo"]
    file = await bot.call("getFile", file_id=large["file_id"])
    data = await bot.download(file["file_path"])

    assert (small["width"], large["width"], large["height"]) == (320, 1280, 640)
    assert len(data) == large["file_size"]
    assert Image.open(io.BytesIO(data)).size == (1280, 640)


async def test_a_small_jpeg_is_kept_byte_for_byte(stand: Stand, bot: Bot) -> None:
    jpeg = picture(kind="JPEG")
    people.send_files(stand.api.world, at(stand), "photo", [jpeg])

    sizes = (await bot.updates(wait=0))[0]["message"]["photo"]
    file = await bot.call("getFile", file_id=sizes[-1]["file_id"])

    assert await bot.download(file["file_path"]) == jpeg.data


async def test_what_is_no_picture_is_no_photo(stand: Stand) -> None:
    junk = Upload(name="x.png", type="image/png", data=b"junk")

    with pytest.raises(Refusal, match="IMAGE_PROCESS_FAILED"):
        people.send_files(stand.api.world, at(stand), "photo", [junk])


async def test_a_message_in_a_topic_answers_what_opened_it(stand: Stand, bot: Bot) -> None:
    world = stand.api.world
    topic = open_topic(world, world.chat(FORUM), "News", world.person(ADA).as_user())

    stand.says("/help", chat=FORUM, topic=topic)

    message = (await bot.updates(wait=0))[0]["message"]
    assert (message["message_thread_id"], message["is_topic_message"]) == (topic, True)
    assert message["reply_to_message"]["forum_topic_created"]["name"] == "News"


async def test_a_quote_says_where_it_stands(stand: Stand, bot: Bot) -> None:
    sent = await bot.call("sendMessage", chat_id=ADA, text="one two three")
    where = at(stand, reply_to=sent["message_id"], quote="two")

    people.say(stand.api.world, where, "this one?")

    message = (await bot.updates(wait=0))[0]["message"]
    assert message["quote"] == {"text": "two", "position": 4, "is_manual": True}
    assert message["reply_to_message"]["text"] == "one two three"


async def test_a_pressed_button_can_be_answered_for_a_while(stand: Stand, bot: Bot) -> None:
    button = {"inline_keyboard": [[{"text": "b", "callback_data": "deed"}]]}
    sent = await bot.call("sendMessage", chat_id=ADA, text="choose", reply_markup=button)
    people.press(stand.api.world, at(stand), sent["message_id"], "deed")
    query = (await bot.updates(wait=0))[0]["callback_query"]

    soon = await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="done")
    stand.clock.now += 31
    late = await bot.refused("answerCallbackQuery", callback_query_id=query["id"])

    assert (query["data"], query["from"]["id"], soon) == ("deed", ADA, True)
    assert late.startswith("400 Bad Request: query is too old")


async def test_only_buttons_that_are_there_can_be_pressed(stand: Stand, bot: Bot) -> None:
    sent = await bot.call("sendMessage", chat_id=ADA, text="nothing to press")

    with pytest.raises(Refusal, match="no such button"):
        people.press(stand.api.world, at(stand), sent["message_id"], "deed")


async def test_a_button_inside_a_rich_message_can_be_pressed(stand: Stand, bot: Bot) -> None:
    row = {"type": "buttons", "buttons": [{"text": "More", "callback_data": "more"}]}
    sent = await bot.call("sendRichMessage", chat_id=ADA, rich_message={"blocks": [row]})

    people.press(stand.api.world, at(stand), sent["message_id"], "more")

    assert (await bot.updates(wait=0))[0]["callback_query"]["data"] == "more"


async def test_nobody_speaks_where_they_are_not(stand: Stand) -> None:
    stranger = stand.api.world.add_person("Zoe")

    with pytest.raises(Refusal, match="Zoe is not in this chat"):
        at(stand, stranger.id, GROUP)


async def test_the_bot_sends_every_kind_of_file(stand: Stand, bot: Bot) -> None:
    jpeg = picture(kind="JPEG").data

    photo = await bot.form("sendPhoto", {"photo": jpeg}, chat_id=ADA, caption="look")
    voice = await bot.form("sendVoice", {"voice": b"ogg"}, chat_id=ADA, duration=3)
    paper = await bot.form("sendDocument", {"document": b"text"}, chat_id=ADA)
    again = await bot.call("sendDocument", chat_id=ADA, document=paper["document"]["file_id"])
    album = await bot.form(
        "sendMediaGroup",
        {"one": jpeg, "two": jpeg},
        chat_id=ADA,
        media=[
            {"type": "photo", "media": "attach://one", "caption": "a pair"},
            {"type": "photo", "media": "attach://two"},
        ],
    )

    assert photo["caption"] == "look"
    assert voice["voice"]["duration"] == 3
    assert again["document"] == paper["document"]
    assert len({message["media_group_id"] for message in album}) == 1
    for message in (photo, voice, paper, again, *album):
        assert Message.model_validate(message).chat.id == ADA


async def test_the_bot_says_who_it_is_by_language(bot: Bot) -> None:
    menu = [{"command": "help", "description": "帮助"}]
    await bot.call("setMyCommands", commands=menu, language_code="zh")
    await bot.call("setMyName", name="Greta")
    await bot.call("setMyDescription", description="Ask me.")

    assert await bot.call("getMyCommands", language_code="zh") == menu
    assert await bot.call("getMyCommands") == []
    assert (await bot.call("getMe"))["first_name"] == "Greta"
    assert await bot.call("getMyDescription", language_code="zh") == {"description": "Ask me."}


async def test_members_are_who_they_are(bot: Bot) -> None:
    owner = await bot.call("getChatMember", chat_id=GROUP, user_id=ADA)
    other = await bot.call("getChatMember", chat_id=GROUP, user_id=LIN)

    assert (owner["status"], other["status"]) == ("creator", "member")
    assert (await bot.call("getChat", chat_id=FORUM))["is_forum"] is True


async def test_a_key_that_asks_for_a_location_is_shown_and_used_in_private_chats_only(
    stand: Stand, bot: Bot
) -> None:
    key = {"text": "Here", "request_location": True}
    markup = {"keyboard": [[key]], "resize_keyboard": True}

    sent = await bot.call("sendMessage", chat_id=ADA, text="Where?", reply_markup=markup)
    assert stand.api.world.chat(ADA).messages[sent["message_id"]]["reply_markup"] == markup
    shared = people.share(stand.api.world, at(stand), "location")
    assert Message.model_validate(shared).location is not None
    contact = people.share(stand.api.world, at(stand), "contact")
    assert Message.model_validate(contact).contact is not None

    with pytest.raises(AssertionError, match="location can be requested in private chats only"):
        await bot.call("sendMessage", chat_id=GROUP, text="Where?", reply_markup=markup)
