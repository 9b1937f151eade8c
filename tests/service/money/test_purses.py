"""What persons have spent, kept by actors; and budgets that refuse before a model is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from actors.runtime import ActorSystem, LoopClock
from fsm.usage import CENT, DAYS, Spending, Usage, added, dollars
from service.money.prices import load
from service.money.purses import Budgets, Purse, Purses
from tests.actors.memory_store import MemoryStore

pytestmark = pytest.mark.anyio
ANN, BOB = "telegram.1", "telegram.2"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    from trio.testing import MockClock

    return "trio", {"clock": MockClock(autojump_threshold=0)}


@asynccontextmanager
async def purses(store: MemoryStore, **budgets: int) -> AsyncIterator[Purses]:
    system: Any = None
    made = Purses(load(), Budgets(**budgets), store, lambda: system)
    clock = LoopClock(wall=lambda: 1_000_000.0 + anyio.current_time())
    system = ActorSystem(made.kinds(), clock=clock)
    async with system:
        yield made


async def test_a_budget_refuses_who_has_used_it_up_and_nobody_else_until_midnight() -> None:
    async with purses(MemoryStore(), person=CENT) as made:
        assert await made.refusal(Usage(), ANN) is None
        made.spend(ANN, Spending(calls=1, cost=CENT))

        refused = await made.refusal(Usage(), ANN)
        assert refused is not None
        assert (refused.problem, refused.args) == ("problem-budget-person", {"budget": "$0.01"})
        assert await made.refusal(Usage(), BOB) is None
        await anyio.sleep(86_400)
        assert await made.refusal(Usage(), ANN) is None
        assert (await made.usage(ANN)).total.cost == CENT


async def test_what_was_spent_outlives_the_process() -> None:
    store = MemoryStore()
    async with purses(store) as made:
        made.spend(ANN, Spending(calls=1, prompt=5, cost=7))
        assert (await made.usage(ANN)).total.prompt == 5

    async with purses(store) as made:
        assert (await made.usage(ANN)).total.cost == 7
    assert isinstance(store.values["purse/everybody"], Purse)


async def test_a_chat_and_everybody_together_have_budgets_too() -> None:
    spent = added(Usage(), Spending(cost=50), 1_000_000.0)
    async with purses(MemoryStore(), chat=50) as made:
        refused = await made.refusal(spent, "")
        assert refused is not None
        assert refused.problem == "problem-budget-chat"
        assert await made.refusal(Usage(), "") is None
    async with purses(MemoryStore(), everybody=100) as made:
        made.spend(ANN, Spending(cost=60))
        made.spend("", Spending(cost=40))
        refused = await made.refusal(Usage(), BOB)
        assert refused is not None
        assert refused.problem == "problem-budget-everybody"


def test_only_the_last_days_are_kept_one_by_one() -> None:
    usage = Usage()
    for day in range(100):
        usage = added(usage, Spending(calls=1, cost=1), day * 86_400.0)

    assert len(usage.days) == DAYS
    assert (usage.total.calls, usage.on(99 * 86_400.0).cost) == (100, 1)


@pytest.mark.parametrize(
    ("cost", "written"),
    [(0, "$0.00"), (12, "$0.00001"), (3100, "$0.0031"), (CENT, "$0.01"), (1_234_567, "$1.23")],
)
def test_amounts_are_written_as_people_write_them(cost: int, written: str) -> None:
    assert dollars(cost) == written
