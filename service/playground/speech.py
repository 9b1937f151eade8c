"""How a message is made, whoever says it: its number, its place, what it answers."""

from __future__ import annotations

import re
from typing import Any

from service.playground.refusals import bad_request, units
from service.playground.world import Chat, World

Json = dict[str, Any]

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]])"
    r"|(?<![\w/@<>])(?P<bot_command>/[A-Za-z0-9_]{1,32}(?:@\w+)?)(?![\w/<>])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z]\w{3,31})\b"
)


def detected(text: str, entities: list[Json]) -> list[Json]:
    """Return *entities* with the links, commands and mentions Telegram finds by itself."""
    taken = [(entity["offset"], entity["offset"] + entity["length"]) for entity in entities]
    found = []
    for match in _FOUND.finditer(text):
        first = units(text[: match.start()])
        last = first + units(match.group())
        if all(last <= start or first >= end for start, end in taken):
            found.append({"type": match.lastgroup, "offset": first, "length": last - first})
    return sorted([*entities, *found], key=lambda entity: (entity["offset"], -entity["length"]))


def new_message(
    world: World, chat: Chat, sender: Json, *, topic: int | None = None, answers: Json | None = None
) -> Json:
    """Return a message without content, numbered but not yet in its chat.

    Raises:
        Refusal: The chat has no such topic.

    """
    message: Json = {
        "message_id": world.number(chat),
        "from": sender,
        "chat": world.as_chat(chat),
        "date": int(world.clock()),
    }
    if topic is not None and topic not in chat.topics:
        raise bad_request("message thread not found")
    if topic is not None:
        message |= {"message_thread_id": topic, "is_topic_message": True}
    if answers is None and topic is not None:
        # Whoever writes into a topic answers, as Telegram has it, the message that opened it.
        answers = chat.topics[topic]
    if answers is not None:
        told = {key: value for key, value in answers.items() if key != "reply_to_message"}
        message["reply_to_message"] = told
    return message


def publish(world: World, chat: Chat, message: Json) -> Json:
    """Put *message* into its chat, in front of whoever looks."""
    chat.messages[message["message_id"]] = message
    world.stage.tell("message", chat=chat.id, message=message)
    return message


def open_topic(world: World, chat: Chat, name: str, by: Json) -> int:
    """Open a topic in a supergroup and return its thread id.

    Raises:
        Refusal: The chat can have no topics.

    """
    if chat.type != "supergroup":
        raise bad_request("the chat is not a forum")
    message = new_message(world, chat, by)
    thread: int = message["message_id"]
    message |= {
        "message_thread_id": thread,
        "is_topic_message": True,
        "forum_topic_created": {"name": name, "icon_color": 7322096},
    }
    chat.topics[thread] = message
    message["chat"] = world.as_chat(chat)
    world.stage.tell("chat", chat=world.shown_chat(chat))
    publish(world, chat, message)
    return thread


def find(chat: Chat, message_id: Any, what: str) -> Json:
    """Return a message of *chat*.

    Raises:
        Refusal: It is unknown; *what* was to happen to it ("to edit").

    """
    found = chat.messages.get(message_id) if isinstance(message_id, int) else None
    if found is None:
        raise bad_request(f"message {what} not found")
    return found
