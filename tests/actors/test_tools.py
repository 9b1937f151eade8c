"""Tools that come and go while answers are being given."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import pytest

from actors.ports import Declaration, Done, Request, Setting, ToolCall, Used
from fsm.steps import Call
from tests.actors.test_chat import resting_after_answer
from tests.actors.world import Script, life

pytestmark = pytest.mark.anyio


@dataclass
class Once(Script):
    """Wants a tool in the first round of each answer."""

    async def answer(self, request: Request) -> AsyncGenerator[Any, None]:
        async for event in super().answer(request):
            if isinstance(event, Done) and not request.steps:
                yield ToolCall("", "learn", {})
            yield event


class Learning:
    """Has one tool more each time that it is used."""

    def __init__(self) -> None:
        self.names = ["learn"]

    @property
    def offered(self) -> tuple[Declaration, ...]:
        return tuple(Declaration(name=name, description="", parameters={}) for name in self.names)

    def doing(self, name: str) -> str:
        return "progress-tool"

    async def use(self, call: Call, setting: Setting) -> Used:
        self.names.append(f"tool {len(self.names)}")
        return Used(output="learnt")


async def test_an_answer_keeps_the_tools_that_it_began_with() -> None:
    # Requests begin with the tools: in the middle of an answer others would cost its cached prefix.
    async with life(model=Once(), toolbox=Learning()) as world:
        world.says("one")
        await resting_after_answer(world)
        world.says("two")
        await resting_after_answer(world, 2)

        offered = [[each.name for each in request.tools] for request in world.model.asked]
        assert offered == [["learn"], ["learn"], ["learn", "tool 1"], ["learn", "tool 1"]]
