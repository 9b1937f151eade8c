"""What a bot changes afterwards: edits, deletions, reactions, answers to buttons."""

from __future__ import annotations

from typing import Any, Final

from service.playground import rich
from service.playground.media import stored
from service.playground.refusals import bad_request, check_keyboard
from service.playground.sending import reachable, read_caption, read_text
from service.playground.speech import find
from service.playground.wire import Call
from service.playground.world import World

Json = dict[str, Any]

QUESTION_LIVES: Final = 30.0
"""Seconds for which the press of a button can be answered."""

_MEDIA = ("photo", "video", "audio", "document", "animation")
_CONTENT = (
    *("text", "entities", "rich_message", "caption", "caption_entities", "reply_markup"),
    *_MEDIA,
)


def edit_message_text(world: World, call: Call) -> Json | bool:
    """Replace the words of a message; without a keyboard its keyboard goes too."""
    old = _own(world, call)
    if "text" not in old and "rich_message" not in old:
        raise bad_request("there is no text in the message to edit")
    if "rich_message" in call.params:
        if "text" in call.params:
            raise bad_request("text and rich_message can't be used together")
        shown = rich.accepted(world.files, call.params["rich_message"], call.files)
        return _change(world, call, old, {"rich_message": shown})
    return _change(world, call, old, read_text(call))


def edit_message_caption(world: World, call: Call) -> Json | bool:
    """Replace the caption of a picture or file."""
    old = _own(world, call)
    if "text" in old or "rich_message" in old:
        raise bad_request("there is no caption in the message to edit")
    return _change(world, call, old, kept_media(old) | read_caption(call.params))


def edit_message_media(world: World, call: Call) -> Json | bool:
    """Put another file into a message, or a file into one of words."""
    old = _own(world, call)
    if "voice" in old or "sticker" in old:
        raise bad_request("message can't be edited")
    wanted = call.params["media"]
    if wanted["type"] not in _MEDIA:
        raise bad_request("wrong media type")
    content = stored(world, wanted["type"], wanted["media"], call)
    return _change(world, call, old, content | read_caption(wanted))


def kept_media(message: Json) -> Json:
    """Return the file in *message*, which stays when only its caption changes."""
    return {key: message[key] for key in _MEDIA if key in message}


def edit_message_reply_markup(world: World, call: Call) -> Json | bool:
    """Replace the buttons under a message, or take them away."""
    old = _own(world, call)
    kept = {key: old[key] for key in _CONTENT if key in old and key != "reply_markup"}
    return _change(world, call, old, kept)


def _own(world: World, call: Call) -> Json:
    if name := call.get("inline_message_id"):
        if "chat_id" in call.params or name not in world.abroad.messages:
            raise bad_request("MESSAGE_ID_INVALID")
        chat_id, number = world.abroad.messages[name]
        return find(world.chat(chat_id), number, "to edit")
    if "chat_id" not in call.params or "message_id" not in call.params:
        raise bad_request("message identifier is not specified")
    message = find(reachable(world, call), call.params["message_id"], "to edit")
    if message["from"]["id"] != world.profile.id:
        raise bad_request("message can't be edited")
    return message


def _change(world: World, call: Call, old: Json, content: Json) -> Json | bool:
    markup = call.get("reply_markup")
    check_keyboard(markup)
    if markup and markup.get("inline_keyboard"):
        content = content | {"reply_markup": markup}
    if content == {key: old[key] for key in _CONTENT if key in old}:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    made = {key: value for key, value in old.items() if key not in _CONTENT}
    made |= content | {"edit_date": int(world.clock())}
    chat = world.chat(old["chat"]["id"])
    chat.messages[old["message_id"]] = made
    world.stage.tell("edited", chat=chat.id, message=made)
    return True if "inline_message_id" in call.params else made


def delete_message(world: World, call: Call) -> bool:
    """Take a message away: one of the bot's own, or any in a private chat."""
    chat = reachable(world, call)
    message = find(chat, call.params["message_id"], "to delete")
    if message["from"]["id"] != world.profile.id and not chat.is_private:
        raise bad_request("message can't be deleted")
    del chat.messages[message["message_id"]]
    world.stage.tell("deleted", chat=chat.id, message_id=message["message_id"])
    return True


def set_message_reaction(world: World, call: Call) -> bool:
    """Put the bot's reaction on a message; an empty list takes it away."""
    chat = reachable(world, call)
    message = find(chat, call.params["message_id"], "to react")
    shown = [each.get("emoji", "") for each in call.get("reaction", [])]
    if len(shown) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    world.stage.tell(
        "reaction", chat=chat.id, message_id=message["message_id"], emoji=shown, by="bot"
    )
    return True


def answer_callback_query(world: World, call: Call) -> bool:
    """Tell a person that the press of their button was heard."""
    asked = world.questions.get(call.params["callback_query_id"])
    text = call.get("text", "")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if asked is None or asked[1] + QUESTION_LIVES < world.clock():
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    world.stage.tell(
        "toast",
        person=asked[0],
        query=call.params["callback_query_id"],
        text=text,
        alert=bool(call.get("show_alert")),
    )
    return True
