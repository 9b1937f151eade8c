"""A chain of models: who answers, who rests, and what is never repeated."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import anyio
import pytest
from trio.testing import MockClock

from actors.ports import (
    BlockedError,
    Done,
    EmptyAnswerError,
    InterruptedStreamError,
    MisconfiguredError,
    ModelEvent,
    ProviderError,
    QuotaExhaustedError,
    RateLimitedError,
    Request,
    TextDelta,
    ThoughtDelta,
    TooLongError,
    UnavailableError,
)
from service.models.breaker import TABLE, Breaker, BreakerPolicy, State
from service.models.fallback import Fallback
from tests.contracts.model import all_of, question, said

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


class Scripted:
    """Says *before*, then fails with *error*, as long as it has one."""

    def __init__(self, name: str, error: ProviderError | None = None, before: str = "") -> None:
        self.name = name
        self.error = error
        self.before = before
        self.asked: list[Request] = []

    async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        self.asked.append(request)
        yield ThoughtDelta("hm")
        if self.before:
            yield TextDelta(self.before)
        if self.error:
            raise self.error
        yield TextDelta(f"says {self.name}")
        yield Done()


def down() -> UnavailableError:
    return UnavailableError("a", "down")


async def test_the_first_answers_and_says_nothing_about_it() -> None:
    first, second = Scripted("a"), Scripted("b")

    events = await all_of(Fallback([first, second]), question("x"))

    assert (said(events), events[-1]) == ("says a", Done())
    assert second.asked == []


@pytest.mark.parametrize(
    "error",
    [
        down(),
        RateLimitedError("a", 30),
        QuotaExhaustedError("a", "spent"),
        MisconfiguredError("a", "key"),
        EmptyAnswerError("a", "nothing"),
        TooLongError("a", "long"),
        InterruptedStreamError("a", "before the first word"),
        ProviderError("a", "odd"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_the_next_answers_under_its_own_name(error: ProviderError) -> None:
    events = await all_of(Fallback([Scripted("a", error), Scripted("b")]), question("x"))

    assert (said(events), events[-1]) == ("says b", Done(answered_by="b"))


async def test_nobody_takes_over_after_the_first_word() -> None:
    second = Scripted("b")
    events: list[ModelEvent] = []

    with pytest.raises(InterruptedStreamError):
        await all_of(
            Fallback([Scripted("a", InterruptedStreamError("a", "cut"), "Once"), second]),
            question("x"),
            events,
        )

    assert said(events) == "Once"
    assert second.asked == []


async def test_a_block_is_not_taken_to_somebody_else() -> None:
    second = Scripted("b")

    with pytest.raises(BlockedError):
        await all_of(Fallback([Scripted("a", BlockedError("a", "no")), second]), question("x"))
    assert second.asked == []


async def test_only_the_last_one_is_asked_patiently() -> None:
    first, second = Scripted("a", down()), Scripted("b", down())

    with pytest.raises(UnavailableError):
        await all_of(Fallback([first, second]), question("x"))

    assert [each.asked[0].patient for each in (first, second)] == [False, True]


async def test_the_first_failure_is_told_when_all_fail() -> None:
    chain = Fallback([Scripted("a", QuotaExhaustedError("a", "spent")), Scripted("b", down())])

    with pytest.raises(QuotaExhaustedError):
        await all_of(chain, question("x"))


async def test_a_failing_model_rests_is_probed_and_returns() -> None:
    first, second = Scripted("a", down()), Scripted("b")
    chain = Fallback([first, second], policy=BreakerPolicy(tolerates=2, rest=30))
    for _ in range(5):
        await all_of(chain, question("x"))

    assert len(first.asked) == 3
    assert [(link.name, link.state, link.rests_for) for link in chain.links()] == [
        ("a", "open", 30),
        ("b", "closed", 0),
    ]

    await anyio.sleep(31)
    await all_of(chain, question("x"))  # the probe fails: twice the rest
    await anyio.sleep(31)
    await all_of(chain, question("x"))
    assert len(first.asked) == 4

    await anyio.sleep(30)
    first.error = None
    assert said(await all_of(chain, question("x"))) == "says a"
    assert chain.links()[0].state == "closed"


async def test_a_chain_that_rests_altogether_still_asks_its_last() -> None:
    first, last = Scripted("a", MisconfiguredError("a", "key")), Scripted("b", down())
    chain = Fallback([first, last])
    for _ in range(5):
        with pytest.raises(ProviderError):
            await all_of(chain, question("x"))

    assert len(first.asked) == 1
    assert len(last.asked) == 5
    last.error = None
    assert said(await all_of(chain, question("x"))) == "says b"


async def test_a_single_model_is_always_asked() -> None:
    only = Scripted("a", down())
    chain = Fallback([only])
    for _ in range(6):
        with pytest.raises(UnavailableError):
            await all_of(chain, question("x"))

    assert len(only.asked) == 6
    assert only.asked[0].patient


async def test_a_limit_is_respected_before_the_next_question() -> None:
    first = Scripted("a", RateLimitedError("a", 120))
    chain = Fallback([first, Scripted("b")])
    await all_of(chain, question("x"))
    await anyio.sleep(100)
    await all_of(chain, question("x"))
    assert len(first.asked) == 1

    await anyio.sleep(21)
    await all_of(chain, question("x"))
    assert len(first.asked) == 2


async def test_a_stop_says_nothing_about_the_model() -> None:
    first = Scripted("a", down())
    chain = Fallback([first, Scripted("b")], policy=BreakerPolicy(tolerates=0, rest=10))
    await all_of(chain, question("x"))
    await anyio.sleep(11)
    first.error = None

    async with aclosing(chain.answer(question("x"))) as stream:
        await anext(stream)  # left in the middle of the probe

    assert chain.links()[0].state == "open"
    assert said(await all_of(chain, question("x"))) == "says a"


async def test_one_probe_at_a_time() -> None:
    breaker = Breaker(BreakerPolicy(tolerates=0, rest=10))
    breaker.failed(0)

    assert [breaker.admit(5), breaker.admit(10), breaker.admit(10)] == [False, True, False]
    breaker.succeeded()
    assert breaker.admit(10)


def test_every_state_of_a_breaker_can_be_reached_and_left() -> None:
    reached = {target for _, _, target in TABLE}
    left = {source for _, sources, target in TABLE for source in sources if source is not target}

    assert reached == left == set(State)


async def test_an_unasked_chain_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Fallback([])
