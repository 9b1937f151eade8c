"""Final messages against a stand-in that refuses what Telegram refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actors.ports import (
    Address,
    DoubtError,
    GoneError,
    MovedError,
    NotSentError,
    PenaltyError,
    RefusedError,
)
from fsm.effects import Button, Wish
from fsm.flow.screen import PUT_AWAY
from fsm.outbox import Answer, Part
from service.channels.telegram.channel import Telegram
from service.channels.telegram.text.markdown import Parsed, parsed
from service.playground import people
from service.texts import Texts
from tests.service.telegram.conftest import ADA, TOKEN, TRIP, Stage, answer

pytestmark = pytest.mark.anyio

TABLE = "# Title\n\n| a | b |\n|---|---|\n| **1** | `2` |\n\nand *more*"
FORMATTED = "Hello **world** 😀, see [here](https://example.org)"


async def delivered(stage: Stage, to: Address, text: str, mark: str = "", **more: Any) -> list[int]:
    whole = answer(stage.telegram, text, **more)
    return [
        await stage.telegram.deliver(to, whole, at, mark=mark) for at in range(len(whole.parts))
    ]


async def test_a_formatted_answer_arrives_with_entities_and_without_link_preview(
    stage: Stage,
) -> None:
    question = stage.say("Hi")

    (number,) = await delivered(stage, ADA, FORMATTED, reply_to=question["message_id"])

    (message,) = stage.shown(ADA)
    assert message["message_id"] == number
    assert message["text"] == "Hello world 😀, see here"
    assert [entity["type"] for entity in message["entities"]] == ["bold", "text_link"]
    assert message["reply_to_message"]["message_id"] == question["message_id"]
    (call,) = stage.calls("sendMessage")
    assert call["params"]["link_preview_options"] == {"is_disabled": True}


async def test_a_key_for_a_location_stands_beside_the_text_field_of_a_private_chat_only(
    stage: Stage,
) -> None:
    await delivered(stage, ADA, "Where?", request="location")
    await delivered(stage, ADA, "Thanks.", request=PUT_AWAY)
    await delivered(stage, TRIP, "Where?", request="location")

    shown, gone = (message["reply_markup"] for message in stage.shown(ADA))
    assert shown["keyboard"] == [[{"text": "📍 Send my location", "request_location": True}]]
    assert gone == {"remove_keyboard": True}
    assert "reply_markup" not in stage.shown(TRIP)[-1]


async def test_a_table_arrives_as_a_rich_message(stage: Stage) -> None:
    await delivered(stage, ADA, TABLE)

    (message,) = stage.shown(ADA)
    kinds = [block["type"] for block in message["rich_message"]["blocks"]]
    assert kinds == ["heading", "table", "paragraph"]


async def test_the_answer_to_a_deleted_question_arrives_all_the_same(stage: Stage) -> None:
    await delivered(stage, ADA, "Hello", reply_to=987654)

    assert [message["text"] for message in stage.shown(ADA)] == ["Hello"]


async def test_buttons_stand_under_the_last_part_in_the_persons_language(stage: Stage) -> None:
    buttons = (Button(wish=Wish.CONTINUE, about=4), Button(wish=Wish.RETRY, about=4))

    await delivered(stage, ADA, "word " * 2000, plain=True, buttons=buttons, language="zh-CN")

    shown = stage.shown(ADA)
    assert len(shown) == 3
    assert ["reply_markup" in message for message in shown] == [False, False, True]
    row = shown[-1]["reply_markup"]["inline_keyboard"][0]
    assert [(button["text"], button["callback_data"]) for button in row] == [
        ("继续", "g:continue:4"),
        ("再试一次", "g:retry:4"),
    ]


async def test_a_bubble_is_dots_with_a_stop_and_the_answer_completes_it(stage: Stage) -> None:
    bubble = await stage.telegram.deliver(
        TRIP, answer(stage.telegram, "", bubble=True, turn=5), 0, mark=""
    )
    (shown,) = stage.shown(TRIP)
    stop = shown["reply_markup"]["inline_keyboard"][0][0]
    assert (shown["text"], stop["callback_data"]) == ("…", "g:stop:5")

    (number,) = await delivered(stage, TRIP, FORMATTED, edit=bubble)

    (shown,) = stage.shown(TRIP)
    assert number == bubble
    assert shown["text"].startswith("Hello world")
    assert "reply_markup" not in shown


async def test_an_edit_that_changes_nothing_has_succeeded(stage: Stage) -> None:
    (first,) = await delivered(stage, TRIP, FORMATTED)

    assert await delivered(stage, TRIP, FORMATTED, edit=first) == [first]


async def test_an_answer_whose_bubble_was_deleted_is_sent_anew(stage: Stage) -> None:
    (number,) = await delivered(stage, TRIP, FORMATTED, edit=4321)

    assert number != 4321
    assert len(stage.shown(TRIP)) == 1


async def test_a_bubble_becomes_a_rich_message(stage: Stage) -> None:
    (bubble,) = await delivered(stage, TRIP, "...")

    await delivered(stage, TRIP, TABLE, edit=bubble)

    (message,) = stage.shown(TRIP)
    assert message["message_id"] == bubble
    assert "rich_message" in message


async def test_what_an_answer_has_too_much_is_taken_away_whether_it_is_there_or_not(
    stage: Stage,
) -> None:
    for to in (ADA, TRIP):
        first, second = await delivered(stage, to, "one") + await delivered(stage, to, "two")
        gone = Answer(id=2, parts=(Part(body=b""),) * 2, edit=second, edits=(4711,))

        assert [await stage.telegram.deliver(to, gone, at, mark="") for at in (0, 1)] == [
            second,
            4711,
        ]
        assert [message["message_id"] for message in stage.shown(to)] == [first]


async def test_a_topic_gets_its_own_answers(stage: Stage) -> None:
    studio = stage.api.world.chat(-1_000_000_003_001)
    topic = next(iter(studio.topics))
    address = Address(channel="telegram", bot="1000", chat=studio.id, topic=topic)

    await delivered(stage, address, "Hello")
    await stage.telegram.typing(address)

    assert stage.shown(address)[-1]["message_thread_id"] == topic
    assert stage.calls("sendChatAction")[0]["status"] == 200


async def test_a_repeat_is_marked_and_its_entities_stay_on_their_letters(stage: Stage) -> None:
    await delivered(stage, ADA, FORMATTED, mark="(perhaps a repeat 🔁)")

    (message,) = stage.shown(ADA)
    (bold, _) = message["entities"]
    units = message["text"].encode("utf-16-le")
    covered = units[bold["offset"] * 2 :][: bold["length"] * 2].decode("utf-16-le")
    assert message["text"].startswith("(perhaps a repeat 🔁)\nHello")
    assert covered == "world"


# -- forms ------------------------------------------------------------------------------------


async def test_what_is_refused_as_rich_arrives_with_entities(stage: Stage) -> None:
    stage.fail("refuse", method="sendRichMessage", description="RICH_MESSAGE_INVALID")

    await delivered(stage, ADA, TABLE)

    (message,) = stage.shown(ADA)
    assert message["text"].startswith("Title")
    assert {"bold", "pre"} <= {entity["type"] for entity in message["entities"]}


async def test_what_is_refused_with_entities_arrives_plain(stage: Stage) -> None:
    stage.fail("refuse", method="sendMessage", description="can't parse entities")

    await delivered(stage, ADA, FORMATTED)

    (message,) = stage.shown(ADA)
    assert message["text"] == "Hello world 😀, see here (https://example.org)"
    assert len(stage.calls("sendMessage")) == 2


async def test_what_is_refused_in_every_form_is_refused(stage: Stage) -> None:
    stage.fail("refuse", times=9, description="no")

    with pytest.raises(RefusedError):
        await delivered(stage, ADA, TABLE)

    assert [call["method"] for call in stage.calls("sendRichMessage", "sendMessage")] == [
        "sendRichMessage",
        "sendMessage",
        "sendMessage",
    ]


async def test_a_long_rich_part_falls_back_to_several_messages_and_goes_on_where_it_broke(
    stage: Stage,
) -> None:
    text = TABLE + "\n\n" + "\n\n".join(f"paragraph {n} " + "word " * 100 for n in range(25))
    whole = answer(stage.telegram, text, buttons=(Button(wish=Wish.RETRY, about=1),))
    assert len(whole.parts) == 1
    stage.fail("refuse", method="sendRichMessage")
    stage.fail("slow", method="sendMessage", times=2, seconds=0)
    stage.fail("429", method="sendMessage", seconds=0.01)

    with pytest.raises(PenaltyError):
        await stage.telegram.deliver(ADA, whole, 0, mark="")
    half = len(stage.shown(ADA))
    stage.api.limits.penalties.clear()
    number = await stage.telegram.deliver(ADA, whole, 0, mark="")

    shown = stage.shown(ADA)
    assert half == 2
    assert len(shown) == 4
    assert number == shown[0]["message_id"]
    assert "".join(m["text"] for m in shown).count("paragraph") == 25
    assert ["reply_markup" in message for message in shown] == [False, False, False, True]


@pytest.mark.parametrize("kind", ["5xx", "lost", "cut"])
async def test_after_a_doubtful_end_no_other_form_is_tried(stage: Stage, kind: str) -> None:
    stage.fail(kind, method="sendRichMessage")

    with pytest.raises(DoubtError):
        await delivered(stage, ADA, TABLE)

    assert len(stage.calls("sendRichMessage", "sendMessage")) == 1


# -- errors -----------------------------------------------------------------------------------


async def test_a_penalty_says_how_long(stage: Stage) -> None:
    stage.fail("429", seconds=17)

    with pytest.raises(PenaltyError) as caught:
        await delivered(stage, ADA, FORMATTED)

    assert caught.value.retry_after == 17
    assert len(stage.calls("sendMessage")) == 1


async def test_nobody_is_there_after_a_block(stage: Stage) -> None:
    people.block(stage.api.world, 1001, blocked=True)

    with pytest.raises(GoneError):
        await delivered(stage, ADA, FORMATTED)

    assert len(stage.calls("sendMessage")) == 1


async def test_nobody_is_there_in_an_unknown_chat(stage: Stage) -> None:
    with pytest.raises(GoneError):
        await delivered(stage, replace(ADA, chat=5), FORMATTED)


async def test_without_a_connection_nothing_was_sent() -> None:
    telegram = Telegram(TOKEN, "http://127.0.0.1:9", voice=Texts())

    with pytest.raises(NotSentError) as caught:
        await telegram.deliver(ADA, answer(telegram, "Hi"), 0, mark="")

    assert TOKEN not in str(caught.value)
    await telegram.close()


async def test_a_revoked_token_costs_no_answer(stage: Stage) -> None:
    stage.api.token = "1000:another"

    with pytest.raises(NotSentError):
        await delivered(stage, ADA, FORMATTED)
    with pytest.raises(NotSentError):
        await stage.telegram.typing(ADA)


async def test_a_group_that_became_a_supergroup_tells_its_new_number() -> None:
    from service.channels.telegram.failures import Envelope, Parameters, failure, in_our_words

    envelope = Envelope(description="upgraded", parameters=Parameters(migrate_to_chat_id=-1009))

    error = in_our_words(failure(None, 400, envelope))

    assert isinstance(error, MovedError)
    assert error.chat == -1009


async def test_an_old_server_without_rich_messages_is_not_asked_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.playground import schema

    known = {name: model for name, model in schema._models().items() if "rich" not in name}
    monkeypatch.setattr(schema, "_models", lambda: known)

    await delivered(stage, ADA, TABLE)
    await delivered(stage, ADA, TABLE)

    assert len(stage.calls("sendRichMessage")) == 1
    assert len(stage.shown(ADA)) == 2


async def test_where_we_may_not_speak_no_other_form_is_tried(stage: Stage) -> None:
    stage.fail("refuse", description="not enough rights to send text messages to the chat")

    with pytest.raises(GoneError):
        await delivered(stage, TRIP, TABLE)

    assert len(stage.calls("sendRichMessage", "sendMessage")) == 1


async def test_long_code_goes_out_as_documents_with_the_ending_of_its_language(
    stage: Stage,
) -> None:
    code = "\n".join(f"print({number})" for number in range(40))
    nested = "  x" + "\n" * 30 + "  y"
    text = f"Here:\n\n```python\n{code}\n```\n\n- so\n\n  ```\n{nested}\n  ```\n\n`short`"
    bodies = stage.telegram.attachments(text)
    kept = Answer(id=3, parts=tuple(Part(body=body) for body in bodies))

    for at in range(len(bodies)):
        assert await stage.telegram.deliver(ADA, kept, at, mark="(again)" if at else "")

    first, second = stage.shown(ADA)
    assert (first["document"]["file_name"], second["document"]["file_name"]) == (
        "code-1.py",
        "code-2.txt",
    )
    assert "caption" not in first
    assert second["caption"] == "(again)"
    assert stage.telegram.attachments("```\nshort\n```") == []
    assert stage.telegram.attachments("no code") == []


async def test_an_answer_is_read_once_for_its_pages_and_its_files(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counting(text: str) -> Parsed:
        read.append(text)
        return parsed(text)

    monkeypatch.setattr("service.channels.telegram.text.pages.parsed", counting)
    text = "Read this once:\n\n```python\n" + "pass\n" * 30 + "```"
    stage.telegram.paginate(text, plain=False)

    assert len(stage.telegram.attachments(text)) == 1
    assert len(read) == 1
