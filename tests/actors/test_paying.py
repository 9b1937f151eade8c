"""Money: refused before the call, counted however it ends."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from actors.paying import Till
from actors.ports import (
    Declaration,
    Done,
    Refusal,
    Request,
    Setting,
    TextDelta,
    ToolCall,
    Used,
)
from actors.ports import Usage as Tokens
from actors.ports.purse import NOTHING
from fsm.effects import TellUsage
from fsm.events import Commanded, Stopped
from fsm.steps import Call
from fsm.usage import CENT, Spending, Usage, added
from tests.actors.test_chat import resting_after_answer
from tests.actors.world import Script, life

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    from trio.testing import MockClock

    return "trio", {"clock": MockClock(autojump_threshold=0)}


@dataclass
class Counting(Script):
    """Says after each word what it took so far."""

    async def answer(self, request: Request) -> AsyncGenerator[Any, None]:
        self.asked.append(request)
        for number, piece in enumerate(self.pieces, 1):
            await anyio.sleep(self.gap)
            yield TextDelta(piece)
            yield Tokens(prompt=100, cached=80, output=number)
        yield Done(answered_by="the other")


@dataclass
class Purse:
    """A cent a call, and one cent for everybody."""

    budget: int = 1
    used: dict[str, Usage] = field(default_factory=dict)
    models: list[str] = field(default_factory=list)

    async def refusal(self, chat: Usage, person: str, unpaid: Spending = NOTHING) -> Refusal | None:
        spent = self.used.get(person, Usage()).total.cost + unpaid.cost
        return Refusal(problem="problem-budget-person") if spent >= self.budget else None

    def cost(self, model: str, used: Spending) -> int:
        self.models.append(model)
        return 1

    def spend(self, person: str, spent: Spending) -> None:
        self.used[person] = added(self.used.get(person, Usage()), spent, 0.0)

    async def usage(self, person: str) -> Usage:
        return self.used.get(person, Usage())


@dataclass
class Calling(Counting):
    """Wants the same tool again and again."""

    async def answer(self, request: Request) -> AsyncGenerator[Any, None]:
        async for event in super().answer(request):
            if isinstance(event, Done):
                yield ToolCall("", "nap", {})
            yield event


class Nap:
    offered = (Declaration(name="nap", description="", parameters={}),)

    def doing(self, name: str) -> str:
        return "progress-tool"

    async def use(self, call: Call, setting: Setting) -> Used:
        return Used(output="slept")


async def test_money_that_runs_out_between_two_rounds_of_tools_ends_the_answer_there() -> None:
    purse = Purse(budget=2)
    async with life(model=Calling(), purse=purse, toolbox=Nap()) as world:
        world.says("one", person="telegram.42")
        await resting_after_answer(world)

        assert len(world.model.asked) == 2
        assert purse.used["telegram.42"].total.cost == 2
        (answer,) = world.channel.texts()
        assert "<problem-budget-person>" in answer
        assert "".join(Calling().pieces) in answer, "what was written stays"


async def test_a_budget_of_one_call_refuses_the_second_before_any_call() -> None:
    purse = Purse()
    async with life(model=Counting(), purse=purse) as world:
        world.says("one", person="telegram.42")
        await resting_after_answer(world)
        world.says("two", person="telegram.42")
        await resting_after_answer(world, 2)
        world.says("three", person="telegram.43")
        await resting_after_answer(world, 3)

        assert world.channel.texts()[1] == "<problem-budget-person>"
        assert len(world.model.asked) == 2
        total = world.state().conversation.usage.total
        assert total == Spending(calls=2, prompt=200, cached=160, output=6, cost=2)
        assert purse.models == ["the other", "the other"]


async def test_a_call_that_is_stopped_is_paid_all_the_same() -> None:
    purse = Purse(budget=9)
    async with life(model=Counting(gap=1.0), purse=purse) as world:
        world.says("one", person="telegram.42")
        await anyio.sleep(1.5)
        world.does(Stopped(turn=1))
        await resting_after_answer(world)

        assert purse.used["telegram.42"].total == Spending(
            calls=1, prompt=100, cached=80, output=1, cost=1
        )
        await world.until(lambda: world.state().conversation.usage.total.calls)
        assert world.state().conversation.last.output == 1


@pytest.mark.parametrize(
    ("used", "share"),
    [
        (Spending(prompt=400, cached=100), "25"),
        (Spending(output=4), "none"),
        (Spending(), "none"),
    ],
)
async def test_the_cached_share_is_told(used: Spending, share: str) -> None:
    till = Till(Purse(), lambda _: None)  # type: ignore[arg-type, return-value]
    effect = TellUsage(person="p", language="en", message=1)

    told = await till.told(effect, added(Usage(), used, 0.0), 0.0)

    assert told.args["cached"] == share
    assert told.key == ("usage-free" if used.prompt or used.output else "usage-shown")


async def test_what_has_cost_something_is_told_as_that() -> None:
    till = Till(Purse(), lambda _: None)  # type: ignore[arg-type, return-value]
    used = added(Usage(), Spending(prompt=4, cost=CENT), 0.0)

    told = await till.told(TellUsage(person="p", language="en", message=1), used, 0.0)

    assert (told.key, told.args["chat_cost"]) == ("usage-shown", "$0.01")


async def test_usage_is_told() -> None:
    async with life(model=Counting(), purse=Purse()) as world:
        world.does(Commanded(name="usage", person="telegram.42"))
        await resting_after_answer(world)

        assert world.channel.texts() == ["<usage-shown>"]
