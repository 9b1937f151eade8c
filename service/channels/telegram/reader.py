"""What Telegram's updates mean: from plain dicts to the events of a conversation.

Reading is a function of the update alone, with one exception: of an album sent to a group only
the picture with the caption can mention us, so the reader remembers, for a bounded number of
albums, that they were meant for us. If that memory is lost with a life, a straggler of an album
that was being sent at that very moment is not noticed; nothing else depends on it.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from actors.ports import Address, Routed
from fsm.content import Prompt
from fsm.effects import Wish
from fsm.events import (
    Asked,
    Continued,
    Edited,
    HeldAsked,
    PlainChosen,
    Reset,
    RestShown,
    Retried,
    Stopped,
    Wondered,
)
from service.channels.events import DebugAsked
from service.channels.telegram.contents import (
    MAX_BYTES,
    cut_units,
    is_unsupported,
    media_of,
    name_of,
    origin_of,
    quote_of,
    spans,
    text_of,
)
from service.channels.telegram.marks import press, turn_of

CHANNEL: Final = "telegram"
_ALBUMS: Final = 512
_SPACES: Final = re.compile(r"[ \t]{2,}")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who our bot is."""

    id: int
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """A message on its way to an event: what was found out about it so far."""

    message: Json
    address: Address
    text: str
    person: int
    language: str

    @property
    def number(self) -> int:
        return int(self.message.get("message_id") or 0)

    @property
    def album(self) -> str:
        return str(self.message.get("media_group_id") or "")


class TelegramReader:
    """Understands the updates of one bot."""

    def __init__(
        self,
        me: Me,
        *,
        allowed: frozenset[int] = frozenset(),
        admins: frozenset[int] = frozenset(),
    ) -> None:
        self._me = me
        self._name = f"@{me.username}".lower()
        self._allowed = allowed
        self._admins = admins
        self._albums: OrderedDict[tuple[int, str], None] = OrderedDict()

    def read(self, bot: str, update: Json) -> Routed | None:
        """Return what *update* means to us, or None if it means nothing."""
        match update:
            case {"message": dict(message)}:
                return self._message(bot, message)
            case {"edited_message": dict(message)}:
                return self._edited(bot, message)
            case {"callback_query": {"id": id_, "from": user, "data": data, "message": message}}:
                return self._pressed(bot, str(id_), user, str(data), message)
            case {"stopped_message_generation": {"chat": _, "draft_id": draft} as stopped}:
                return self._draft_stopped(bot, stopped, int(draft))
            case _:
                return None

    def unclaimed_press(self, update: Json) -> str:
        """Return the id of a button press that `read` leaves to nobody; it still has to be told."""
        match update:
            case {"callback_query": {"id": id_, **query}}:
                ours = press(str(query.get("data") or "")) is not None and "message" in query
                sender: Any = query.get("from") or {}
                person = int(sender.get("id") or 0)
                return "" if ours and self._welcome(person) else str(id_)
            case _:
                return ""

    def _message(self, bot: str, message: Json) -> Routed | None:
        heard = self._heard(bot, message)
        if heard is None:
            return None
        if not self._welcome(heard.person):
            return self._refused(heard)
        if command := self._command(heard):
            return self._commanded(heard, *command)
        return self._asked(heard)

    def _edited(self, bot: str, message: Json) -> Routed | None:
        if "location" in message:  # a live location moves without anybody saying anything
            return None
        heard = self._heard(bot, message)
        if heard is None or not self._welcome(heard.person) or self._command(heard):
            return None
        prompt = self._prompt(heard)
        return self._routed(heard, Edited(prompt=prompt)) if prompt else None

    def _heard(self, bot: str, message: Json) -> _Heard | None:
        """Return *message* as one that was meant for us, or None."""
        person = _speaker(message)
        kind = message["chat"].get("type")
        if not person or kind == "channel" or message.get("is_automatic_forward"):
            return None
        text: str | None = text_of(message)
        if kind != "private":
            text = self._addressed(message, text or "")
        if text is None:
            return None
        user = message.get("from") or {}
        return _Heard(
            message=message,
            address=address_of(bot, message),
            text=text,
            person=person,
            language=language_of(user),
        )

    def _addressed(self, message: Json, text: str) -> str | None:
        """Return *text* without our name if the people of a group said it to us, else None."""
        album = (int(message["chat"]["id"]), str(message.get("media_group_id") or ""))
        rest = self._without_name(message, text)
        if rest is None and self._calls_us(message, text):
            rest = text
        if rest is not None and album[1]:
            self._albums[album] = None
            self._albums.move_to_end(album)
            if len(self._albums) > _ALBUMS:
                self._albums.popitem(last=False)
        if rest is None and album[1] and album in self._albums:
            return text
        return rest

    def _calls_us(self, message: Json, text: str) -> bool:
        match message:
            case {"reply_to_message": {"forum_topic_created": _}}:
                pass
            case {"reply_to_message": {"from": {"id": self._me.id}}}:
                return True
        name, _, at = _command_word(message, text).partition("@")
        # Without our name it may be meant for any bot here; we answer to those we know.
        return at.lower() == self._name[1:] if at else name in _COMMANDS

    def _without_name(self, message: Json, text: str) -> str | None:
        """Return *text* without the mentions of our bot, or None if there are none."""
        entities = message.get("entities") or message.get("caption_entities") or ()
        ours = [
            entity
            for entity, passage in spans(text, entities, "mention", "text_mention")
            if passage.lower() == self._name or (entity.get("user") or {}).get("id") == self._me.id
        ]
        if not ours:
            return None
        units = text.encode("utf-16-le")
        for entity in sorted(ours, key=lambda entity: -int(entity["offset"])):
            start = int(entity["offset"]) * 2
            units = units[:start] + units[start + int(entity["length"]) * 2 :]
        return _SPACES.sub(" ", units.decode("utf-16-le", "replace")).strip(" ,:\n\t")

    def _command(self, heard: _Heard) -> tuple[str, str] | None:
        """Return the command in *heard* and what stands behind it; None if there is none."""
        word = _command_word(heard.message, str(heard.message.get("text") or ""))
        name, _, at = word.partition("@")
        if not name or (at and at.lower() != self._name[1:]):
            return None
        return name, heard.text[len(word) + 1 :].strip()

    def _commanded(self, heard: _Heard, name: str, rest: str) -> Routed | None:
        language = heard.language
        if name == "debug" and heard.person in self._admins:
            asked = DebugAsked(
                text=rest,
                message=heard.number,
                person=_key(heard.person),
                language=language,
                chat=heard.address.chat,
            )
            return self._routed(heard, asked)
        match name:
            case "start":
                return self._wondered(heard, "welcome")
            case "help":
                return self._wondered(heard, "help")
            case "stop":
                return self._routed(heard, Stopped(language=language))
            case "reset":
                return self._routed(heard, Reset(language=language))
            case "retry":
                return self._routed(heard, Retried(language=language))
            case "plain":
                plain = rest.lower() not in _NOT_PLAIN
                return self._routed(heard, PlainChosen(plain=plain, language=language))
            case _ if heard.address.private:
                return self._wondered(heard, "unknown-command")
            case _:
                return None

    def _asked(self, heard: _Heard) -> Routed | None:
        big = next((file for file in media_of(heard.message) if file.size > MAX_BYTES), None)
        if big is not None:
            args = {"name": big.name or big.mime, "size": f"{MAX_BYTES >> 20} MB"}
            return self._wondered(heard, "file-too-big", args)
        if prompt := self._prompt(heard):
            return self._routed(heard, Asked(prompt=prompt))
        if is_unsupported(heard.message):
            return self._wondered(heard, "unsupported")
        if heard.message.get("text"):  # nothing but our name
            return self._wondered(heard, "only-name")
        return None

    def _prompt(self, heard: _Heard) -> Prompt | None:
        message, text = heard.message, heard.text
        media = tuple(file for file in media_of(message) if file.size <= MAX_BYTES)
        quote = quote_of(message, self._me.id)
        if not text and not media and not (quote and message.get("text")):
            return None
        if origin := origin_of(message):
            text = f"[Forwarded from {origin}]\n{text}".rstrip()
        return Prompt(
            text=text,
            media=media,
            message=heard.number,
            album=heard.album,
            author="" if heard.address.private else _author(message),
            person=_key(heard.person),
            language=heard.language,
            quote=quote,
            at=float(message.get("edit_date") or message.get("date") or 0),
        )

    def _pressed(self, bot: str, id_: str, user: Json, data: str, message: Json) -> Routed | None:
        wanted = press(data)
        if wanted is None or not self._welcome(int(user["id"])):
            return None
        about, language = wanted.about, language_of(user)
        event: Any
        match wanted.wish:
            case Wish.STOP:
                event = Stopped(turn=about, language=language)
            case Wish.RETRY:
                event = Retried(turn=about, language=language)
            case Wish.CONTINUE:
                event = Continued(turn=about, language=language)
            case Wish.REST:
                event = RestShown(answer=about)
            case Wish.HELD:
                event = HeldAsked()
            case Wish.PLAIN:
                event = PlainChosen(language=language)
        return Routed(
            address=address_of(bot, message),
            event=event,
            person=_key(int(user["id"])),
            callback=id_,
        )

    def _draft_stopped(self, bot: str, stopped: Json, draft: int) -> Routed | None:
        turn = turn_of(draft)
        if turn < 0:
            return None
        # Telegram does not say who pressed; in a private chat there is just one who could.
        chat = int(stopped["chat"]["id"])
        return Routed(address=address_of(bot, stopped), event=Stopped(turn=turn), person=_key(chat))

    def _refused(self, heard: _Heard) -> Routed | None:
        """Answer somebody who is not on the list: in private, once per album."""
        album = (heard.address.chat, heard.album)
        if not heard.address.private or (heard.album and album in self._albums):
            return None
        if heard.album:
            self._albums[album] = None
        return self._wondered(heard, "not-allowed", {"id": str(heard.person)})

    def _welcome(self, person: int) -> bool:
        return not self._allowed or person in self._allowed

    def _wondered(self, heard: _Heard, key: str, args: Mapping[str, str] | None = None) -> Routed:
        event = Wondered(key=key, args=args or {}, language=heard.language, message=heard.number)
        return self._routed(heard, event)

    def _routed(self, heard: _Heard, event: Any) -> Routed:
        return Routed(address=heard.address, event=event, person=_key(heard.person))


def key_of(bot: str, update: Json) -> str:
    """Return the key of the actor whose mail *update* is; empty when it is nobody's."""
    match update:
        case (
            {"message": dict(message)}
            | {"edited_message": dict(message)}
            | {"callback_query": {"message": dict(message)}}
            | {"stopped_message_generation": dict(message)}
        ) if "chat" in message:
            return f"chat/{address_of(bot, message).key}"
        case _:
            return ""


def address_of(bot: str, message: Json) -> Address:
    """Return the chat, and the topic in it, that *message* stands in.

    In a group without topics a thread is just a chain of replies, and no address.
    """
    in_topic = message.get("is_topic_message") or "draft_id" in message
    topic = int(message.get("message_thread_id") or 0) if in_topic else 0
    return Address(channel=CHANNEL, bot=bot, chat=int(message["chat"]["id"]), topic=topic)


def language_of(user: Json) -> str:
    """Return which of our languages *user* reads."""
    return "zh-CN" if str(user.get("language_code") or "").lower().startswith("zh") else "en"


_COMMANDS: Final = frozenset({"start", "help", "stop", "reset", "retry", "plain", "debug"})
_NOT_PLAIN: Final = frozenset({"off", "no", "rich"})


def _command_word(message: Json, text: str) -> str:
    """Return the command that *text* begins with, without its slash."""
    if not text.startswith("/"):
        return ""
    for entity in message.get("entities") or ():
        if entity.get("type") == "bot_command" and entity.get("offset") == 0:
            word = cut_units(text.encode("utf-16-le"), entity)[1:]
            name, at, bot = word.partition("@")
            return f"{name.lower()}{at}{bot}"
    return ""


def _speaker(message: Json) -> int:
    """Return who speaks: a person, or the chat in whose name somebody does; 0 for a bot."""
    if sender := message.get("sender_chat"):
        return int(sender["id"])
    user = message.get("from") or {}
    return 0 if user.get("is_bot") else int(user.get("id") or 0)


def _author(message: Json) -> str:
    if sender := message.get("sender_chat"):
        return str(sender.get("title") or "")
    return name_of(message.get("from") or {})


def _key(person: int) -> str:
    return f"{CHANNEL}.{person}"
