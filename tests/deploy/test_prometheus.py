"""The dashboard and the alerts, asked of a real Prometheus that reads a service that is played."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from actors.messages import CrashAsked
from actors.ports import PenaltyError, UnavailableError
from service.operators.census import Census
from service.operators.facts import Disk, FleetFacts
from tests.actors.world import Script
from tests.deploy.prometheus import prometheus
from tests.deploy.test_deploy import dashboard, rules
from tests.service.console.stand import Stand, stand
from tests.service.operators.test_silence import Deadly

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Trouble:
    """What is made to be the matter with the house, besides what is played."""

    def __init__(self) -> None:
        self.restarts = self.damaged = 0
        self.moody = True
        self.given: dict[str, Any] = {"disk": Disk(free=50, total=100)}

    def grow(self, opened: Stand) -> None:
        """Let what is counted become more."""
        self.restarts, self.damaged = self.restarts + 1, self.damaged + 1
        self.moody = False
        opened.house.watch.metrics.first_text.observe(20)
        opened.house.watch.metrics.lag.observe(1)

    def on(self, facts: FleetFacts) -> FleetFacts:
        children = (*facts.children, ("moody", self.moody, self.restarts))
        return replace(facts, children=children, damaged=self.damaged, **self.given)


@pytest.fixture
def trouble(monkeypatch: pytest.MonkeyPatch) -> Trouble:
    made, real = Trouble(), Census.fleet
    monkeypatch.setattr(Census, "fleet", lambda census: made.on(real(census)))
    return made


async def played(opened: Stand) -> None:
    """Let something of everything happen once."""
    house = opened.house
    before = len(house.channel.texts())
    house.channel.failures = [PenaltyError(0.1)]
    house.says("hi")
    await house.until(lambda: len(house.channel.texts()) > before)
    house.watch.pulse.beat(0.001)
    house.watch.metrics.tokens("script", "output", 10)


def _bare(expression: str) -> str:
    """Return what an alert looks at, without its limit."""
    return re.sub(r" (==|<|>) [\d.]+$", "", expression)


async def test_every_expression_has_data_and_every_alert_fires(
    tmp_path: Path, trouble: Trouble
) -> None:
    async with AsyncExitStack() as watching, AsyncExitStack() as serving:
        opened = await serving.enter_async_context(stand(Script(gap=0.01)))
        asked = await watching.enter_async_context(prometheus(tmp_path, opened.port))
        await asked.until("it was read", lambda: asked.has("up == 1"))
        for expression in (*dashboard(), *(_bare(rule["expr"]) for rule in rules())):

            async def has_data(expression: str = expression) -> bool:
                if await asked.has(expression):
                    return True
                await played(opened)
                return False

            await asked.until(f"there is data for {expression}", has_data)
        assert await asked.firing() == set()

        named = {rule["alert"] for rule in rules()}
        await _everything_breaks(opened, trouble)

        async def all_fire() -> bool:
            trouble.grow(opened)
            return named - await asked.firing() == {"GreenroomDown"}

        await asked.until("every alert fires", all_fire)
        await serving.aclose()
        await asked.until("it is down", lambda: asked.has('ALERTS{alertname="GreenroomDown"}'))


async def _everything_breaks(opened: Stand, trouble: Trouble) -> None:
    house = opened.house
    house.model.failures = [UnavailableError("script", "down")]
    house.says("is anybody there?")
    for _ in range(4):
        house.system.ref("chat", "telegram.1.43").tell_system(CrashAsked())
    house.does(Deadly(), "telegram.1.44")  # type: ignore[arg-type]
    house.polling.paused = True
    house.store.failing_since = 1.0
    trouble.given = {"disk": Disk(free=5, total=100)}
