"""What Telegram would remember: people, chats, messages, drafts and the bot's profile.

Everything lives in memory and changes between two awaits only, so nothing here is locked.
Messages are kept as the plain dicts the Bot API would send: what a bot reads, what the
page draws and what a test asserts is one and the same value.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from service.playground.files import Files
from service.playground.queries import Abroad
from service.playground.refusals import bad_request
from service.playground.stage import Stage
from service.playground.updates import UpdateQueue

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody who writes to the bot."""

    id: int
    first_name: str
    username: str
    language_code: str = "en"
    has_blocked: bool = False

    def as_user(self) -> Json:
        """Return this person as Telegram's ``User``."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "username": self.username,
            "language_code": self.language_code,
        }


@dataclass(slots=True, kw_only=True)
class Chat:
    """A private chat, a group, or a supergroup that may have topics."""

    id: int
    type: str
    title: str
    members: list[int]
    topics: dict[int, Json] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)
    has_bot: bool = True
    numbers: Iterator[int] | None = None

    @property
    def is_private(self) -> bool:
        """Whether the bot and one person are alone here."""
        return self.type == "private"


@dataclass(slots=True, kw_only=True)
class Draft:
    """A preview that fades unless the bot says it again."""

    chat: int
    topic: int | None
    id: int
    content: Json
    can_stop: bool
    keep_on_stop: bool
    until: float
    stopped: bool = False

    def shown(self, now: float) -> Json:
        """Return the draft as the page draws it."""
        return {
            "chat": self.chat,
            "topic": self.topic,
            "draft_id": self.id,
            "can_stop": self.can_stop and not self.stopped,
            "left": round(self.until - now, 3),
            **self.content,
        }


@dataclass(slots=True, kw_only=True)
class Profile:
    """What the bot says about itself; texts are kept by language, "" being everybody else's."""

    id: int
    username: str
    names: dict[str, str]
    descriptions: dict[str, str] = field(default_factory=dict)
    abouts: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    photo: list[Json] | None = None
    menu_button: Json = field(default_factory=lambda: {"type": "default"})

    def as_user(self) -> Json:
        """Return the bot as Telegram's ``User``."""
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.names[""],
            "username": self.username,
        }


class World:
    """Everything a bot or a person can see."""

    def __init__(self, profile: Profile, *, clock: Callable[[], float] = time.time) -> None:
        self.profile = profile
        self.clock = clock
        self.privacy = True
        self.webhook = ""
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.drafts: dict[tuple[int, int | None], Draft] = {}
        self.questions: dict[str, tuple[int, float]] = {}
        self.abroad = Abroad()
        self.reactions: dict[tuple[int, int, int], str] = {}
        """What stands under a message (chat, number) of somebody's (person)."""
        self.files = Files()
        self.stage = Stage()
        self.updates = UpdateQueue()
        # Telegram numbers the messages of all private chats and small groups of an
        # account together; only a supergroup counts for itself.
        self._numbers = itertools.count(1)
        self._people_ids = itertools.count(700_001)
        self._group_ids = itertools.count(4_000_001)

    def add_person(
        self,
        first_name: str,
        *,
        language: str = "en",
        id: int | None = None,  # noqa: A002
    ) -> Person:
        """Let somebody new know the bot; they get a private chat with it."""
        number = next(self._people_ids) if id is None else id
        if number in self.chats:
            raise bad_request(f"person {number} exists already")
        latin = "".join(c for c in first_name.lower() if c.isascii() and c.isalnum())
        person = Person(
            id=number,
            first_name=first_name,
            username=f"{latin or 'person'}_{number}",
            language_code=language,
        )
        chat = Chat(id=number, type="private", title=first_name, members=[number])
        self.people[number] = person
        self.chats[number] = chat
        self.stage.tell("person", person=person.as_user())
        self.stage.tell("chat", chat=self.shown_chat(chat))
        return person

    def add_chat(
        self,
        title: str,
        members: list[int],
        *,
        type: str = "group",  # noqa: A002
        id: int | None = None,  # noqa: A002
        has_bot: bool = True,
    ) -> Chat:
        """Open a group or a supergroup, with the bot in it unless it has no business there."""
        if type not in {"group", "supergroup"}:
            raise bad_request("a chat with several people is a group or a supergroup")
        unknown = [member for member in members if member not in self.people]
        if unknown:
            raise bad_request(f"nobody here is called {unknown[0]}")
        number = next(self._group_ids)
        fresh = -number if type == "group" else -1_000_000_000_000 - number
        key = fresh if id is None else id
        if key in self.chats:
            raise bad_request(f"chat {key} exists already")
        numbers = itertools.count(1) if type == "supergroup" else None
        chat = Chat(
            id=key, type=type, title=title, members=list(members), numbers=numbers, has_bot=has_bot
        )
        self.chats[key] = chat
        self.stage.tell("chat", chat=self.shown_chat(chat))
        return chat

    def chat(self, chat_id: int | str) -> Chat:
        """Return the chat of that id.

        Raises:
            Refusal: There is none.

        """
        found = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if found is None:
            raise bad_request("chat not found")
        return found

    def person(self, person_id: int) -> Person:
        """Return the person of that id.

        Raises:
            Refusal: Nobody has it.

        """
        found = self.people.get(person_id)
        if found is None:
            raise bad_request("user not found")
        return found

    def as_chat(self, chat: Chat) -> Json:
        """Return *chat* as Telegram's ``Chat``."""
        if chat.is_private:
            person = self.people[chat.id]
            return {
                "id": chat.id,
                "type": "private",
                "first_name": person.first_name,
                "username": person.username,
            }
        shown: Json = {"id": chat.id, "type": chat.type, "title": chat.title}
        return shown | {"is_forum": True} if chat.topics else shown

    def shown_chat(self, chat: Chat) -> Json:
        """Return *chat* as the page lists it."""
        topics = [
            {"id": thread, "name": opened["forum_topic_created"]["name"]}
            for thread, opened in chat.topics.items()
        ]
        return {
            "id": chat.id,
            "type": chat.type,
            "title": chat.title,
            "members": chat.members,
            "topics": topics,
            "has_bot": chat.has_bot,
        }

    def shown_profile(self) -> Json:
        """Return what the page says of the bot."""
        profile = self.profile
        return {
            **profile.as_user(),
            "names": profile.names,
            "descriptions": profile.descriptions,
            "photo": profile.photo,
            "commands": [
                {"scope": scope, "language": language, "commands": commands}
                for (scope, language), commands in profile.commands.items()
            ],
        }

    def number(self, chat: Chat) -> int:
        """Return the next message id of *chat*."""
        return next(chat.numbers or self._numbers)

    def live_drafts(self) -> list[Draft]:
        """Return the drafts somebody can still see, and forget the others."""
        now = self.clock()
        for key in [key for key, draft in self.drafts.items() if draft.until <= now]:
            del self.drafts[key]
        return list(self.drafts.values())

    def drop_draft(self, chat: int, topic: int | None) -> None:
        """Take away what was previewed there, now that a message is."""
        if self.drafts.pop((chat, topic), None):
            self.stage.tell("draft gone", chat=chat, topic=topic)
