"""What a bot has been asked in chats that it is not in, and its messages there by name."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.playground.world import Chat, Person

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Query:
    """What somebody has typed behind the bot's name."""

    person: Person
    text: str
    at: float
    results: dict[str, Json] | None = None


@dataclass(slots=True)
class Abroad:
    """Questions from chats that the bot is not in, and its messages there."""

    queries: dict[str, Query] = field(default_factory=dict)
    calls: dict[str, tuple[Chat, Json, float]] = field(default_factory=dict)
    messages: dict[str, tuple[int, int]] = field(default_factory=dict)
    names: dict[tuple[int, int], str] = field(default_factory=dict)

    def name(self, chat: Chat, message: Json) -> str:
        """Give *message* the name by which the bot knows it."""
        name = secrets.token_urlsafe(20)
        place = (chat.id, message["message_id"])
        self.messages[name], self.names[place] = place, name
        return name
