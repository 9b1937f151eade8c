"""What people do in Telegram, and what it means."""

from __future__ import annotations

from typing import Any

import pytest

from actors.messages import Moved
from fsm.content import MediaKind
from fsm.effects import Button, Wish
from fsm.events import (
    Asked,
    Chosen,
    Commanded,
    Continued,
    Edited,
    HeldAsked,
    Left,
    Mood,
    PlainChosen,
    Reacted,
    Reset,
    RestShown,
    Retried,
    Stopped,
    Wondered,
)
from service.channels.events import DebugAsked
from service.channels.telegram.marks import callback_data, draft_id
from service.channels.telegram.reader import Me, TelegramReader, key_of

ME = Me(id=7, username="Greenroom_Bot")
ADA = {"id": 42, "is_bot": False, "first_name": "Ada", "last_name": "L", "language_code": "en-GB"}
LIN = {"id": 43, "is_bot": False, "first_name": "林", "language_code": "zh-hans"}
BOT = {"id": 7, "is_bot": True, "first_name": "Greenroom", "username": "Greenroom_Bot"}
PRIVATE = {"id": 42, "type": "private"}
GROUP = {"id": -100, "type": "supergroup", "title": "Trip"}


def said(chat: Any = PRIVATE, who: Any = ADA, kind: str = "message", **content: Any) -> Any:
    text = content.get("text") or content.get("caption") or ""
    if text.startswith("/"):
        entity = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
        content.setdefault("entities", [entity])
    at = text.lower().find("@greenroom_bot")
    if at >= 0 and not text.startswith("/"):
        offset = len(text[:at].encode("utf-16-le")) // 2
        key = "entities" if "text" in content else "caption_entities"
        content[key] = [{"type": "mention", "offset": offset, "length": 14}]
    return {
        "update_id": 1,
        kind: {"message_id": 9, "date": 1700000000, "chat": chat, "from": who, **content},
    }


def pressed(data: str, chat: Any = PRIVATE, who: Any = ADA, **message: Any) -> Any:
    shown = {"message_id": 8, "date": 0, "chat": chat, **message}
    query = {"id": "555", "from": who, "message": shown, "chat_instance": "1", "data": data}
    return {"update_id": 2, "callback_query": query}


def event_of(update: Any, **options: Any) -> Any:
    routed = TelegramReader(ME, **options).read("7", update)
    return routed.event if routed else None


def prompt_of(update: Any, **options: Any) -> Any:
    event = event_of(update, **options)
    assert isinstance(event, Asked), event
    return event.prompt


# -- private chats ----------------------------------------------------------------------------


def test_words_in_private_are_a_question() -> None:
    routed = TelegramReader(ME).read("7", said(text="Hello"))

    assert routed is not None
    assert routed.address.key == "telegram.7.42"
    assert routed.person == "telegram.42"
    prompt = routed.event.prompt
    assert (prompt.text, prompt.message, prompt.person) == ("Hello", 9, "telegram.42")
    assert (prompt.author, prompt.language, prompt.at) == ("", "en", 1700000000.0)


def test_a_speaker_of_chinese_is_answered_in_chinese() -> None:
    assert prompt_of(said(who=LIN, text="你好")).language == "zh-CN"


def test_of_a_photo_the_largest_useful_size_is_taken() -> None:
    sizes = [
        {"file_id": f"f{edge}", "file_unique_id": f"u{edge}", "width": edge, "height": edge // 2}
        for edge in (90, 320, 800, 1280, 2560)
    ]

    (picture,) = prompt_of(said(photo=sizes, caption="What is it?")).media

    assert (picture.kind, picture.ref, picture.unique) == (MediaKind.PICTURE, "f1280", "u1280")


def test_a_photo_that_is_only_large_is_taken_all_the_same() -> None:
    sizes = [{"file_id": "big", "file_unique_id": "u", "width": 4000, "height": 3000}]

    assert prompt_of(said(photo=sizes)).media[0].ref == "big"


@pytest.mark.parametrize(
    ("key", "kind", "mime"),
    [
        ("voice", MediaKind.VOICE, "audio/ogg"),
        ("audio", MediaKind.AUDIO, "audio/mpeg"),
        ("video", MediaKind.VIDEO, "video/mp4"),
        ("video_note", MediaKind.VIDEO_NOTE, "video/mp4"),
        ("document", MediaKind.DOCUMENT, "application/octet-stream"),
        ("sticker", MediaKind.STICKER, "image/webp"),
    ],
)
def test_every_kind_of_file_is_a_question(key: str, kind: MediaKind, mime: str) -> None:
    content: Any = {key: {"file_id": "f", "file_unique_id": "u", "file_size": 5}}

    (media,) = prompt_of(said(**content)).media

    assert (media.kind, media.mime, media.size) == (kind, mime, 5)


def test_an_animation_is_a_video_once() -> None:
    file = {"file_id": "f", "file_unique_id": "u", "mime_type": "video/mp4", "file_name": "a.mp4"}

    (media,) = prompt_of(said(animation=file, document=file)).media

    assert (media.kind, media.name) == (MediaKind.VIDEO, "a.mp4")


@pytest.mark.parametrize(
    ("sticker", "ref", "mime"),
    [
        ({"file_id": "f", "is_video": True}, "f", "video/webm"),
        ({"file_id": "f", "is_animated": True, "thumbnail": {"file_id": "t"}}, "t", "image/webp"),
    ],
)
def test_of_a_sticker_that_moves_what_can_be_seen_is_looked_at(
    sticker: dict[str, Any], ref: str, mime: str
) -> None:
    prompt = prompt_of(said(sticker={**sticker, "emoji": "😀"}))

    assert [(each.kind, each.ref, each.mime) for each in prompt.media] == [
        (MediaKind.STICKER, ref, mime)
    ]
    assert prompt.text == "[Sticker 😀]"


def test_a_question_about_a_message_with_a_file_looks_at_the_file() -> None:
    photo = [{"file_id": "p", "width": 90, "height": 90}]
    replied = {"message_id": 3, "from": {"id": 43}, "photo": photo}

    prompt = prompt_of(said(text="what is this?", reply_to_message=replied))

    assert [each.ref for each in prompt.media] == ["p"]


def test_a_moving_sticker_without_a_still_is_just_its_emoji() -> None:
    prompt = prompt_of(said(sticker={"file_id": "f", "is_animated": True, "emoji": "😀"}))

    assert (prompt.text, prompt.media) == ("[Sticker 😀]", ())


def test_the_items_of_an_album_say_that_they_belong_together() -> None:
    size = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}

    assert prompt_of(said(photo=[size], media_group_id="77")).album == "77"


def test_a_file_over_the_limit_is_refused_before_anybody_downloads_it() -> None:
    big = {"file_id": "f", "file_size": (20 << 20) + 1, "file_name": "film.mkv"}

    event = event_of(said(document=big, caption="look"))

    assert event == Wondered(
        key="file-too-big", args={"name": "film.mkv", "size": "20 MB"}, message=9
    )


def test_with_a_server_of_ones_own_the_limit_is_another_one() -> None:
    film = {"file_id": "f", "file_size": 1 << 30, "file_name": "film.mkv"}
    routed = TelegramReader(ME, largest=2 << 30).read("7", said(document=film, caption="look"))

    assert routed is not None
    assert [file.size for file in routed.event.prompt.media] == [1 << 30]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"location": {"latitude": 1.5, "longitude": 2}}, "[Location: 1.5, 2]"),
        (
            {"contact": {"first_name": "Bob", "last_name": "X", "phone_number": "+1"}},
            "[Contact: Bob X, +1]",
        ),
        ({"dice": {"emoji": "🎲", "value": 3}}, "[Dice 🎲: 3]"),
        (
            {"poll": {"question": "Q?", "options": [{"text": "a"}, {"text": "b"}]}},
            "[Poll: Q?]\n- a\n- b",
        ),
        (
            {
                "location": {"latitude": 1, "longitude": 2},
                "venue": {
                    "title": "T",
                    "address": "A",
                    "location": {"latitude": 1, "longitude": 2},
                },
            },
            "[Venue: T, A (1, 2)]",
        ),
    ],
)
def test_what_has_no_words_is_told_in_words(content: Any, text: str) -> None:
    assert prompt_of(said(**content)).text == text


def test_a_forwarded_message_says_who_first_said_it() -> None:
    hidden = {"type": "hidden_user", "sender_user_name": "Bob"}

    prompt = prompt_of(said(text="Hm", forward_origin=hidden))

    assert (prompt.text, prompt.origin) == ("Hm", "Bob")


@pytest.mark.parametrize("kind", ["story", "game", "paid_media"])
def test_content_that_we_cannot_read_is_answered_with_a_sentence(kind: str) -> None:
    content: Any = {kind: {}}

    assert event_of(said(**content)).key == "unsupported"


@pytest.mark.parametrize("kind", ["new_chat_members", "pinned_message", "forum_topic_edited"])
def test_service_messages_mean_nothing(kind: str) -> None:
    content: Any = {kind: [{}]}

    assert event_of(said(**content)) is None


# -- replies ----------------------------------------------------------------------------------


def test_a_reply_brings_the_text_it_replies_to() -> None:
    original = {"message_id": 3, "from": ADA, "caption": "the old words"}

    assert prompt_of(said(text="And?", reply_to_message=original)).quote == "the old words"


def test_a_picked_passage_wins_over_the_whole_message() -> None:
    original = {"message_id": 3, "from": ADA, "text": "the old words"}
    update = said(text="And?", reply_to_message=original, quote={"text": "old", "position": 4})

    assert prompt_of(update).quote == "old"


def test_a_reply_to_a_rich_answer_brings_its_words() -> None:
    blocks = [
        {"type": "heading", "text": "Title", "size": 1},
        {"type": "paragraph", "text": ["a ", {"type": "bold", "text": ["b", "c"]}]},
        {
            "type": "list",
            "items": [{"label": "1.", "blocks": [{"type": "paragraph", "text": "x"}]}],
        },
        {"type": "table", "cells": [[{"text": "p"}, {"text": {"type": "code", "text": "q"}}]]},
        {"type": "mathematical_expression", "expression": "x^2"},
        {"type": "details", "summary": "S", "blocks": [{"type": "pre", "text": "code"}]},
        {"type": "from_the_future", "wonder": 1},
    ]
    original = {"message_id": 3, "from": BOT, "rich_message": {"blocks": blocks}}

    quote = prompt_of(said(text="Why?", reply_to_message=original)).quote

    assert quote == "Title\na bc\n1. x\np | q\nx^2\nS\ncode"


def test_a_bottomless_rich_message_is_cut_off() -> None:
    block: Any = {"type": "paragraph", "text": "deep"}
    for _ in range(5000):
        block = {"type": "blockquote", "blocks": [block]}
    update = said(text="?", reply_to_message={"from": ADA, "rich_message": {"blocks": [block]}})

    assert prompt_of(update).quote == ""


def test_our_own_long_answer_is_quoted_only_in_part() -> None:
    update = said(text="?", reply_to_message={"message_id": 3, "from": BOT, "text": "x" * 4000})

    assert prompt_of(update).quote == "x" * 1000 + "…"


# -- commands ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (
            "/start deep-link",
            Commanded(name="start", text="deep-link", person="telegram.42", message=9),
        ),
        ("/help", Commanded(name="help", person="telegram.42", message=9)),
        (
            "/mode the teacher",
            Commanded(name="mode", text="the teacher", person="telegram.42", message=9),
        ),
        ("/stop", Stopped()),
        ("/STOP@greenroom_bot", Stopped()),
        ("/reset", Reset()),
        ("/retry", Retried()),
        ("/plain", PlainChosen(plain=None)),
        ("/plain on", PlainChosen(plain=True)),
        ("/plain off", PlainChosen(plain=False)),
        ("/think high", Commanded(name="think", text="high", person="telegram.42", message=9)),
        ("/search", Wondered(key="needs-words", args={"command": "search"}, message=9)),
        ("/dance", Wondered(key="unknown-command", message=9)),
        ("/debug", Wondered(key="unknown-command", message=9)),
    ],
)
def test_commands(text: str, event: Any) -> None:
    assert event_of(said(text=text)) == event


def test_a_search_and_a_translation_are_questions_with_a_wish() -> None:
    asked = prompt_of(said(text="/search who won?"))
    assert (asked.text, asked.instruction) == ("who won?", "search")

    translated = prompt_of(
        said(text="/translate", reply_to_message=said(text="Bonjour", message_id=5)["message"])
    )
    assert (translated.text, translated.instruction) == ("", "translate")
    assert "Bonjour" in translated.quote


def test_debug_exists_for_admins_alone() -> None:
    event = event_of(said(text="/debug chat 5"), admins=frozenset({42}))

    assert event == DebugAsked(
        text="chat 5", message=9, person="telegram.42", language="en", chat=42
    )


def test_a_path_is_no_command() -> None:
    assert prompt_of(said(text="/usr/bin is what?", entities=[])).text == "/usr/bin is what?"


# -- groups -----------------------------------------------------------------------------------


def test_group_talk_is_not_for_us() -> None:
    assert event_of(said(GROUP, text="lunch?")) is None
    assert event_of(said(GROUP, text="ask @someone_else", entities=[])) is None


def test_our_name_in_a_group_is_heard_and_left_out() -> None:
    prompt = prompt_of(said(GROUP, text="😀 @greenroom_bot what is this?"))

    assert (prompt.text, prompt.author) == ("😀 what is this?", "Ada L")


def test_our_name_in_a_caption_is_heard() -> None:
    size = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}

    assert prompt_of(said(GROUP, photo=[size], caption="@Greenroom_Bot this?")).text == "this?"


def test_a_text_mention_is_our_name_as_well() -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 5, "user": BOT}

    assert prompt_of(said(GROUP, text="Green, hi", entities=[entity])).text == "hi"


def test_nothing_but_our_name_gets_a_sentence_unless_it_points_at_something() -> None:
    original = {"message_id": 3, "from": LIN, "text": "2+2?"}

    assert event_of(said(GROUP, text="@greenroom_bot")).key == "only-name"
    assert prompt_of(said(GROUP, text="@greenroom_bot", reply_to_message=original)).quote == "2+2?"


def test_a_reply_to_us_is_for_us() -> None:
    assert prompt_of(said(GROUP, text="more", reply_to_message={"from": BOT, "text": "a"}))
    assert event_of(said(GROUP, text="more", reply_to_message={"from": LIN, "text": "a"})) is None


def test_a_topic_that_we_opened_does_not_make_everything_a_reply_to_us() -> None:
    first = {"from": BOT, "message_id": 1, "forum_topic_created": {"name": "T"}}

    assert event_of(said(GROUP, text="hi", reply_to_message=first)) is None


def test_commands_in_a_group() -> None:
    assert event_of(said(GROUP, text="/stop@greenroom_bot")) == Stopped()
    assert event_of(said(GROUP, text="/stop")) == Stopped()
    assert event_of(said(GROUP, text="/stop@another_bot")) is None
    assert event_of(said(GROUP, text="/dance")) is None
    assert event_of(said(GROUP, text="/dance@greenroom_bot")) is None


def test_a_picture_of_an_album_that_named_us_is_heard_without_a_caption() -> None:
    reader = TelegramReader(ME)
    size = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
    first = said(GROUP, photo=[size], caption="@greenroom_bot these", media_group_id="5")
    second = said(GROUP, photo=[size], media_group_id="5")
    other = said(GROUP, photo=[size], media_group_id="6")

    assert reader.read("7", first) is not None
    assert reader.read("7", second) is not None
    assert reader.read("7", other) is None


def test_the_memory_for_albums_is_bounded() -> None:
    reader = TelegramReader(ME)
    for number in range(2000):
        reader.read("7", said(GROUP, text="@greenroom_bot", media_group_id=str(number)))

    assert len(reader._ear._albums) <= 512


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"message_thread_id": 5, "is_topic_message": True}, "telegram.7.-100.5"),
        ({"message_thread_id": 5}, "telegram.7.-100"),
        ({}, "telegram.7.-100"),
    ],
)
def test_only_a_topic_is_an_address_of_its_own(more: Any, key: str) -> None:
    update = said(GROUP, text="@greenroom_bot hi", **more)
    routed = TelegramReader(ME).read("7", update)

    assert routed is not None
    assert routed.address.key == key
    assert key_of("7", update) == f"chat/{key}"


def test_bots_and_channels_are_not_talked_to() -> None:
    another = {"id": 8, "is_bot": True, "first_name": "B"}
    relayed = said(GROUP, text="@greenroom_bot x", is_automatic_forward=True)

    assert event_of(said(GROUP, who=another, text="@greenroom_bot x")) is None
    assert event_of(relayed) is None
    assert event_of(said({"id": -5, "type": "channel"}, text="@greenroom_bot x")) is None


def test_an_anonymous_admin_speaks_as_the_group() -> None:
    admin = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    update = said(GROUP, who=admin, text="@greenroom_bot x", sender_chat=GROUP)

    prompt = prompt_of(update)

    assert (prompt.author, prompt.person) == ("Trip", "telegram.-100")


# -- edits, buttons, drafts -------------------------------------------------------------------


def test_an_edit_is_the_new_form_of_the_question() -> None:
    event = event_of(said(kind="edited_message", text="new", edit_date=1700000009))

    assert isinstance(event, Edited)
    assert (event.prompt.text, event.prompt.message, event.prompt.at) == ("new", 9, 1700000009.0)


def test_a_moving_place_and_an_edited_command_are_no_edits() -> None:
    place = {"latitude": 1, "longitude": 2}

    assert event_of(said(kind="edited_message", location=place)) is None
    assert event_of(said(kind="edited_message", text="/stop")) is None


@pytest.mark.parametrize(
    ("wish", "event"),
    [
        (Wish.STOP, Stopped(turn=3)),
        (Wish.RETRY, Retried(turn=3)),
        (Wish.CONTINUE, Continued(turn=3)),
        (Wish.REST, RestShown(answer=3)),
        (Wish.HELD, HeldAsked()),
        (Wish.PLAIN, PlainChosen(turn=3)),
        (Wish.MODE, Chosen(wish=Wish.MODE, about=3, person="telegram.42")),
    ],
)
def test_a_pressed_button_is_its_wish(wish: Wish, event: Any) -> None:
    update = pressed(callback_data(Button(wish=wish, about=3)))
    reader = TelegramReader(ME)

    routed = reader.read("7", update)

    assert routed is not None
    assert (routed.event, routed.callback, routed.person) == (event, "555", "telegram.42")
    assert reader.unclaimed_press(update) == ("", "")


def test_a_button_in_a_topic_belongs_to_the_topic() -> None:
    update = pressed("g:stop:3", GROUP, message_thread_id=5, is_topic_message=True)

    assert key_of("7", update) == "chat/telegram.7.-100.5"


def test_a_foreign_button_is_nobodys_but_is_answered() -> None:
    reader = TelegramReader(ME)

    assert reader.read("7", pressed("flow:1")) is None
    assert reader.unclaimed_press(pressed("flow:1")) == ("555", "en")


def test_stop_on_a_draft_stops_its_turn() -> None:
    stopped = {"chat": PRIVATE, "draft_id": draft_id(12, 2, 3), "message_thread_id": 4}
    update = {"update_id": 1, "stopped_message_generation": stopped}

    routed = TelegramReader(ME).read("7", update)

    assert routed is not None
    assert (routed.event, routed.address.key) == (Stopped(turn=12), "telegram.7.42.4")
    assert key_of("7", update) == "chat/telegram.7.42.4"


# -- who may ----------------------------------------------------------------------------------


def test_a_stranger_is_told_in_private_and_ignored_in_a_group() -> None:
    only = {"allowed": frozenset({43})}

    assert event_of(said(text="hi"), **only) == Wondered(
        key="not-allowed", args={"id": "42"}, message=9
    )
    assert event_of(said(GROUP, text="@greenroom_bot hi"), **only) is None
    assert event_of(pressed("g:stop:1"), **only) is None
    assert event_of(said(who=LIN, text="hi"), **only) is not None


def test_a_stranger_with_an_album_is_told_once() -> None:
    reader = TelegramReader(ME, allowed=frozenset({43}))
    size = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
    item = said(photo=[size], media_group_id="5")

    assert [reader.read("7", item) is None for _ in range(3)] == [False, True, True]


def test_a_stranger_may_not_stop_a_draft_that_is_not_theirs_but_gets_an_answer() -> None:
    reader = TelegramReader(ME, allowed=frozenset({43}))

    assert reader.unclaimed_press(pressed("g:stop:1")) == ("555", "")


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": 1, "chat_member": {"chat": PRIVATE}},
        {"update_id": 1, "type_of_next_year": {"chat": PRIVATE}},
    ],
)
def test_what_we_do_not_know_means_nothing(update: Any) -> None:
    assert event_of(update) is None
    assert key_of("7", update) == ""


def reaction(old: list[str], new: list[str], who: Any = ADA) -> Any:
    def shown(names: list[str]) -> list[Any]:
        return [{"type": "emoji", "emoji": name} for name in names]

    told = {"chat": GROUP, "message_id": 8, "user": who, "date": 1}
    told |= {"old_reaction": shown(old), "new_reaction": shown(new)}
    return {"update_id": 1, "message_reaction": told}


@pytest.mark.parametrize(
    ("old", "new", "mood"),
    [
        ([], ["👍"], Mood.LIKED),
        ([], ["❤\ufe0f"], Mood.LIKED),
        (["👍"], ["👎"], Mood.DISLIKED),
        (["👍"], ["👍", "🤔"], Mood.OTHER),
    ],
)
def test_a_reaction_says_what_somebody_thinks(old: list[str], new: list[str], mood: Mood) -> None:
    assert event_of(reaction(old, new)) == Reacted(message=8, mood=mood)
    assert key_of("7", reaction(old, new)) == "chat/telegram.7.-100"


def test_a_reaction_that_is_taken_back_or_not_for_us_to_hear_means_nothing() -> None:
    assert event_of(reaction(["👍"], [])) is None
    assert event_of(reaction([], ["👍"], BOT)) is None
    assert event_of(reaction([], ["👍"]), allowed=frozenset({43})) is None


@pytest.mark.parametrize("status", ["kicked", "left"])
def test_whoever_throws_us_out_is_heard(status: str) -> None:
    change = {"chat": GROUP, "from": ADA, "new_chat_member": {"status": status}}
    update = {"update_id": 1, "my_chat_member": change}

    routed = TelegramReader(ME).read("7", update)

    assert routed is not None
    assert (routed.address.key, routed.event) == ("telegram.7.-100", Left())
    assert key_of("7", update) == "chat/telegram.7.-100"
    change["new_chat_member"] = {"status": "member"}
    assert TelegramReader(ME).read("7", update) is None


@pytest.mark.parametrize(
    ("reads_all", "status", "key"),
    [
        (False, "member", "welcome-group-privacy"),
        (True, "member", "welcome-group"),
        (False, "administrator", "welcome-group"),
    ],
)
def test_a_group_that_invites_us_hears_how_to_call_us(
    reads_all: bool, status: str, key: str
) -> None:
    change = {
        "chat": GROUP,
        "from": ADA | {"language_code": "zh-hans"},
        "old_chat_member": {"status": "left"},
        "new_chat_member": {"status": status},
    }
    update = {"update_id": 1, "my_chat_member": change}
    me = Me(id=7, username="Greenroom_Bot", reads_all=reads_all)

    routed = TelegramReader(me).read("7", update)

    assert routed is not None
    assert (routed.event.key, routed.event.language) == (key, "zh-CN")
    assert routed.event.args == {"name": "@Greenroom_Bot"}
    stranger = TelegramReader(me, allowed=frozenset({1}))
    assert stranger.read("7", update) is None, "whoever may not use us may not invite us"


def test_a_group_that_becomes_a_supergroup_says_which() -> None:
    update = {"update_id": 1, "message": {"chat": GROUP, "migrate_to_chat_id": -1009}}

    routed = TelegramReader(ME).read("7", update)

    assert routed is not None
    assert (routed.address.key, routed.event) == ("telegram.7.-100", Moved(chat=-1009))


def test_every_kind_of_mail_finds_its_chat_before_anybody_reads_it() -> None:
    for kind in ("message", "edited_message"):
        assert key_of("7", said(kind=kind, text="x")) == "chat/telegram.7.42"
    assert key_of("7", pressed("whatever")) == "chat/telegram.7.42"
