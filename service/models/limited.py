"""A model within its provider's limits: so many questions at once, questions and tokens a minute.

Whoever comes too early waits for a turn, first come, first served, so that the provider does not
have to refuse; who would wait too long, or has another provider, is told at once. When the
provider refuses all the same and says for how long, nobody asks it before that.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import anyio

from actors.ports import Model, ModelEvent, RateLimitedError, Request, Usage, Waiting
from fsm import budget
from service.models.tries import WORTH_SAYING, Draw

MINUTE: Final = 60.0
LONGEST: Final = 30.0
"""Seconds that a question waits for its turn; beyond, the person is told."""
BRIEF: Final = 0.3
"""The same where another provider stands ready."""
_GUESS: Final = 15.0
"""Seconds that an answer may take, for who asks when there is room for one more."""


class CrowdedError(RateLimitedError):
    """Our own limit; it says nothing about how the provider is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How busy a model is, as operators see it."""

    name: str
    at_once: int
    waiting: int
    per_minute: int
    tokens_per_minute: int


class Window:
    """What was taken in the last minute, of which there may be *most*; 0: as much as one likes.

    Turns are given in order, also those that lie ahead. *now* is a monotonic second.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: deque[list[float]] = deque()
        self._total = 0.0

    def used(self, now: float) -> int:
        """Return what the minute before *now* took, and what is promised."""
        while self._taken and self._taken[0][0] <= now - MINUTE:
            self._total -= self._taken.popleft()[1]
        return int(self._total)

    def free_at(self, now: float, amount: float) -> float:
        """Return when *amount* may be taken, at or after *now*."""
        if not self._most:
            return now
        self.used(now)
        left = self._total + min(amount, self._most) - self._most
        at = max(now, self._taken[-1][0]) if self._taken else now
        if left <= 0:
            return at
        for taken_at, taken in self._taken:
            left -= taken
            if left <= 0:
                return max(at, taken_at + MINUTE)
        return at

    def take(self, at: float, amount: float) -> list[float]:
        """Take *amount* at *at*; what is returned is for `correct`."""
        entry = [at, amount]
        self._taken.append(entry)
        self._total += amount
        return entry

    def correct(self, entry: list[float], amount: float) -> None:
        """Note that what was taken turned out to be *amount*."""
        if any(each is entry for each in self._taken):
            self._total += amount - entry[1]
            entry[1] = amount


class Limited:
    """Asks *model* no more than may be. A number that is 0 limits nothing."""

    def __init__(
        self,
        model: Model,
        *,
        per_minute: int = 0,
        tokens_per_minute: int = 0,
        at_once: int = 0,
        draw: Draw = random.uniform,
    ) -> None:
        self.name = model.name
        self._model = model
        self._questions = Window(per_minute)
        self._tokens = Window(tokens_per_minute)
        self._seats = anyio.Semaphore(at_once) if at_once else None
        self._draw = draw
        self._running = self._waiting = 0
        self._closed_until = 0.0

    def load(self) -> Load:
        """Return how busy it is."""
        now = anyio.current_time()
        return Load(
            name=self.name,
            at_once=self._running,
            waiting=self._waiting,
            per_minute=self._questions.used(now),
            tokens_per_minute=self._tokens.used(now),
        )

    async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer when it is this question's turn; see `actors.ports.Model`.

        Raises:
            CrowdedError: It would have been too long a wait.
            ProviderError: As the model.

        """
        async with self._seat(LONGEST if request.patient else BRIEF):
            wait, taken = self._turn(request)
            if wait >= WORTH_SAYING:
                yield Waiting(wait)
            await self._waited(wait, taken)
            tokens, usage = taken[1], Usage()
            try:
                async with aclosing(self._model.answer(request)) as stream:
                    async for event in stream:
                        if isinstance(event, Usage):
                            usage = event
                        yield event
            except RateLimitedError as refused:
                self._closed_until = anyio.current_time() + refused.retry_after
                raise
            finally:
                if counted := usage.prompt + usage.output + usage.thoughts:
                    self._tokens.correct(tokens, counted)

    @asynccontextmanager
    async def _seat(self, longest: float) -> AsyncIterator[None]:
        """Be one of those at once, for as long as the block lasts."""
        if self._seats is not None:
            self._waiting += 1
            try:
                with anyio.fail_after(longest):
                    await self._seats.acquire()
            except TimeoutError:
                raise CrowdedError(self.name, _GUESS) from None
            finally:
                self._waiting -= 1
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            if self._seats is not None:
                self._seats.release()

    def _turn(self, request: Request) -> tuple[float, tuple[list[float], list[float]]]:
        """Take a place in the minute; return how far ahead it is, and what was taken of it.

        Raises:
            CrowdedError: It is too far ahead.

        """
        now, amount = anyio.current_time(), _estimate(request)
        at = max(self._questions.free_at(now, 1), self._tokens.free_at(now, amount))
        if (closed := self._closed_until - now) > 0:
            # Those whom a refusal held up must not come back in one instant.
            at = max(at, self._closed_until + self._draw(0.0, min(2.0, closed / 4)))
        if (wait := at - now) > (LONGEST if request.patient else BRIEF):
            raise CrowdedError(self.name, wait)
        return wait, (self._questions.take(at, 1), self._tokens.take(at, amount))

    async def _waited(self, wait: float, taken: tuple[list[float], list[float]]) -> None:
        """Wait for one's turn; whoever leaves meanwhile gives back what was taken."""
        if wait <= 0:
            return
        self._waiting += 1
        try:
            await anyio.sleep(wait)
        except anyio.get_cancelled_exc_class():
            self._questions.correct(taken[0], 0)
            self._tokens.correct(taken[1], 0)
            raise
        finally:
            self._waiting -= 1


def _estimate(request: Request) -> int:
    """Return about how many tokens *request* is; exactly, once it is answered."""
    talk = sum(map(budget.of_turn, request.context))
    return budget.OVERHEAD + talk + sum(map(budget.of_prompt, request.prompts))
