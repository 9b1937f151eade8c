"""Who is meant: in a private chat everything is for us, in a group only what calls us.

A group calls us by our name, by a command, or by replying to us. This is a function of the
message alone, with one exception: of an album only the picture with the caption can name us, so
a bounded number of albums that were meant for us are remembered. If that memory is lost with a
life, a straggler of an album that was being sent at that very moment is not noticed; nothing
else depends on it.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from actors.ports import Address
from fsm import commands
from service.channels.telegram.addresses import (
    address_of,
    foreign,
    language_of,
    speaker_of,
)
from service.channels.telegram.contents import cut_units, spans, text_of

_OURS: Final = ("stop", "reset", "retry", "plain", "debug", "stats", "flows", "cancel")
WISHES: Final = ("search", "read", "run", "translate", "image")
"""Commands that are questions, asked in a special way."""
COMMANDS: Final = frozenset({*_OURS, *WISHES, *commands.NAMES})
_ALBUMS: Final = 512
_SPACES: Final = re.compile(r"[ \t]{2,}")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who our bot is."""

    id: int
    username: str
    reads_all: bool = False
    """Privacy mode is off: Telegram shows us everything that is said in groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message that was meant for us, and what was found out about it."""

    message: Json
    address: Address
    text: str
    """What it says, without our name."""
    person: int
    language: str

    @property
    def number(self) -> int:
        """The channel's number of the message."""
        return int(self.message.get("message_id") or 0)

    @property
    def album(self) -> str:
        """What the messages of one album have in common."""
        return str(self.message.get("media_group_id") or "")


class Ear:
    """Hears what is meant for one bot."""

    def __init__(self, me: Me) -> None:
        self._me = me
        self._name = f"@{me.username}".lower()
        self._albums: OrderedDict[tuple[int, str], None] = OrderedDict()

    def command(self, heard: Heard) -> tuple[str, str] | None:
        """Return the command in *heard* and what stands behind it; None if there is none."""
        message = heard.message
        word = _command_word(message, str(message.get("text") or message.get("caption") or ""))
        name, _, at = word.partition("@")
        if not name or (at and at.lower() != self._name[1:]):
            return None
        return name, heard.text[len(word) + 1 :].strip()

    def is_first(self, heard: Heard) -> bool:
        """Tell whether *heard* is the first we see of its album (or of no album), and note it."""
        album = (heard.address.chat, heard.album)
        if not heard.album:
            return True
        known = album in self._albums
        self._note(album)
        return not known

    def _note(self, album: tuple[int, str]) -> None:
        self._albums[album] = None
        self._albums.move_to_end(album)
        if len(self._albums) > _ALBUMS:
            self._albums.popitem(last=False)

    def hear(self, bot: str, message: Json) -> Heard | None:
        """Return *message* as one that was meant for us, or None."""
        person = speaker_of(message)
        if self._is_ours(message):
            return None
        kind = message["chat"].get("type")
        if not person or kind == "channel" or message.get("is_automatic_forward"):
            return None
        text: str | None = text_of(message)
        if kind != "private":
            text = self._addressed(message, text or "")
        if text is None:
            return None
        user = message.get("from") or {}
        return Heard(
            message=message,
            address=address_of(bot, message),
            text=text,
            person=person,
            language=language_of(user),
        )

    def overhear(self, bot: str, message: Json) -> Heard | None:
        """Return *message*, which called us into a chat that is not ours, or None."""
        ticket, person = str(message.get("guest_query_id") or ""), speaker_of(message)
        if not ticket or not person or self._is_ours(message):
            return None
        said = text_of(message)
        text = self._without_name(message, said)
        return Heard(
            message=message,
            address=foreign(bot, ticket),
            text=said if text is None else text,
            person=person,
            language=language_of(message.get("from") or {}),
        )

    def _is_ours(self, message: Json) -> bool:
        """Whether somebody has sent what we offered in inline mode: no question, but an answer."""
        return bool((message.get("via_bot") or {}).get("id") == self._me.id)

    def _addressed(self, message: Json, text: str) -> str | None:
        """Return *text* without our name if the people of a group said it to us, else None."""
        album = (int(message["chat"]["id"]), str(message.get("media_group_id") or ""))
        rest = self._without_name(message, text)
        if rest is None and self._calls_us(message, text):
            rest = text
        if rest is not None and album[1]:
            self._note(album)
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
        return at.lower() == self._name[1:] if at else name in COMMANDS

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


def _command_word(message: Json, text: str) -> str:
    """Return the command that *text* begins with, without its slash."""
    if not text.startswith("/"):
        return ""
    for entity in message.get("entities") or message.get("caption_entities") or ():
        if entity.get("type") == "bot_command" and entity.get("offset") == 0:
            word = cut_units(text.encode("utf-16-le"), entity)[1:]
            name, at, bot = word.partition("@")
            return f"{name.lower()}{at}{bot}"
    return ""
