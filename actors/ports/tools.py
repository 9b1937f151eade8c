"""What a model may do besides talking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from actors.ports.model import Declaration
from fsm.events import Event
from fsm.media import Media
from fsm.reminders import Reminder
from fsm.steps import Call


class KeepFile(Protocol):
    """Keeps what a tool has made, to go out with the answer in hand."""

    async def __call__(self, mime: str, data: bytes) -> Media:
        """Return it as something that can be delivered.

        Raises:
            KeepError: The disk does not take it.

        """


class NoPictureError(Exception):
    """There is no picture; the sentence is for the model that wanted it."""


class Draw(Protocol):
    """Makes pictures for the answer in hand."""

    async def __call__(self, description: str, *, change: bool) -> tuple[Media, ...]:
        """Return the picture.

        Raises:
            NoPictureError: There is none.

        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and for whom a tool is used."""

    chat: str
    turn: int
    now: float
    """Wall seconds."""
    person: str = ""
    language: str = "en"
    message: int = 0
    """The channel's number of the message that asked."""
    reminders: tuple[Reminder, ...] = ()
    """Those of this chat, as the turn began."""
    approved: bool = False
    """The person has consented to this very call."""
    draw: Draw | None = None
    """`await draw(description, change=...)` makes a picture, or changes the last of the talk."""
    keep: KeepFile | None = None
    """`await keep(mime, data)` makes a file that can go out with the answer."""
    again: bool = False
    """The turn was interrupted: what this call does may have been done already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What became of a call."""

    output: str
    """For the model; data, never instructions."""
    failed: bool = False
    events: tuple[Event, ...] = ()
    """For the chat: what it has to remember or to ask the person."""
    media: tuple[Media, ...] = ()
    """What was made for the person; it goes out with the answer."""


class Toolbox(Protocol):
    """The tools of this copy of the service."""

    @property
    def offered(self) -> tuple[Declaration, ...]:
        """Every tool; the same tuple until they are others."""

    def doing(self, name: str) -> str:
        """Return the key of the line that the person sees while the tool *name* runs."""

    async def use(self, call: Call, setting: Setting) -> Used:
        """Run a tool, within its time; whatever goes wrong is an output that says so."""
