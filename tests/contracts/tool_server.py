"""What every MCP server's tools promise, over whichever transport it is reached.

Subclass, and give the fixture `kitchen`: the stand-in of `tests/stand_ins/mcp_server.py`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import anyio
import pytest

from actors.ports import Setting, Used
from fsm.media import Media, MediaKind
from fsm.steps import Call
from fsm.tool_events import Proposed
from service.tools.mcp_file import Plan
from service.tools.mcp_server import McpServer
from service.tools.toolbox import LONGEST, Toolbox

HERE = Setting(chat="c", turn=1, now=1_000_000.0)


class Kitchen(Protocol):
    """The stand-in, and how it is reached."""

    folder: Path

    def plan(self, **more: Any) -> Plan:
        """Return the row of a settings file that names it."""


@asynccontextmanager
async def running(*plans: Plan) -> AsyncIterator[tuple[Toolbox, list[McpServer]]]:
    """Keep servers for as long as the block lasts; they are started again after short pauses."""
    box = Toolbox([])
    servers = [McpServer(each, changed=box.take, draw=lambda _, high: high / 4) for each in plans]
    async with anyio.create_task_group() as tasks:
        for server in servers:
            tasks.start_soon(server.run)
        for server in servers:
            await until(lambda server=server: server.standing().up)  # type: ignore[misc]
        yield box, servers
        tasks.cancel_scope.cancel()


async def until(holds: Callable[[], bool]) -> None:
    with anyio.fail_after(30):
        while not holds():  # noqa: ASYNC110 (a process of its own: nobody sets an event)
            await anyio.sleep(0.01)


async def use(box: Toolbox, name: str, setting: Setting = HERE, /, **arguments: Any) -> Used:
    return await box.use(Call(id="1", name=name, arguments=json.dumps(arguments)), setting)


class ToolServerContract:
    """The promises."""

    pytestmark = pytest.mark.anyio

    async def test_its_tools_are_offered_and_used(self, kitchen: Kitchen) -> None:
        kept: list[tuple[str, bytes]] = []

        async def keep(mime: str, data: bytes) -> Media:
            kept.append((mime, data))
            return Media(kind=MediaKind.PICTURE, ref="made:1", mime=mime)

        keeps = Setting(chat="c", turn=1, now=1_000_000.0, keep=keep)
        async with running(kitchen.plan()) as (box, (server,)):
            names = [each.name for each in box.offered]
            assert names[:3] == ["kitchen__shout", "kitchen__shout_", "kitchen__order"]
            assert len(set(names)) == len(names) == server.standing().tools
            declared = box.offered[0]
            assert declared.description == "Say *words* loudly."
            assert declared.parameters["required"] == ["words"]

            assert await use(box, "kitchen__shout", words="ah", times=2) == Used(output="AH AH")
            assert (await use(box, "kitchen__shout_", words="ah")).output == "¡ah!"
            assert (await use(box, "kitchen__stages")).output == "stirred"

            papers = (await use(box, "kitchen__papers")).output
            assert papers == "The menu:\nsoup, stew\nwine: https://example.org/wine.pdf"
            assert json.loads((await use(box, "kitchen__prices")).output)["soup"] == 4.5
            assert "cannot be shown" in (await use(box, "kitchen__song")).output

            flooded = (await use(box, "kitchen__flood", size=100_000)).output
            assert flooded.endswith("(... 88000 more characters left out)")
            assert len(flooded) < LONGEST + 100

            assert "cannot be shown" in (await use(box, "kitchen__picture")).output
            shown = await use(box, "kitchen__picture", keeps)
            assert "goes to the person" in shown.output
            assert [each.ref for each in shown.media] == ["made:1"]
            assert [(mime, data[:4]) for mime, data in kept] == [("image/png", b"\x89PNG")]

    async def test_what_goes_wrong_is_said_to_the_model(self, kitchen: Kitchen) -> None:
        hurried = kitchen.plan(name="hurried", timeout=0.5, tools=("dawdle",))
        async with running(kitchen.plan(), hurried) as (box, servers):
            stumbled = await use(box, "kitchen__stumble")
            assert stumbled.failed
            assert "stumble" in stumbled.output

            odd = await use(box, "kitchen__shout", words=["<", {"$ref": "/etc/passwd"}], other=1)
            assert odd.failed

            late = await use(box, "hurried__dawdle")
            assert late == Used(output="It took longer than 0.5 s and was given up.", failed=True)
            await until(lambda: not list(kitchen.folder.glob("dawdle-*")))

            proposed = await use(box, "kitchen__order", dish="stew")
            assert "Not done yet" in proposed.output
            assert [type(each) for each in proposed.events] == [Proposed]
            agreed = Setting(chat="c", turn=2, now=1_000_000.0, approved=True)
            assert (await use(box, "kitchen__order", agreed, dish="stew")).output == (
                "stew is ordered"
            )
            assert all(server.standing().up for server in servers)

    async def test_a_stop_ends_the_call_at_the_server_too(self, kitchen: Kitchen) -> None:
        async with running(kitchen.plan()) as (box, (server,)):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(use, box, "kitchen__dawdle")
                await until(lambda: bool(list(kitchen.folder.glob("dawdle-*"))))
                tasks.cancel_scope.cancel()

            await until(lambda: not list(kitchen.folder.glob("dawdle-*")))
            assert (await use(box, "kitchen__shout", words="ah")).output == "AH"
            assert server.standing().restarts == 0

    async def test_tools_come_and_go_when_it_says_so(
        self, kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("service.tools.mcp_server._CALM", 0.05)
        async with running(kitchen.plan(tools=("learn", "bake", "shout"))) as (box, _):
            before = box.offered
            assert [each.name for each in before] == ["kitchen__shout", "kitchen__learn"]

            await use(box, "kitchen__learn")
            await until(lambda: box.offered is not before)
            assert [each.name for each in box.offered] == [
                "kitchen__shout",
                "kitchen__learn",
                "kitchen__bake",
            ]
            assert (await use(box, "kitchen__bake")).output == "a loaf"

            await use(box, "kitchen__learn")
            await until(lambda: len(box.offered) == 2)
            assert "There is no tool" in (await use(box, "kitchen__bake")).output

    async def test_a_server_that_dies_is_there_again(self, kitchen: Kitchen) -> None:
        async with running(kitchen.plan(asks="never")) as (box, (server,)):
            offered = box.offered

            # It only reads, so it is asked once more.
            assert (await use(box, "kitchen__die_once")).output == "answered by start 2"

            # This could have done something.
            ended = await use(box, "kitchen__die")
            assert ended.failed
            assert "may have been done, or not" in ended.output
            assert (await use(box, "kitchen__shout", words="ah")).output == "AH"
            assert server.standing().restarts >= 2
            # Requests begin with the tools: their encoding is kept as long as they are the same.
            assert box.offered is offered
        assert len(list(kitchen.folder.glob("start-*"))) == 3
