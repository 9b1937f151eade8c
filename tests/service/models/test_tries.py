"""How long we wait for a provider, and how often, on a clock that jumps."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from itertools import pairwise
from typing import Any

import anyio
import pytest
from trio.testing import MockClock

from actors.ports import (
    Done,
    InterruptedStreamError,
    ModelEvent,
    RateLimitedError,
    Request,
    TextDelta,
    TooLongError,
    UnavailableError,
    Waiting,
)
from service.models import tries
from service.models.tries import Deadlines, Patience
from service.models.variation import AgainError, Remedy, Variation
from tests.contracts.model import question

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


class Reading:
    said = False

    def conclude(self) -> list[ModelEvent]:
        return [Done()]


class Provider:
    """Fails as scripted, then answers; notes when it was asked, and how."""

    def __init__(self, *failures: AgainError) -> None:
        self.failures = list(failures)
        self.asked: list[tuple[float, Variation]] = []

    async def attempt(
        self, request: Request, variation: Variation, reading: Reading, ends_at: float
    ) -> AsyncGenerator[list[ModelEvent], None]:
        self.asked.append((anyio.current_time(), variation))
        if self.failures:
            raise self.failures.pop(0)
        reading.said = True
        yield [TextDelta("hello")]

    async def answer(self, *, patient: bool = True, **options: Any) -> list[ModelEvent]:
        stream = tries.answer(
            "p",
            options.get("asked", question("x", patient=patient)),
            Reading,
            self.attempt,
            deadlines=options.get("deadlines", Deadlines()),
            patience=options.get("patience", Patience()),
            draw=options.get("draw", lambda low, high: high),
        )
        return [event async for event in stream]

    @property
    def pauses(self) -> list[float]:
        times = [time for time, _ in self.asked]
        return [round(later - sooner, 3) for sooner, later in pairwise(times)]


def again(remedy: Remedy, after: float = 0.0) -> AgainError:
    final = RateLimitedError("p", after) if remedy == "wait" else UnavailableError("p", "down")
    return AgainError(remedy, final, after=after)


async def test_pauses_grow_and_end() -> None:
    provider = Provider(*[again("pause")] * 5)

    with pytest.raises(UnavailableError):
        await provider.answer(patience=Patience(tries=5, first_pause=1, longest_pause=3))

    assert provider.pauses == [1, 2, 3, 3]


async def test_a_pause_is_drawn_from_nothing_to_the_whole() -> None:
    drawn: list[tuple[float, float]] = []

    def draw(low: float, high: float) -> float:
        drawn.append((low, high))
        return low

    provider = Provider(again("pause"), again("pause"))
    await provider.answer(draw=draw)

    assert drawn == [(0.0, 0.5), (0.0, 1.0)]
    assert provider.pauses == [0, 0]


async def test_a_short_limit_is_waited_for_in_full() -> None:
    provider = Provider(again("wait", after=6))

    events = await provider.answer()

    assert events[-1] == Done()
    assert 6 <= provider.pauses[0] <= 6.5
    assert [each.seconds for each in events if isinstance(each, Waiting)] == provider.pauses


async def test_a_pause_of_ours_or_a_very_short_limit_is_not_worth_a_word() -> None:
    provider = Provider(again("pause"), again("wait", after=0.5))

    assert not any(isinstance(each, Waiting) for each in await provider.answer())


async def test_a_long_limit_is_told_at_once() -> None:
    provider = Provider(again("wait", after=9))

    with pytest.raises(RateLimitedError) as caught:
        await provider.answer()

    assert caught.value.retry_after == 9
    assert len(provider.asked) == 1


async def test_with_another_provider_ready_a_bad_server_is_not_waited_for() -> None:
    provider = Provider(again("pause"))

    with pytest.raises(UnavailableError):
        await provider.answer(patient=False)

    assert len(provider.asked) == 1


async def test_a_lost_connection_is_replaced_at_once_but_only_once() -> None:
    provider = Provider(again("at once"), again("at once"))

    assert (await provider.answer())[-1] == Done()
    assert provider.pauses == [0, 0.5]


@pytest.mark.parametrize(
    ("remedy", "field"),
    [
        ("rebuild", "rebuilt"),
        ("shorten", "shortened"),
        ("vary", "varied"),
        ("think less", "thinks_less"),
        ("no tools", "no_tools"),
    ],
)
async def test_a_remedy_is_tried_once(remedy: Remedy, field: str) -> None:
    failure = AgainError(remedy, TooLongError("p", "as before"))
    provider = Provider(failure)
    await provider.answer()

    assert [getattr(variation, field) for _, variation in provider.asked] == [False, True]
    with pytest.raises(TooLongError):
        await Provider(failure, failure).answer()


async def test_no_pause_goes_beyond_the_total() -> None:
    provider = Provider(*[again("pause")] * 2)

    with pytest.raises(UnavailableError):
        await provider.answer(deadlines=Deadlines(total=1.2))

    assert provider.pauses == [0.5]


async def test_a_question_of_whole_books_is_refused_before_any_call() -> None:
    provider = Provider()

    with pytest.raises(TooLongError):
        await provider.answer(asked=question("x" * 150_000, "y" * 150_000))

    assert provider.asked == []


async def test_after_the_first_word_nothing_is_tried_again() -> None:
    class Breaking(Provider):
        async def attempt(
            self, request: Request, variation: Variation, reading: Reading, ends_at: float
        ) -> AsyncGenerator[list[ModelEvent], None]:
            async for events in super().attempt(request, variation, reading, ends_at):
                yield events
            raise again("pause")

    provider = Breaking()
    with pytest.raises(InterruptedStreamError):
        await provider.answer()

    assert len(provider.asked) == 1
