"""One question to a provider with all its tries: what the adapters share above the transport."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol, TypeVar

import anyio

from actors.ports import (
    InterruptedStreamError,
    ModelEvent,
    ProviderError,
    Request,
    TooLongError,
    UnavailableError,
    Waiting,
)
from service.models.variation import AgainError, Remedy, Variation

Draw = Callable[[float, float], float]
"""Draws a number between two; `random.uniform` unless a test wants to know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long a provider may take, in seconds."""

    connect: float = 5.0
    first: float = 20.0
    """Until the first event of the answer, thoughts included."""
    silence: float = 60.0
    """Between two reads of a stream that has begun."""
    total: float = 180.0
    """For the whole question, retries included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often, and after what pause, a provider is asked again before its first word."""

    tries: int = 3
    first_pause: float = 0.5
    longest_pause: float = 4.0
    longest_wait: float = 8.0
    """Wait so long for a limit per minute; beyond, the person is told."""

    def pause(self, failures: int, draw: Draw) -> float:
        """Return a random pause (full jitter) after so many *failures*."""
        return draw(0.0, min(self.longest_pause, self.first_pause * 2.0 ** (failures - 1)))


DEADLINES: Final = Deadlines()
PATIENCE: Final = Patience()


LONGEST_QUESTION: Final = 200_000
"""Characters that people may have typed for one turn: fifty full messages, and a book of notes."""
WORTH_SAYING: Final = 1.0
"""Seconds from which on a person is told that we wait."""
LINGER: Final = 0.25
"""How long the end of a finished answer may take: reading it whole keeps the connection."""


class Reading(Protocol):
    """What has come of one try."""

    said: bool
    """Whether there is something of an answer: text, a file or a call for a tool."""

    def conclude(self) -> list[ModelEvent]:
        """Return the last events of an answer whose stream has ended, `Done` at their end.

        Raises:
            AgainError, ProviderError: It did not end as an answer should.

        """


R = TypeVar("R", bound=Reading)
R_contra = TypeVar("R_contra", bound=Reading, contravariant=True)


class Try(Protocol[R_contra]):
    """One try: asks once, and goes on where the provider pauses."""

    def __call__(
        self, request: Request, variation: Variation, reading: R_contra, ends_at: float
    ) -> AsyncGenerator[list[ModelEvent], None]:
        """Yield the events of one try until the stream ends, before `reading.conclude`.

        Raises:
            AgainError, ProviderError: As the failures of `Model.answer`, per try.

        """


_RENEWALS: Final = 3
"""Files that are stored anew for one question; when more are gone, none goes by its name."""
_VARIES: Final[dict[Remedy, dict[str, Any]]] = {
    "rebuild": {"rebuilt": True},
    "shorten": {"shortened": True},
    "vary": {"varied": True},
    "think less": {"thinks_less": True},
    "no tools": {"no_tools": True},
}


@dataclass(slots=True)
class _Ladder:
    """Which tries are left, and how the next one differs."""

    patience: Patience
    draw: Draw
    ends_at: float
    patient: bool
    tries: int = 1
    stale: bool = False
    variation: Variation = field(default_factory=Variation)

    def climb(self, again: AgainError) -> float:
        """Change the next try as the remedy wants, and return the seconds to wait before it.

        Raises:
            ProviderError: There is no next try: what the failure means in the end.

        """
        wait = 0.0
        if again.remedy == "renew":
            self.variation = self._renewed(again)
            return 0.0
        if again.remedy in _VARIES:
            varied = replace(self.variation, **_VARIES[again.remedy])
            if varied == self.variation:
                raise again.final from again
            self.variation = varied
            return 0.0
        if again.remedy == "at once" and not self.stale:
            self.stale = True
            return 0.0
        if self.tries >= self.patience.tries:
            raise again.final from again
        if again.remedy == "wait":
            # A little more than asked, so that a crowd does not come back in one instant.
            wait = again.after + self.draw(0.0, min(0.5, again.after / 4))
            if again.after > self.patience.longest_wait:
                raise again.final from again
        else:
            if not self.patient:
                raise again.final from again
            wait = self.patience.pause(self.tries, self.draw)
        if anyio.current_time() + wait >= self.ends_at:
            raise again.final from again
        self.tries += 1
        return wait

    def _renewed(self, again: AgainError) -> Variation:
        """Return the next try after a stored file was refused: it is stored anew, once."""
        lost = self.variation.lost
        if again.file not in lost and len(lost) < _RENEWALS:
            return replace(self.variation, lost=(*lost, again.file))
        if self.variation.inline:
            raise again.final from again
        return replace(self.variation, inline=True)


async def answer(
    provider: str,
    request: Request,
    begin: Callable[[], R],
    attempt: Try[R],
    *,
    deadlines: Deadlines,
    patience: Patience,
    draw: Draw = random.uniform,
) -> AsyncGenerator[ModelEvent, None]:
    """Yield the answer to *request*, trying again only while nothing of it has been shown.

    Raises:
        ProviderError: However the provider failed, in our words.

    """
    if sum(len(prompt.text) for prompt in request.prompts) > LONGEST_QUESTION:
        raise TooLongError(provider, "the question alone is too long")
    ends_at = anyio.current_time() + deadlines.total
    ladder = _Ladder(patience, draw, ends_at, request.patient)
    while True:
        reading = begin()
        try:
            async with aclosing(attempt(request, ladder.variation, reading, ends_at)) as stream:
                async for events in stream:
                    for event in events:
                        yield event
            for event in reading.conclude():
                yield event
            return
        except AgainError as again:
            if reading.said:
                raise _broken(provider, again) from again
            wait, wanted = ladder.climb(again), again.remedy == "wait"
        if wanted and wait >= WORTH_SAYING:
            yield Waiting(wait)
        await anyio.sleep(wait)


def _broken(provider: str, again: AgainError) -> ProviderError:
    final = again.final
    if isinstance(final, InterruptedStreamError):
        return final
    what = str(final).removeprefix(f"{provider}: ")
    return InterruptedStreamError(provider, f"broke off: {what}")


def out_of_time(provider: str, seconds: float, *, said: bool) -> ProviderError:
    """Return what it means that the whole answer took more than *seconds*."""
    what = f"took longer than {seconds:g} s"
    if said:
        return InterruptedStreamError(provider, what)
    return UnavailableError(provider, what)
