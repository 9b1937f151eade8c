"""What the actors need from outside, in their own words: a store, a channel, a model, a voice.

An interface is its signature and its failures: each method says what an implementer must raise.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fsm.content import Media, Prompt
from fsm.memory import Turn
from fsm.outbox import Answer

# -- the store --------------------------------------------------------------------------------


class Ticket(Protocol):
    """The promise that something will be on disk."""

    @property
    def durable(self) -> bool:
        """Whether it is there already."""

    def when_durable(self, callback: Callable[[], None]) -> None:
        """Run *callback* on the event loop once it is; at once if it is already.

        Never runs it when the write failed for good: then the store stops the service.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An update that the journal has, with its arrival number."""

    n: int
    bot: str
    update: Mapping[str, Any]


class Store(Protocol):
    """Where accepted updates and the values of actors live; one instance owns the data directory.

    Keys look like `chat/telegram.7.42`; the part before the slash names the kind of value.
    Only the actor of a key may write under it.
    """

    async def accept(
        self, bot: str, updates: Sequence[Mapping[str, Any]], *, next_offset: int | None
    ) -> list[Accepted]:
        """Put *updates* into the journal; they are on disk when this returns.

        Updates that were accepted before (by `update_id`, among the last 1000) are left out.

        Raises:
            StoreFullError: The disk is full or the journal is over its bound: ask again later.

        """

    def commit(
        self,
        key: str,
        value: object,
        *,
        absorbed: Sequence[int] = (),
        owes: float | None = None,
        soon: bool = False,
    ) -> Ticket:
        """Keep *value* as the newest of *key*, and count the updates *absorbed* as dealt with.

        Never waits. *soon* allows up to two seconds before the write (latest wins).
        """

    def amend(
        self, key: str, delta: object, *, owes: float | None = None, soon: bool = False
    ) -> Ticket:
        """Keep a small change to the newest value of *key*; the newest delta of a type may win."""

    def absorb(self, *numbers: int) -> None:
        """Count updates as dealt with that mean nothing to any actor."""

    async def load(self, key: str) -> object | None:
        """Return the newest value of *key*, or None when there is none (or none that is whole)."""

    def pending(self, key: str, most: int, after: int = 0) -> Sequence[Accepted]:
        """Return up to *most* accepted, unabsorbed updates of *key* with n > *after*, in order."""

    async def archive(self, key: str, turns: Sequence[Turn]) -> None:
        """Append *turns* to the archive of *key*; they are on disk when this returns."""

    async def retire(self, key: str, value: object) -> None:
        """Write *value* into the snapshot file of *key*: nobody will need it for a while."""


class StoreFullError(Exception):
    """The store cannot take more now; nothing was accepted."""


# -- the channel ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a chat is: a peer of a bot, perhaps a topic in it."""

    channel: str
    bot: str
    chat: int
    topic: int = 0

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


class Channel(Protocol):
    """The way out to people. Calls are paced by the gate, never by the channel."""

    def paginate(self, text: str, *, plain: bool) -> Sequence[bytes]:
        """Cut *text* (the model's Markdown) into the bodies of messages; pure, at least one.

        Every body leaves room for a mark of 64 characters.
        """

    async def deliver(self, address: Address, answer: Answer, index: int, *, mark: str) -> int:
        """Send (or, for part 0 of an answer with `edit`, edit) one part; return its number.

        *mark*, if not empty, is put in front of the text. Buttons go under the last part. Falls
        back from rich to classic to plain by itself on a definite refusal of the form.

        Raises:
            PenaltyError, RefusedError, GoneError, MovedError, DoubtError: see each.

        """

    async def preview(
        self, address: Address, *, turn: int, attempt: int, text: str, bubble: int, plain: bool
    ) -> None:
        """Show *text* as the answer so far: a draft in private, an edit of *bubble* elsewhere.

        An empty text means that the model has not said anything yet.

        Raises:
            DeliveryError: As `deliver`; a preview that is not shown is no loss.

        """

    async def typing(self, address: Address) -> None:
        """Show that an answer is being prepared, for about five seconds."""

    def forget_preview(self, address: Address) -> None:
        """Drop what is cached for the preview of a turn that is over."""


# -- the model --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model, with its context."""

    chat: str
    """Key of the chat, for the adapter's caches."""
    turn: int
    attempt: int
    prompts: tuple[Prompt, ...]
    context: tuple[Turn, ...] = ()
    fetch: Callable[[Media], Any] | None = None
    """`await fetch(media)` returns its bytes; raises `FetchError`."""


class FetchError(Exception):
    """The bytes of a file could not be had (too big, expired, no connection)."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More text of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ThoughtDelta:
    """More of the model's summary of its thoughts; never part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants a tool."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a part of the answer comes from; offsets count characters of the whole text."""

    start: int
    end: int
    title: str
    uri: str


@dataclass(frozen=True, slots=True)
class MediaPiece:
    """A picture or sound that the model made."""

    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of the whole call so far (a running total, not a difference)."""

    prompt: int = 0
    cached: int = 0
    output: int = 0
    thoughts: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """The answer is complete. Always the last event of a stream that did not break."""

    reason: str = "stop"
    """`stop` or `length` (there would be more to say)."""
    answered_by: str = ""
    """Name of the model, when it was not the first in the chain."""


ModelEvent = TextDelta | ThoughtDelta | ToolCall | Citation | MediaPiece | Usage | Done


class ProviderError(Exception):
    """Base: a model did not give us a whole answer."""

    problem = "problem-unknown"
    """Key of the sentence for the person."""

    def __init__(self, provider: str, what: str) -> None:
        super().__init__(f"{provider}: {what}")
        self.provider = provider

    @property
    def args_for_person(self) -> dict[str, str]:
        """What the sentence's placeholders stand for."""
        return {}


class UnavailableError(ProviderError):
    """Down, unreachable or overloaded, before the first word; retries are used up."""

    problem = "problem-unavailable"


class RateLimitedError(UnavailableError):
    """Too many requests; *retry_after* seconds is what they asked for."""

    problem = "problem-rate-limited"

    def __init__(self, provider: str, retry_after: float) -> None:
        super().__init__(provider, f"asked us to wait {retry_after:g} s")
        self.retry_after = retry_after

    @property
    def args_for_person(self) -> dict[str, str]:
        """Whole seconds to wait."""
        return {"seconds": str(max(1, round(self.retry_after)))}


class QuotaExhaustedError(ProviderError):
    """The day's quota is used up."""

    problem = "problem-quota"


class MisconfiguredError(ProviderError):
    """A wrong key, model or account: the operator must act, the person cannot."""

    problem = "problem-misconfigured"


class InterruptedStreamError(ProviderError):
    """The stream broke off after it had begun; the rules decide what happens."""

    problem = "problem-interrupted"


class BlockedError(ProviderError):
    """The provider will not answer this; asking again changes nothing."""

    problem = "problem-blocked"


class EmptyAnswerError(ProviderError):
    """The model said nothing at all, twice."""

    problem = "problem-empty"


class TooLongError(ProviderError):
    """The question with its context is more than the model takes."""

    problem = "problem-too-long"


class Model(Protocol):
    """One model, or a chain of them, behind one question."""

    name: str

    def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer piece by piece; the last event is `Done`.

        Closing the generator closes the connection to the provider at once.

        Raises:
            ProviderError: However the provider failed, in our words.

        """


# -- the voice --------------------------------------------------------------------------------


class Voice(Protocol):
    """Our own sentences in people's languages."""

    def say(self, language: str, key: str, args: Mapping[str, str] = ...) -> str:
        """Return the sentence *key* in *language* (or the nearest that exists), as Markdown."""


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
