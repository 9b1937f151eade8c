"""An ordered chain of models behind one question: the next one answers when one cannot."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

import anyio

from actors.ports import (
    BlockedError,
    Done,
    InterruptedStreamError,
    MediaPiece,
    MisconfiguredError,
    Model,
    ModelEvent,
    ProviderError,
    QuotaExhaustedError,
    RateLimitedError,
    Request,
    TextDelta,
    ToolCall,
    UnavailableError,
    UnreadableFileError,
)
from service.models.breaker import Breaker, BreakerPolicy, State
from service.models.limited import CrowdedError

_CONTENT: Final = (TextDelta, MediaPiece, ToolCall)
_REST_OF_QUOTA: Final = 900.0
"""A day's quota returns at an hour that providers do not say; a refused probe costs nothing."""
_REST_OF_SETUP: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One model of the chain, as operators see it."""

    name: str
    state: str
    failures: int
    rests_for: float
    """Seconds until it is tried again; 0 when it may be asked."""
    openings: int
    """How often its breaker has opened."""
    out_for: float
    """Seconds since it opened; 0 when it is closed."""


class Fallback:
    """Asks *models* in their order, and changes only while nothing has been said.

    After the first word an interruption is reported, and the rules decide. A model that fails
    rests (its breaker is open) and is then probed with a single question.
    """

    def __init__(self, models: Sequence[Model], *, policy: BreakerPolicy | None = None) -> None:
        if not models:
            raise ValueError("a chain needs at least one model")
        self._models = tuple(models)
        self._breakers = tuple(Breaker(policy or BreakerPolicy()) for _ in models)
        self.name = models[0].name

    def links(self) -> tuple[Link, ...]:
        """Return the state of every model in the chain."""
        now = anyio.current_time()
        return tuple(
            Link(
                name=model.name,
                state=breaker.state.value,
                failures=breaker.failures,
                rests_for=max(0.0, breaker.until - now) if breaker.state is State.OPEN else 0.0,
                openings=breaker.openings,
                out_for=0.0 if breaker.state is State.CLOSED else now - breaker.since,
            )
            for model, breaker in zip(self._models, self._breakers, strict=True)
        )

    async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer of the first model that gives one; see `actors.ports.Model`.

        Raises:
            ProviderError: None could; the first error tells best what was wrong.

        """
        first: ProviderError | None = None
        asked = False
        for index, breaker in enumerate(self._breakers):
            last_chance = not asked and index == len(self._models) - 1
            if not breaker.admit(anyio.current_time()) and not last_chance:
                continue
            asked = True
            patient = request.patient and not self._another_after(index)
            said = False
            try:
                async with aclosing(self._ask(index, replace(request, patient=patient))) as stream:
                    async for event in stream:
                        said = said or isinstance(event, _CONTENT)
                        yield event
                return
            except ProviderError as error:
                if said or isinstance(error, BlockedError):
                    raise
                first = first or error
        assert first is not None  # the last one is asked in any case
        raise first

    async def _ask(self, index: int, request: Request) -> AsyncGenerator[ModelEvent, None]:
        """Yield what one model says, and note in its breaker how that went."""
        breaker, model = self._breakers[index], self._models[index]
        decided = False
        try:
            async with aclosing(model.answer(request)) as stream:
                async for event in stream:
                    if isinstance(event, Done):
                        decided = True
                        breaker.succeeded()
                        if index:
                            yield replace(event, answered_by=event.answered_by or model.name)
                            continue
                    yield event
        except ProviderError as error:
            decided = True
            self._note(breaker, error)
            raise
        finally:
            if not decided:
                breaker.undecided()

    def _another_after(self, index: int) -> bool:
        now = anyio.current_time()
        return any(breaker.would_admit(now) for breaker in self._breakers[index + 1 :])

    @staticmethod
    def _note(breaker: Breaker, error: ProviderError) -> None:
        """Tell the breaker; an answer that only this question did not get says nothing about it."""
        now = anyio.current_time()
        match error:
            case CrowdedError() | UnreadableFileError():
                breaker.undecided()
            case RateLimitedError(retry_after=seconds):
                breaker.failed(now, rest=seconds)
            case QuotaExhaustedError():
                breaker.failed(now, rest=_REST_OF_QUOTA)
            case MisconfiguredError():
                breaker.failed(now, rest=_REST_OF_SETUP)
            case UnavailableError() | InterruptedStreamError():
                breaker.failed(now)
            case _:
                breaker.succeeded()
