"""What a bot says: ``sendMessage``, ``sendRichMessage``, ``sendChatAction``."""

from __future__ import annotations

from typing import Any

from service.playground import rich
from service.playground.refusals import Refusal, bad_request, check_keyboard, checked_text
from service.playground.speech import detected, new_message, publish
from service.playground.wire import Call
from service.playground.world import Chat, World

Json = dict[str, Any]

_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note",
}  # fmt: skip


def reachable(world: World, call: Call) -> Chat:
    """Return the chat a call is addressed to.

    Raises:
        Refusal: It is unknown, or the bot may not write there.

    """
    chat = world.chat(call.params["chat_id"])
    if chat.is_private and world.people[chat.id].has_blocked:
        raise Refusal(403, "Forbidden: bot was blocked by the user")
    if not chat.has_bot:
        raise Refusal(403, f"Forbidden: bot was kicked from the {chat.type} chat")
    return chat


def read_text(call: Call, *, empty_ok: bool = False) -> Json:
    """Return ``text`` and ``entities`` as a message carries them.

    Raises:
        Refusal: Telegram would not take them.

    """
    _only_entities(call)
    text, entities = checked_text(call.get("text", ""), call.get("entities", []), empty_ok=empty_ok)
    content: Json = {"text": text}
    if entities := detected(text, entities):
        content["entities"] = entities
    return content


def read_caption(params: Json) -> Json:
    """Return ``caption`` and ``caption_entities``, if there is a caption.

    Raises:
        Refusal: Telegram would not take them.

    """
    if "parse_mode" in params:
        raise bad_request("the playground reads caption_entities, not parse_mode")
    text, entities = checked_text(
        params.get("caption") or "", params.get("caption_entities") or [], most=1024, empty_ok=True
    )
    if not text:
        return {}
    content: Json = {"caption": text}
    if entities := detected(text, entities):
        content["caption_entities"] = entities
    return content


def _only_entities(call: Call) -> None:
    if "parse_mode" in call.params:
        raise bad_request("the playground reads entities, not parse_mode")


def deliver(world: World, call: Call, content: Json) -> Json:
    """Put a new message of the bot with *content* into its chat and return it.

    Raises:
        Refusal: The chat, the topic, the message it answers or its keyboard will not do.

    """
    chat = reachable(world, call)
    markup = call.get("reply_markup")
    check_keyboard(markup)
    answered, quoted = _answered(world, chat, call)
    topic = call.get("message_thread_id")
    message = new_message(world, chat, world.profile.as_user(), topic=topic, answers=answered)
    message |= quoted | content
    if markup and _is_shown(chat, markup):
        message["reply_markup"] = markup
    if "message_effect_id" in call.params:
        message["effect_id"] = call.params["message_effect_id"]
    world.drop_draft(chat.id, topic)
    return publish(world, chat, message)


def _is_shown(chat: Chat, markup: Json) -> bool:
    """Return whether a page shows *markup*: keys under the message, or beside the text field.

    Raises:
        Refusal: A key asks in a group for what only a private chat may be asked for.

    """
    for key in (key for row in markup.get("keyboard", []) for key in row if isinstance(key, dict)):
        if not chat.is_private and ("request_location" in key or "request_contact" in key):
            what = "location can be requested in private chats only"
            raise bad_request(what.replace("location", _requested(key)))
    return any(markup.get(kind) for kind in ("inline_keyboard", "keyboard", "remove_keyboard"))


def _requested(key: Json) -> str:
    return "phone number" if "request_contact" in key else "location"


def _answered(world: World, chat: Chat, call: Call) -> tuple[Json | None, Json]:
    wanted = call.get("reply_parameters")
    if not wanted:
        return None, {}
    home = world.chat(wanted.get("chat_id", chat.id))
    found = home.messages.get(wanted.get("message_id"))
    if found is None:
        if wanted.get("allow_sending_without_reply"):
            return None, {}
        raise bad_request("message to be replied not found")
    quote = wanted.get("quote")
    if quote is None:
        return found, {}
    where = (found.get("text") or found.get("caption") or "").find(quote)
    if where < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    return found, {"quote": {"text": quote, "position": where, "is_manual": True}}


def send_message(world: World, call: Call) -> Json:
    """Say plain or formatted words."""
    content = read_text(call)
    if preview := call.get("link_preview_options"):
        content["link_preview_options"] = preview
    return deliver(world, call, content)


def send_rich_message(world: World, call: Call) -> Json:
    """Say something in blocks: tables, lists, code, formulas."""
    reachable(world, call)
    message = rich.accepted(world.files, call.params["rich_message"], call.files)
    return deliver(world, call, {"rich_message": message})


def send_chat_action(world: World, call: Call) -> bool:
    """Show that something is being done; it fades after five seconds."""
    chat = reachable(world, call)
    if call.params["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    topic = call.get("message_thread_id")
    world.stage.tell("action", chat=chat.id, topic=topic, action=call.params["action"])
    return True
