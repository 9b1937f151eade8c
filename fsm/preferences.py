"""What people set for their chat: how it answers, how it calls itself, how it greets."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fsm.content import Media


class Busy(StrEnum):
    """What happens to a message that comes while an answer is being written."""

    QUEUE = "queue"
    """It waits; the next answer is to all that waited."""
    INTERRUPT = "interrupt"
    """The answer ends there, and the new message is next."""
    STEER = "steer"
    """The answer begins again, now to both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The choices of one chat. They outlive a reset of the conversation."""

    mode: str = ""
    """Key of the chosen mode; empty: the first one."""
    instruction: str = ""
    """What the people of the chat want every answer to heed, in their own words."""
    name: str = ""
    """How the bot calls itself here; empty: it has no name of its own."""
    welcome: str = ""
    """What /start answers here; empty: our own sentence."""
    busy: Busy = Busy.QUEUE
    thinking: str = ""
    """How long the model may think (`low`, `medium`, `high`); empty: as is usual for it."""
    safety: str = ""
    """How careful the model's provider is to be (`strict`, `open`); empty: as is usual."""
    speaks: bool = False
    """Whether answers are read aloud, too."""
    portrait: Media | None = None
    """The picture that goes with the welcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A way of answering that people can choose, as far as the rules have to know it."""

    key: str
    names: Mapping[str, str] = field(default_factory=dict)
    """What it is called, by language."""
    abouts: Mapping[str, str] = field(default_factory=dict)
    """What it is good for, in one line, by language."""

    @property
    def number(self) -> int:
        """What a button carries: it stays the same when other modes come and go."""
        return zlib.crc32(self.key.encode())

    def name(self, language: str) -> str:
        """Return what it is called in *language*, or in the nearest that it has a name in."""
        return spoken(self.names, language) or self.key

    def about(self, language: str) -> str:
        """Return what it is good for."""
        return spoken(self.abouts, language)


def spoken(words: Mapping[str, str], language: str) -> str:
    """Return the words in *language*, else in a dialect of it, else in English."""
    if language in words:
        return words[language]
    primary = language.replace("_", "-").partition("-")[0].lower()
    for known, said in words.items():
        if known.partition("-")[0].lower() == primary:
            return said
    return words.get("en", "")


def chosen(modes: tuple[Mode, ...], key: str) -> Mode | None:
    """Return the mode *key*, the first one if there is no such mode (any more)."""
    return next((mode for mode in modes if mode.key == key), modes[0] if modes else None)
