"""Questions wait for their turn within a provider's limits, on a clock that jumps."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import anyio
import pytest
from trio.testing import MockClock

from actors.ports import Done, ModelEvent, RateLimitedError, Request, TextDelta, Usage
from service.models.breaker import State
from service.models.fallback import Fallback
from service.models.limited import BRIEF, LONGEST, CrowdedError, Limited
from tests.contracts.model import all_of, question, text_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


class Provider:
    """Takes *seconds* for an answer, notes when it was asked, and refuses for *refuses* seconds."""

    name = "p"

    def __init__(self, *, seconds: float = 0.0, tokens: int = 0, refuses: float = 0.0) -> None:
        self.seconds, self.tokens, self.refuses = seconds, tokens, refuses
        self.asked: list[float] = []
        self.running = self.most = 0

    async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        self.asked.append(anyio.current_time())
        if self.refuses:
            raise RateLimitedError(self.name, self.refuses)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await anyio.sleep(self.seconds)
            yield TextDelta("said")
            yield Usage(prompt=self.tokens)
            yield Done()
        finally:
            self.running -= 1


async def ask(model: Limited, times: int, **more: Any) -> list[Exception]:
    """Ask so often at once, and return what was raised."""
    raised: list[Exception] = []

    async def one() -> None:
        try:
            await all_of(model, question("x", **more))
        except RateLimitedError as error:
            raised.append(error)

    async with anyio.create_task_group() as tasks:
        for _ in range(times):
            tasks.start_soon(one)
    return raised


def most_in_a_minute(times: list[float]) -> int:
    return max(sum(1 for other in times if at <= other < at + 60) for at in times)


async def test_no_minute_has_more_questions_than_may_be() -> None:
    provider = Provider()
    model = Limited(provider, per_minute=10)

    for _ in range(12):
        await ask(model, 4)
        await anyio.sleep(7)

    assert most_in_a_minute(provider.asked) == 10
    assert len(provider.asked) > 20


async def test_whoever_would_wait_too_long_is_told_how_long() -> None:
    provider = Provider()
    model = Limited(provider, per_minute=3)

    raised = await ask(model, 5)

    assert len(provider.asked) == 3
    assert [type(each) for each in raised] == [CrowdedError, CrowdedError]
    assert all(LONGEST < each.retry_after <= 60 for each in raised)  # type: ignore[attr-defined]


async def test_there_are_never_more_at_once() -> None:
    provider = Provider(seconds=1)
    model = Limited(provider, at_once=4)

    raised = await ask(model, 20)

    assert (provider.most, raised) == (4, [])
    assert anyio.current_time() - provider.asked[0] == pytest.approx(5)
    assert model.load().at_once == model.load().waiting == 0


async def test_a_stopped_question_makes_room() -> None:
    provider = Provider(seconds=1000)
    model = Limited(provider, at_once=1)

    with anyio.move_on_after(1):
        await all_of(model, question("x"))
    provider.seconds = 0

    assert await text_of(model, question("y")) == "said"


async def test_tokens_count_as_they_were_used_not_as_they_were_guessed() -> None:
    provider = Provider(tokens=900)
    model = Limited(provider, tokens_per_minute=1000)
    start = anyio.current_time()

    await all_of(model, question("x"))
    assert model.load().tokens_per_minute == 900
    await anyio.sleep(40)
    await all_of(model, question("x"))

    assert provider.asked[1] - start == pytest.approx(60)


async def test_a_refusal_is_kept_for_everybody() -> None:
    provider = Provider(refuses=20.0)
    model = Limited(provider)
    await ask(model, 1)
    provider.refuses = 0.0
    until = anyio.current_time() + 20

    await ask(model, 5)

    assert all(at >= until for at in provider.asked[1:])
    # Not all of them in one instant.
    assert len(set(provider.asked[1:])) == 5


async def test_another_provider_is_better_than_waiting() -> None:
    first, second = Provider(), Provider()
    chain = Fallback([Limited(first, per_minute=1), second])
    start = anyio.current_time()

    for _ in range(5):
        await text_of(chain, question("x"))  # type: ignore[arg-type]

    assert (len(first.asked), len(second.asked)) == (1, 4)
    assert anyio.current_time() - start <= 5 * BRIEF
    # It is our own limit: the provider is as well as before.
    assert chain.links()[0].state == State.CLOSED.value
