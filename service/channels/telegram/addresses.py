"""Where a message stands and who says it: Telegram's numbers as our addresses and keys."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from actors.ports import FOREIGN, Address
from service.channels.telegram.contents import name_of
from service.channels.telegram.marks import press

CHANNEL: Final = "telegram"

Json = Mapping[str, Any]


def key_of(bot: str, update: Json) -> str:
    """Return the key of the actor whose mail *update* is; empty when it is nobody's."""
    match update:
        case (
            {"message": dict(message)}
            | {"edited_message": dict(message)}
            | {"callback_query": {"message": dict(message)}}
            | {"stopped_message_generation": dict(message)}
            | {"my_chat_member": dict(message)}
            | {"message_reaction": dict(message)}
        ) if "chat" in message:
            return f"chat/{address_of(bot, message).key}"
        case {"guest_message": {"guest_query_id": name}}:
            return f"chat/{foreign(bot, str(name)).key}"
        case {"chosen_inline_result": {"inline_message_id": name}} | {
            "callback_query": {"inline_message_id": name}
        }:
            chosen = update.get("callback_query") or {}
            wanted = press(str(chosen.get("data") or ""))
            return f"chat/{foreign(bot, str(name), wanted.chat if wanted else 0).key}"
        case _:
            return ""


def address_of(bot: str, message: Json) -> Address:
    """Return the chat, and the topic in it, that *message* stands in.

    In a group without topics a thread is just a chain of replies, and no address.
    """
    in_topic = message.get("is_topic_message") or "draft_id" in message
    topic = int(message.get("message_thread_id") or 0) if in_topic else 0
    return Address(channel=CHANNEL, bot=bot, chat=int(message["chat"]["id"]), topic=topic)


def foreign(bot: str, name: str, chat: int = 0) -> Address:
    """Return the address of an answer in somebody else's chat; it has just this one message.

    It is known by what Telegram calls it when it is asked for, *name*; a button under it may say
    its number, *chat*, because by then Telegram may call it something else.
    """
    digest = hashlib.blake2b(name.encode(), digest_size=6).digest()
    number = chat or -1 - int.from_bytes(digest)
    return Address(channel=FOREIGN, bot=bot, chat=number)


def language_of(user: Json) -> str:
    """Return which of our languages *user* reads."""
    return "zh-CN" if str(user.get("language_code") or "").lower().startswith("zh") else "en"


def speaker_of(message: Json) -> int:
    """Return who speaks: a person, or the chat in whose name somebody does; 0 for a bot."""
    if sender := message.get("sender_chat"):
        return int(sender["id"])
    user = message.get("from") or {}
    return 0 if user.get("is_bot") else int(user.get("id") or 0)


def author_of(message: Json) -> str:
    """Return the shown name of whoever speaks."""
    if sender := message.get("sender_chat"):
        return str(sender.get("title") or "")
    return name_of(message.get("from") or {})


def person_key(person: int) -> str:
    """Return the key of a person."""
    return f"{CHANNEL}.{person}"
