"""A channel and models as they are, with every call measured and its outcome noted."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeVar

from actors.ports import (
    Address,
    Channel,
    DeliveryError,
    Done,
    GoneError,
    Growth,
    Model,
    ModelEvent,
    NotSentError,
    PenaltyError,
    ProviderError,
    Request,
    TextDelta,
    Usage,
)
from fsm.outbox import Answer, Number
from fsm.usage import Spending
from service.observe.chronicle import Chronicle
from service.observe.metrics import Metrics
from service.observe.tracing import working_for

T = TypeVar("T")
Now = Callable[[], float]


class WatchedChannel:
    """Implements the port of *channel* by asking *channel*."""

    def __init__(self, channel: Channel, chronicle: Chronicle, metrics: Metrics, now: Now) -> None:
        self._channel = channel
        self._chronicle = chronicle
        self._metrics = metrics
        self._now = now

    def paginate(self, text: str, *, plain: bool, grown: Address | None = None) -> Sequence[bytes]:
        """Cut *text*; see `Channel.paginate`."""
        return self._channel.paginate(text, plain=plain, grown=grown)

    def attachments(self, text: str) -> Sequence[bytes]:
        """As the channel has it."""
        return self._channel.attachments(text)

    def caption(self, text: str) -> bytes | None:
        """As the channel has it."""
        return self._channel.caption(text)

    def is_rich(self, body: bytes) -> bool:
        """Look at a body; see `Channel.is_rich`."""
        return self._channel.is_rich(body)

    def growth(self, address: Address) -> Growth:
        """Return how an answer grows there; see `Channel.growth`."""
        return self._channel.growth(address)

    async def deliver(self, address: Address, answer: Answer, index: int, *, mark: str) -> Number:
        """Send or edit one part; see `Channel.deliver`."""
        working_for(address.key, answer.turn)
        call = self._channel.deliver(address, answer, index, mark=mark)
        number = await self._timed("deliver", address, call)
        self._chronicle.reached(address.key)
        if answer.turn and not answer.bubble:
            self._chronicle.shown(address.key, self._now())
        return number

    async def preview(self, address: Address, **more: Any) -> None:
        """Show how far an answer has come; see `Channel.preview`."""
        working_for(address.key)
        await self._timed("preview", address, self._channel.preview(address, **more))
        if more.get("text"):
            self._chronicle.shown(address.key, self._now())

    async def typing(self, address: Address) -> None:
        """Show that an answer is being prepared; see `Channel.typing`."""
        await self._timed("typing", address, self._channel.typing(address))

    async def acknowledge(self, address: Address, callback: str, text: str = "") -> None:
        """Tell the person that their press has arrived; see `Channel.acknowledge`."""
        await self._channel.acknowledge(address, callback, text)

    def acknowledge_soon(self, address: Address, callback: str, text: str = "") -> None:
        """Say that a press has arrived; see `Channel.acknowledge_soon`."""
        self._channel.acknowledge_soon(address, callback, text)

    def forget_preview(self, address: Address) -> None:
        """Drop what is cached for a preview; see `Channel.forget_preview`."""
        self._channel.forget_preview(address)

    async def _timed(self, name: str, address: Address, call: Awaitable[T]) -> T:
        began, outcome = time.perf_counter(), "cancelled"
        try:
            result = await call
            outcome = "ok"
            return result
        except DeliveryError as error:
            outcome = _outcome(error)
            if isinstance(error, GoneError):
                self._chronicle.gone(address.key, self._now())
            raise
        except Exception:
            outcome = "crashed"
            raise
        finally:
            self._metrics.called(name, outcome, time.perf_counter() - began)


def _outcome(error: DeliveryError) -> str:
    if isinstance(error, NotSentError):
        return "notsent"
    if isinstance(error, PenaltyError):
        return "penalty"
    return type(error).__name__.removesuffix("Error").lower()


@dataclass(slots=True)
class Provider:
    """How a provider has done lately."""

    name: str
    answers: bool = True
    """Whether it is asked for answers; others draw, or read aloud."""
    calls: int = 0
    failures: int = 0
    """In a row; answers that only one question did not get (blocked, too long) do not count."""
    failing_since: float = 0.0
    last_problem: str = ""
    """Key of the sentence for the last failure; empty after a success."""
    retires: str = ""
    """The day on which it gives its model up, as it has said with an answer."""
    running: int = 0
    """Calls in hand."""
    spent: Spending = field(default_factory=Spending)


class WatchedModel:
    """Implements the port of *model* by asking *model*."""

    def __init__(
        self, model: Model, chronicle: Chronicle, metrics: Metrics, now: Now, *, answers: bool
    ) -> None:
        self._model = model
        self._chronicle = chronicle
        self._metrics = metrics
        self._now = now
        self.name = model.name
        self.provider = Provider(model.name, answers)

    async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer of the model; see `Model.answer`.

        Raises:
            ProviderError: As the model.

        """
        working_for(request.chat, request.turn)
        began, outcome, usage, silent = time.perf_counter(), "stopped", Usage(), True
        self.provider.calls += 1
        self.provider.running += 1
        try:
            async with aclosing(self._model.answer(request)) as stream:
                async for event in stream:
                    if silent and isinstance(event, TextDelta):
                        silent = False
                        self._metrics.first_token(self.name, time.perf_counter() - began)
                    elif isinstance(event, Usage):
                        usage = event
                    elif isinstance(event, Done):
                        outcome = "ok"
                        self._did_well()
                        self.provider.retires = event.retires or self.provider.retires
                    yield event
        except ProviderError as error:
            outcome = error.problem.removeprefix("problem-")
            self._failed(error)
            raise
        except Exception:
            outcome = "crashed"
            raise
        finally:
            self.provider.running -= 1
            self._metrics.asked(self.name, outcome, time.perf_counter() - began)
            self._spent(request.chat, usage)

    def _did_well(self) -> None:
        provider = self.provider
        provider.failures, provider.failing_since, provider.last_problem = 0, 0.0, ""

    def _failed(self, error: ProviderError) -> None:
        if error.problem in _ONE_QUESTION_ONLY:
            return
        provider = self.provider
        provider.failures += 1
        provider.last_problem = error.problem
        provider.failing_since = provider.failing_since or self._now()

    def _spent(self, chat: str, usage: Usage) -> None:
        counted = {
            "prompt": usage.prompt - usage.cached,
            "cached": usage.cached,
            "output": usage.output,
            "thoughts": usage.thoughts,
        }
        for kind, count in counted.items():
            self._metrics.tokens(self.name, kind, count)
        self.provider.spent += Spending(prompt=usage.prompt, cached=usage.cached)
        if total := usage.prompt + usage.output + usage.thoughts:
            self._chronicle.used(chat, total)


_ONE_QUESTION_ONLY = frozenset({"problem-blocked", "problem-empty", "problem-too-long"})
