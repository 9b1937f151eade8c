"""The way out to people, and everything that can go wrong on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, Protocol

from fsm.outbox import Answer, Number

FOREIGN: Final = "foreign"
"""The channel of answers in chats that are not ours, each of which is a chat of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a chat is: a peer of a bot, perhaps a topic in it."""

    channel: str
    bot: str
    chat: int
    topic: int = 0

    @property
    def foreign(self) -> bool:
        """Whether it is one message in somebody else's chat: all that can be said fits in it."""
        return self.channel == FOREIGN

    @property
    def peer(self) -> str:
        """Key of the peer, which all topics of the chat share."""
        return f"peer/{self.channel}.{self.bot}.{self.chat}"

    @property
    def key(self) -> str:
        """Key of the chat's actor (without its kind)."""
        topic = f".{self.topic}" if self.topic else ""
        return f"{self.channel}.{self.bot}.{self.chat}{topic}"

    @property
    def private(self) -> bool:
        """Whether just one person is there."""
        return self.chat > 0

    @classmethod
    @lru_cache(4096)  # a busy chat is parsed several times a turn
    def parse(cls, key: str) -> Address:
        """Return the address of the chat actor *key* (`telegram.7.42` or `telegram.7.-100.5`)."""
        channel, bot, chat, *topic = key.split(".")
        return cls(channel=channel, bot=bot, chat=int(chat), topic=int(topic[0]) if topic else 0)


class DeliveryError(Exception):
    """Base: a call to the channel did not do what it should."""


class PenaltyError(DeliveryError):
    """The channel wants silence for *retry_after* seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"asked us to wait {retry_after:g} s")
        self.retry_after = retry_after


class NotSentError(PenaltyError):
    """It certainly did not leave: there was no connection, or no access. The peer is innocent.

    To be treated as a penalty of *retry_after* seconds: the part is still to be sent, unmarked.
    """

    def __init__(self, what: str, retry_after: float) -> None:
        super().__init__(retry_after)
        self.args = (f"not sent ({what}); again in {retry_after:g} s",)


class RefusedError(DeliveryError):
    """The channel will never take this; saying it again changes nothing."""


class GoneError(DeliveryError):
    """Nobody is there any more: blocked by the person, kicked, or the chat was deleted."""


class MovedError(DeliveryError):
    """The chat has become another one (a group became a supergroup)."""

    def __init__(self, chat: int) -> None:
        super().__init__(f"the chat has moved to {chat}")
        self.chat = chat


class DoubtError(DeliveryError):
    """Nobody knows whether it arrived: no reply, a broken connection, a server error."""


class Growth(Enum):
    """How an answer is seen growing somewhere."""

    DRAFT = "draft"
    """Beside the messages, in a place that vanishes."""
    BUBBLE = "bubble"
    """In a message of its own, which the answer completes."""
    UNSEEN = "unseen"


class Channel(Protocol):
    """The way out to people. Calls are paced by the gate, never by the channel."""

    def paginate(self, text: str, *, plain: bool, grown: Address | None = None) -> Sequence[bytes]:
        """Cut *text* (the model's Markdown) into the bodies of messages; pure, at least one.

        *grown* is where it was seen growing, if it was: that may spare work, and changes nothing.
        Every body leaves room for a mark of 64 characters.
        """

    def caption(self, text: str) -> bytes | None:
        """Return *text* as the body of a message that is a file; None when it is too long.

        Pure; leaves the same room for a mark, and an empty text is no caption.
        """

    def is_rich(self, body: bytes) -> bool:
        """Whether *body*, made by `paginate`, is more than text with formatting."""

    def attachments(self, text: str) -> Sequence[bytes]:
        """Return the bodies of files with the long code in *text*; pure, mostly none."""

    def growth(self, address: Address) -> Growth:
        """Return how the next answer will be seen growing there."""

    async def deliver(self, address: Address, answer: Answer, index: int, *, mark: str) -> Number:
        """Send one part, or change the message that is its place; return its number.

        An empty part takes the message in its place away.

        *mark*, if not empty, is put in front of the text. Buttons go under the last part. Falls
        back from rich to classic to plain by itself on a definite refusal of the form.

        Raises:
            PenaltyError, RefusedError, GoneError, MovedError, DoubtError: see each.

        """

    async def preview(
        self,
        address: Address,
        *,
        turn: int,
        attempt: int,
        text: str,
        bubble: Number,
        plain: bool,
        language: str = "en",
        refresh: bool = False,
    ) -> None:
        """Show *text* as the answer so far: an edit of *bubble*, or (if that is 0) a draft.

        An empty text means that the model has not said anything yet. *language* is that of the
        buttons. *refresh*: nothing has
        changed, but the preview would vanish if it were not shown again.

        Raises:
            DeliveryError: As `deliver`; a preview that is not shown is no loss.

        """

    async def typing(self, address: Address) -> None:
        """Show that an answer is being prepared, for about five seconds."""

    async def acknowledge(self, address: Address, callback: str, text: str = "") -> None:
        """Tell the person that their button press there has arrived. Not paced, never fails."""

    def acknowledge_soon(self, address: Address, callback: str, text: str = "") -> None:
        """Do the same without waiting for it."""

    def forget_preview(self, address: Address) -> None:
        """Drop what is cached for the preview of a turn that is over."""
