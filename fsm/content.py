"""What people send: words, and files of any kind."""

from __future__ import annotations

from dataclasses import dataclass

from fsm.media import Media, MediaKind
from fsm.steps import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A form for the model to fill in; the person gets it filled in, in the author's words."""

    schema: str
    """JSON schema of an object, in JSON."""
    template: str
    names: str = "{}"
    """What else the template knows: an object in JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What one person said in one message."""

    text: str = ""
    media: tuple[Media, ...] = ()
    message: int = 0
    """The channel's number of the message; answers reply to it. 0: not a message (a button)."""
    album: str = ""
    """Messages with the same non-empty album belong together."""
    author: str = ""
    """The sender's shown name; only filled in groups, where the model must tell people apart."""
    person: str = ""
    """The sender's key (`telegram.42`)."""
    language: str = "en"
    origin: str = ""
    """Who first said the words, when they were forwarded: then they are data, not a wish."""
    quote: str = ""
    """Text of the message that this one replies to, when it is not our own latest answer."""
    replies_to: int = 0
    """The message of ours that this one replies to; 0 if it replies to none."""
    branch: int = 0
    """The turn whose answer that message is, once it is known."""
    reply_to: int = 0
    """The message that this one replies to; 0: none."""
    instruction: str = ""
    """A wish expressed by a button (`continue`); the service words it for the model."""
    place: str = ""
    """A message in somebody else's chat that waits for the answer; empty: it gets its own."""
    ticket: str = ""
    """The right to say one thing in somebody else's chat; empty: none is needed."""
    calls: tuple[Call, ...] = ()
    """Calls of tools that a button has consented to; run once, before the model is asked."""
    card: Card | None = None
    """What the answer has to fill in, when this is all that is asked."""
    at: float = 0.0
    """Wall seconds when the channel got it."""


__all__ = ["Media", "MediaKind", "Prompt"]
