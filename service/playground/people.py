"""What people do, and the updates a bot gets of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.playground.abroad import call_in
from service.playground.files import Upload
from service.playground.media import stored_upload
from service.playground.refusals import bad_request, check_entities
from service.playground.speech import detected, find, new_message, publish
from service.playground.world import Chat, Person, World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Who speaks, where, and in answer to what."""

    person: Person
    chat: Chat
    topic: int | None = None
    answers: Json | None = None
    quote: str | None = None


def place(
    world: World,
    person: int,
    chat: int | None = None,
    *,
    topic: int | None = None,
    reply_to: int | None = None,
    quote: str | None = None,
) -> Place:
    """Return where *person* speaks; without *chat* it is their private chat with the bot.

    Raises:
        Refusal: They are not in that chat, or what they answer is not there.

    """
    somebody = world.person(person)
    home = world.chat(person if chat is None else chat)
    if person not in home.members:
        raise bad_request(f"{somebody.first_name} is not in this chat")
    answers = None if reply_to is None else find(home, reply_to, "to be replied")
    return Place(person=somebody, chat=home, topic=topic, answers=answers, quote=quote)


def say(world: World, where: Place, text: str, entities: Sequence[Json] = ()) -> Json:
    """Send words."""
    if not text.strip():
        raise bad_request("message text is empty")
    check_entities(text, list(entities))
    content: Json = {"text": text}
    if found := detected(text, list(entities)):
        content["entities"] = found
    return _send(world, where, [content])[0]


MOST_IN_ALBUM = 10
_KINDS = frozenset({
    "photo", "document", "voice", "audio", "video", "sticker", "video_note", "animation",
})  # fmt: skip


def share(world: World, where: Place, kind: str) -> Json:
    """Send where one is, or who one is, as the keys do that a bot may show for it."""
    person = where.person
    contents: dict[str, Json] = {
        "location": {"latitude": 52.516275, "longitude": 13.377704},
        "contact": {
            "phone_number": f"+4930{person.id}",
            "first_name": person.first_name,
            "user_id": person.id,
        },
    }
    if kind not in contents:
        raise bad_request(f"nobody can share a {kind}")
    return _send(world, where, [{kind: contents[kind]}])[0]


def send_files(
    world: World,
    where: Place,
    kind: str,
    uploads: Sequence[Upload],
    caption: str = "",
    *,
    album: str = "",
    **told: Any,
) -> list[Json]:
    """Send one file, or several as one album whose caption stands on the first.

    With the number of an *album* they are its rest, come late over a poor line.
    """
    if not uploads:
        raise bad_request("there is no file in the request")
    if kind not in _KINDS:
        raise bad_request(f"nobody can send a {kind}")
    if len(uploads) > 1:
        album = album or str(secrets.randbits(53))
    known = sum(each.get("media_group_id") == album for each in where.chat.messages.values())
    if album and known + len(uploads) > MOST_IN_ALBUM:
        raise bad_request(f"an album has at most {MOST_IN_ALBUM} files")
    group = {"media_group_id": album} if album else {}
    contents: list[Json] = []
    for upload in uploads:
        content: Json = {kind: stored_upload(world, kind, upload, told), **group}
        if caption and not contents:
            content["caption"] = caption
            if found := detected(caption, []):
                content["caption_entities"] = found
        contents.append(content)
    return _send(world, where, contents)


def _send(world: World, where: Place, contents: list[Json]) -> list[Json]:
    where.person.has_blocked &= not where.chat.is_private
    messages = []
    for content in contents:
        message = new_message(
            world, where.chat, where.person.as_user(), topic=where.topic, answers=where.answers
        )
        if where.quote and where.answers is not None:
            said = where.answers.get("text") or where.answers.get("caption") or ""
            position = max(said.find(where.quote), 0)
            message["quote"] = {"text": where.quote, "position": position, "is_manual": True}
        message |= content
        messages.append(publish(world, where.chat, message))
    if not where.chat.has_bot:
        call_in(world, where.chat, messages[0])
    if where.chat.has_bot and any(hears(world, where.chat, message) for message in messages):
        for message in messages:
            world.updates.put("message", message)
    return messages


def hears(world: World, chat: Chat, message: Json) -> bool:
    """Whether the bot is told of *message*: in a group only if it is meant for it.

    An album is told as a whole when one of its items is meant for the bot.
    """
    if chat.is_private or not world.privacy:
        return True
    answered = message.get("reply_to_message") or {}
    if "forum_topic_created" not in answered and answered.get("from", {}).get("id") == (
        world.profile.id
    ):
        return True
    text = message.get("text") or message.get("caption") or ""
    name = f"@{world.profile.username}".lower()
    if name in text.lower():
        return True
    return text.startswith("/") and "@" not in text.split(maxsplit=1)[0]


def edit(world: World, where: Place, message_id: int, text: str) -> Json:
    """Change the words of an own message."""
    old = find(where.chat, message_id, "to edit")
    if old["from"]["id"] != where.person.id:
        raise bad_request("message can't be edited")
    words = "text" if "text" in old else "caption"
    marks = "entities" if words == "text" else "caption_entities"
    made = {key: value for key, value in old.items() if key not in {words, marks}}
    made |= {words: text, "edit_date": int(world.clock())}
    if found := detected(text, []):
        made[marks] = found
    where.chat.messages[message_id] = made
    world.stage.tell("edited", chat=where.chat.id, message=made)
    if where.chat.has_bot and hears(world, where.chat, made):
        world.updates.put("edited_message", made)
    return made


def press(world: World, where: Place, message_id: int, data: str) -> str:
    """Press the button that carries *data* and return the id of the question it asks."""
    message = find(where.chat, message_id, "to press")
    if data not in set(_pressable(message)):
        raise bad_request("there is no such button")
    query = str(secrets.randbits(62))
    world.questions[query] = (where.person.id, world.clock())
    name = world.abroad.names.get((where.chat.id, message_id))
    world.updates.put(
        "callback_query",
        {
            "id": query,
            "from": where.person.as_user(),
            **({"inline_message_id": name} if name else {"message": message}),
            "chat_instance": str(where.chat.id),
            "data": data,
        },
    )
    return query


def _pressable(value: Any) -> list[str]:
    """Return the data of every button in a message, those inside rich text included."""
    if isinstance(value, list):
        return [data for item in value for data in _pressable(item)]
    if not isinstance(value, dict):
        return []
    own = [value["callback_data"]] if isinstance(value.get("callback_data"), str) else []
    inner = (item for key, item in value.items() if key != "reply_to_message")
    return own + [data for item in inner for data in _pressable(item)]


def stop(world: World, where: Place, draft_id: int | None = None) -> int:
    """Press Stop on the draft that is shown and return its id."""
    world.live_drafts()
    draft = world.drafts.get((where.chat.id, where.topic))
    if draft is None or not draft.can_stop or draft_id not in {None, draft.id}:
        raise bad_request("there is no draft to stop")
    if draft.stopped:
        return draft.id
    draft.stopped = True
    now = world.clock()
    if draft.keep_on_stop:
        world.stage.tell("draft", **draft.shown(now))
    else:
        world.stage.tell("draft gone", chat=where.chat.id, topic=where.topic)
    stopped: Json = {"chat": world.as_chat(where.chat), "draft_id": draft.id}
    if where.topic is not None:
        stopped["message_thread_id"] = where.topic
    world.updates.put("stopped_message_generation", stopped)
    return draft.id


def react(world: World, where: Place, message_id: int, emoji: str) -> None:
    """Put a reaction on a message, or take it away with an empty *emoji*.

    In a group a bot is told of it only as an administrator, which ours is not.
    """
    find(where.chat, message_id, "to react")
    place = (where.chat.id, message_id, where.person.id)
    before, world.reactions[place] = world.reactions.get(place, ""), emoji
    old, new = ([{"type": "emoji", "emoji": each}] if each else [] for each in (before, emoji))
    shown = [emoji] if emoji else []
    world.stage.tell(
        "reaction", chat=where.chat.id, message_id=message_id, emoji=shown, by="person"
    )
    if not where.chat.is_private or old == new:
        return
    world.updates.put(
        "message_reaction",
        {
            "chat": world.as_chat(where.chat),
            "message_id": message_id,
            "user": where.person.as_user(),
            "date": int(world.clock()),
            "old_reaction": old,
            "new_reaction": new,
        },
    )


def block(world: World, person_id: int, *, blocked: bool) -> None:
    """Block the bot, or let it write again."""
    person = world.person(person_id)
    if person.has_blocked == blocked:
        return
    person.has_blocked = blocked
    bot = world.profile.as_user()
    away: Json = {"user": bot, "status": "kicked", "until_date": 0}
    here: Json = {"user": bot, "status": "member"}
    world.updates.put(
        "my_chat_member",
        {
            "chat": world.as_chat(world.chats[person_id]),
            "from": person.as_user(),
            "date": int(world.clock()),
            "old_chat_member": here if blocked else away,
            "new_chat_member": away if blocked else here,
        },
    )
