"""A question to a model, its streamed answer, and its failures in our words."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from fsm.content import Media, Prompt
from fsm.memory import Turn
from fsm.steps import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A tool as the model gets to know it."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """JSON schema of an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model, with its context."""

    chat: str
    """Key of the chat, for the adapter's caches."""
    turn: int
    attempt: int
    prompts: tuple[Prompt, ...]
    context: tuple[Turn, ...] = ()
    manner: str = ""
    """How this chat wants to be answered; every adapter puts it behind our own instruction."""
    fetch: Callable[[Media], Any] | None = None
    """`await fetch(media)` returns its bytes, or where a file lies that is too large for memory.

    Raises `FetchError`."""
    tell: Callable[[str], None] = lambda _: None
    """Tells the person what takes so long, by the key of a line."""
    tools: tuple[Declaration, ...] = ()
    """What may be called; the same tuple until it changes, so that its encoding is kept."""
    steps: tuple[Step, ...] = ()
    """Rounds of tools in this turn so far."""
    may_call: bool = True
    """False in the last round: the model has to answer with what it knows."""
    thinking: str = ""
    """How long the model may think: `low`, `medium`, `high`; empty: as is usual for it."""
    safety: str = ""
    """How careful the provider is to be: `strict`, `careful`, `open`; empty: as is usual for it."""
    at_provider: str = ""
    """What the provider is to do on its side: `search`, `read` pages, `run` programs.

    A model that cannot is told to say so."""
    schema: str = ""
    """Not empty: the answer is one JSON object of this JSON schema, and nothing else."""
    patient: bool = True
    """Whether to try again before giving up; False when another provider stands ready."""


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
    signature: bytes = b""


@dataclass(frozen=True, slots=True)
class Signed:
    """The last *length* characters of the text so far carry a signature; 0: it stands alone."""

    length: int
    signature: bytes


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
class Waiting:
    """The provider wants us to wait before we ask again; nothing has been said yet."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """The answer is complete. Always the last event of a stream that did not break."""

    reason: str = "stop"
    """`stop` or `length` (there would be more to say)."""
    answered_by: str = ""
    """Name of the model, when it was not the first in the chain."""
    model: str = field(default="", compare=False)
    """Whose signatures are in this answer."""
    retires: str = field(default="", compare=False)
    """The day on which the provider gives this model up (`2026-12-01`), where it says so."""


ModelEvent = (
    TextDelta | ThoughtDelta | Signed | ToolCall | Citation | MediaPiece | Usage | Waiting | Done
)


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


class UnreadableFileError(BlockedError):
    """The one file that was asked about could not be read by any model; nobody was asked."""

    def __init__(self, problem: str, args: Mapping[str, str]) -> None:
        super().__init__("the question", f"has a file that cannot be read ({problem})")
        self.problem = problem
        self._args = dict(args)

    @property
    def args_for_person(self) -> dict[str, str]:
        """The file's name, and the numbers that are wrong with it."""
        return self._args


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
