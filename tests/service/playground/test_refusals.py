"""Every mistake Telegram refuses is refused here, in its own words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.playground.bot import Bot
from tests.service.playground.conftest import ADA, FORUM, GROUP, Stand

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


def keys(**button: Any) -> Json:
    return {"inline_keyboard": [[{"text": "press", **button}]]}


def bold(offset: int, length: int) -> list[Json]:
    return [{"type": "bold", "offset": offset, "length": length}]


def rich(*blocks: Json) -> Json:
    return {"blocks": list(blocks)}


def paragraph(text: Any) -> Json:
    return {"type": "paragraph", "text": text}


def nested(depth: int) -> Json:
    block = paragraph("deep")
    for _ in range(depth - 1):
        block = {"type": "blockquote", "blocks": [block]}
    return block


SAY = {"chat_id": ADA, "text": "hi"}
WIDE = {"type": "table", "cells": [[{"text": "x", "align": "left", "valign": "top"}] * 21]}
REFUSED: list[tuple[str, Json, str]] = [
    ("sendMessage", SAY | {"colour": "red"}, "400 Bad Request: unknown parameter 'colour'"),
    ("sendMessage", {"chat_id": ADA}, "400 Bad Request: text: Field required"),
    ("sendMessage", SAY | {"link_preview_options": {"of": 1}}, "link_preview_options.of"),
    ("sendMessage", SAY | {"text": ""}, "400 Bad Request: message text is empty"),
    ("sendMessage", SAY | {"text": " \n "}, "400 Bad Request: message text is empty"),
    ("sendMessage", SAY | {"text": "x" * 4097}, "400 Bad Request: message is too long"),
    ("sendMessage", SAY | {"text": "😀" * 2049}, "400 Bad Request: message is too long"),
    ("sendMessage", SAY | {"chat_id": 5}, "400 Bad Request: chat not found"),
    ("sendMessage", SAY | {"entities": bold(0, 3)}, "ends after the end of the text"),
    ("sendMessage", SAY | {"entities": bold(-1, 1)}, "incorrect offset -1"),
    ("sendMessage", SAY | {"text": "a😀", "entities": bold(0, 2)}, "middle of a UTF-16 symbol"),
    ("sendMessage", SAY | {"text": "a😀", "entities": bold(2, 1)}, "middle of a UTF-16 symbol"),
    ("sendMessage", SAY | {"entities": bold(0, 1) * 101}, "400 Bad Request: ENTITIES_TOO_LONG"),
    ("sendMessage", SAY | {"parse_mode": "HTML"}, "reads entities, not parse_mode"),
    ("sendMessage", SAY | {"reply_markup": keys(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
    ("sendMessage", SAY | {"reply_markup": keys(callback_data="茶" * 22)}, "BUTTON_DATA_INVALID"),
    ("sendMessage", SAY | {"reply_markup": keys()}, "Text buttons are unallowed"),
    ("sendMessage", SAY | {"reply_parameters": {"message_id": 99}}, "to be replied not found"),
    ("sendMessage", SAY | {"message_thread_id": 7}, "message thread not found"),
    ("sendMessage", SAY | {"chat_id": FORUM, "message_thread_id": 77}, "thread not found"),
    ("sendMessageDraft", SAY | {"chat_id": GROUP, "draft_id": 1}, "TEXTDRAFT_PEER_INVALID"),
    ("sendMessageDraft", SAY | {"draft_id": 0}, "draft identifier must be non-zero"),
    ("sendMessageDraft", SAY | {"draft_id": 1, "text": "x" * 4097}, "message is too long"),
    ("editMessageText", SAY | {"message_id": 99}, "400 Bad Request: message to edit not found"),
    ("deleteMessage", {"chat_id": ADA, "message_id": 99}, "message to delete not found"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, "400 Bad Request: query is too old"),
    ("getFile", {"file_id": "no"}, "wrong file_id"),
    ("sendPhoto", {"chat_id": ADA, "photo": "attach://none"}, "can't find the attached file"),
    ("sendPhoto", {"chat_id": ADA, "photo": "https://x.y/z.jpg"}, "failed to get HTTP URL"),
    ("sendMediaGroup", {"chat_id": ADA, "media": [{"type": "photo", "media": "x"}]}, "2-10 files"),
    ("sendChatAction", {"chat_id": ADA, "action": "dance"}, "wrong parameter action"),
    ("sendRichMessage", {"chat_id": ADA, "rich_message": rich()}, "rich message is empty"),
    ("sendRichMessage", {"chat_id": ADA, "rich_message": {"markdown": "# x"}}, "reads blocks"),
    ("sendRichMessage", {"chat_id": ADA, "rich_message": rich(nested(17))}, "nested too deeply"),
    ("sendRichMessage", {"chat_id": ADA, "rich_message": rich(WIDE)}, "too many columns"),
    (
        "sendRichMessage",
        {"chat_id": ADA, "rich_message": rich(paragraph("x" * 32_769))},
        "too long",
    ),
    (
        "sendRichMessage",
        {"chat_id": ADA, "rich_message": rich(*[paragraph("x")] * 501)},
        "too many blocks",
    ),
    (
        "sendRichMessage",
        {"chat_id": ADA, "rich_message": rich({"type": "thinking", "text": "hm"})},
        "RICH_VALIDATE_CTOR_NOT_ALLOWED",
    ),
    (
        "sendRichMessage",
        {"chat_id": ADA, "rich_message": rich(paragraph({"type": "bot_command", "text": "/x"}))},
        "400 Bad Request",
    ),
    ("sendRichMessage", {"chat_id": ADA, "rich_message": rich({"type": "sonnet"})}, "400 Bad"),
    ("sendPoll", {"chat_id": ADA, "question": "?", "options": []}, "501 Not Implemented"),
    ("makeCoffee", {}, "404 Not Found: method not found"),
]


@pytest.mark.parametrize(
    ("method", "params", "words"), REFUSED, ids=[f"{m}: {w}" for m, _, w in REFUSED]
)
async def test_a_mistake_is_refused(
    stand: Stand, bot: Bot, method: str, params: Json, words: str
) -> None:
    assert words in await bot.refused(method, **params)
    assert stand.api.world.chat(ADA).messages == {}


async def test_the_longest_text_and_the_last_character_are_fine(bot: Bot) -> None:
    sent = await bot.call(
        "sendMessage", chat_id=ADA, text="x" * 4094 + "😀", entities=bold(4094, 2)
    )

    assert len(sent["text"]) == 4095
    assert sent["entities"] == bold(4094, 2)


async def test_blank_ends_are_cut_and_entities_move_along(bot: Bot) -> None:
    sent = await bot.call("sendMessage", chat_id=ADA, text="\n hey \n", entities=bold(2, 5))

    assert (sent["text"], sent["entities"]) == ("hey", bold(0, 3))


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot) -> None:
    again = keys(callback_data="again")
    sent = await bot.call("sendMessage", chat_id=ADA, text="hey", reply_markup=again)
    here = {"chat_id": ADA, "message_id": sent["message_id"]}

    same = await bot.refused("editMessageText", **here, text="hey ", reply_markup=again)
    edited = await bot.call("editMessageText", **here, text="hey")
    bare = await bot.refused("editMessageReplyMarkup", **here)

    assert "message is not modified: specified new message content" in same
    assert "reply_markup" not in edited
    assert "message is not modified" in bare


async def test_somebody_elses_message_cannot_be_edited(stand: Stand, bot: Bot) -> None:
    number = stand.says("mine")

    said = await bot.refused("editMessageText", chat_id=ADA, message_id=number, text="yours")

    assert said == "400 Bad Request: message can't be edited"


async def test_words_become_rich_in_place(bot: Bot) -> None:
    sent = await bot.call("sendMessage", chat_id=ADA, text="plain")
    here = {"chat_id": ADA, "message_id": sent["message_id"]}

    edited = await bot.call("editMessageText", **here, rich_message=rich(paragraph("rich")))

    assert edited["rich_message"]["blocks"] == [paragraph("rich")]
    assert "text" not in edited


async def test_a_caption_has_a_limit_of_its_own(stand: Stand, bot: Bot) -> None:
    about = stand.api.world.files.keep(_upload(b"x"), "documents", file_name="a.txt")
    send = {"chat_id": ADA, "document": about["file_id"]}

    await bot.call("sendDocument", **send, caption="x" * 1024)
    said = await bot.refused("sendDocument", **send, caption="x" * 1025)

    assert said == "400 Bad Request: message caption is too long"


async def test_a_file_over_twenty_megabytes_cannot_be_fetched(stand: Stand, bot: Bot) -> None:
    files = stand.api.world.files
    largest = files.keep(_upload(bytes(20 << 20)), "documents")
    larger = files.keep(_upload(bytes((20 << 20) + 1)), "documents")

    fine = await bot.call("getFile", file_id=largest["file_id"])
    said = await bot.refused("getFile", file_id=larger["file_id"])

    assert fine["file_size"] == 20 << 20
    assert said == "400 Bad Request: file is too big"


async def test_a_wrong_token_is_unauthorized(stand: Stand) -> None:
    async with Bot(stand.address, "1000:wrong") as stranger:
        assert await stranger.refused("getMe") == "401 Unauthorized"


async def test_a_blocked_bot_may_not_write(stand: Stand, bot: Bot) -> None:
    stand.api.world.person(ADA).has_blocked = True

    assert await bot.refused("sendMessage", **SAY) == "403 Forbidden: bot was blocked by the user"


async def test_a_bot_that_left_may_not_write(bot: Bot) -> None:
    await bot.call("leaveChat", chat_id=GROUP)

    said = await bot.refused("sendMessage", chat_id=GROUP, text="still here?")

    assert said == "403 Forbidden: bot was kicked from the group chat"


async def test_broken_json_is_refused_however_it_comes(bot: Bot) -> None:
    status, body = await bot.answer("sendMessage", chat_id=ADA, text="x", entities="[{")

    assert (status, body["description"]) == (
        400,
        "Bad Request: can't parse entities: expected a JSON object",
    )


def _upload(data: bytes) -> Any:
    from service.playground.files import Upload

    return Upload(name="file.bin", type="application/octet-stream", data=data)
