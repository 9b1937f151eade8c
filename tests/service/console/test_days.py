"""What the console tells of flows, and of each day."""

from __future__ import annotations

from typing import Any

import pytest

from actors.runtime import AskTimeout
from fsm.data import Rules
from fsm.flow_events import FlowCancelled, FlowStarted
from fsm.usage import Day, Spending, Usage
from service.audience import DAY, Audience, Seen, apply
from service.console.views import days
from service.flows import Library
from tests.service.console.stand import stand

pytestmark = pytest.mark.anyio

TODAY = 20_000
RULES = Rules(flows=Library().flows)
USED = Usage(
    days=(
        Day(number=TODAY - 40, spent=Spending(prompt=9, cost=9)),
        Day(number=TODAY - 2, spent=Spending(prompt=100, output=20, cost=1_500_000)),
        Day(number=TODAY, spent=Spending(prompt=1, output=2, cost=30)),
    )
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def audience() -> Audience:
    found = Audience(key=b"k")
    for person, day in ((b"a", TODAY - 2), (b"b", TODAY - 2), (b"a", TODAY)):
        found = apply(found, Seen(person=person, day=day))
    return found


def test_each_of_thirty_days_has_its_people_tokens_and_cost() -> None:
    told = days(audience(), USED, TODAY * DAY + 5.0)

    assert [day["at"] // DAY for day in told] == list(range(TODAY - 29, TODAY + 1))
    assert told[-1] == {"at": TODAY * DAY, "people": 1, "tokens": 3, "cost": 0.00003}
    assert told[-2] == {"at": (TODAY - 1) * DAY, "people": 0, "tokens": 0, "cost": 0.0}
    assert told[-3] == {"at": (TODAY - 2) * DAY, "people": 2, "tokens": 120, "cost": 1.5}
    assert sum(day["tokens"] for day in told) == 123


async def test_the_hour_is_told_when_nobody_knows_what_the_days_took() -> None:
    async with stand() as opened:
        house = opened.house
        house.office.series.take()
        assert len((await opened.get("series"))["days"]) == 30

        house.broke = AskTimeout(house.system.ref("chat", "telegram.1.1"))
        told = await opened.get("series")
        assert (len(told["samples"]), told["days"]) == (1, [])


async def test_a_flow_says_who_is_where_and_who_left() -> None:
    async with stand(rules=RULES) as opened:
        house = opened.house
        for chat in ("telegram.1.1", "telegram.1.2", "telegram.1.3"):
            house.does(FlowStarted(name="trip"), chat)
        await house.until(lambda: house.facts("telegram.1.3").flow == "trip")
        house.does(FlowCancelled(), "telegram.1.2")
        await house.until(lambda: not house.facts("telegram.1.2").flow)

        trip = next(each for each in (await opened.get("house"))["flows"] if each["name"] == "trip")
        assert (trip["begun"], trip["finished"], trip["left"]) == (3, 0, 1)
        assert trip["steps"][0] == {"name": "place", "here": 2, "reached": 3, "left": 1}
        assert {each["reached"] for each in trip["steps"][1:]} == {0}
        chat: Any = await opened.get("chat/telegram.1.1")
        assert (chat["flow"], chat["step"]) == ("trip", "place")
