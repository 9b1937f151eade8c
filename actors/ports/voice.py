"""Our own sentences, and what a channel's updates mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from actors.ports.channel import Address


class Voice(Protocol):
    """Our own sentences in people's languages."""

    def say(self, language: str, key: str, args: Mapping[str, str] = ...) -> str:
        """Return the sentence *key* in *language* (or the nearest that exists), as Markdown."""

    def plain(self, language: str, key: str, args: Mapping[str, str] = ...) -> str:
        """Return the same as plain text, for what stands on a button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """What an update means: which actor, which event."""

    address: Address
    event: Any
    person: str = ""
    callback: str = ""
    """Id of a button press that waits for its acknowledgement."""
    facts: Mapping[str, str] = field(default_factory=dict)


class Reader(Protocol):
    """Understands a channel's updates; pure."""

    def read(self, bot: str, update: Mapping[str, Any]) -> Routed | None:
        """Return what *update* means to us, or None if it means nothing.

        Raises:
            Exception: Anything: the router makes a dead letter of the update.

        """
