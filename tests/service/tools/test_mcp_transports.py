"""Real MCP servers over each transport, and what only those behind an address can do."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from service.observe import configure, levels
from service.tools.mcp_file import Plan
from service.tools.mcp_server import McpServer
from tests.contracts.tool_server import ToolServerContract, running, use
from tests.house.sources import ROOT
from tests.stand_ins import mcp_server
from tests.stand_ins.mcp_over_http import Served

pytestmark = pytest.mark.anyio
KEY = "a-key-that-nobody-may-see"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Program:
    """The stand-in as a program that is started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plan(self, **more: Any) -> Plan:
        usual: dict[str, Any] = {
            "name": "kitchen",
            "command": sys.executable,
            "args": ("-m", "tests.stand_ins.mcp_server", str(self.folder)),
            "cwd": str(ROOT),
        }
        return Plan(**{**usual, **more})


class Address:
    """The stand-in behind an address; it comes back when it has died."""

    def __init__(self, folder: Path, path: str, *marks: str) -> None:
        self.folder, self._path, self.ends = folder, path, False
        self.served = Served(mcp_server.server, frozenset(marks))

    def plan(self, path: str = "", **more: Any) -> Plan:
        kind = "sse" if self._path == "/sse" else "http"
        url = f"{self.served.address}{path or self._path}"
        return Plan(**{"name": "kitchen", "url": url, "type": kind, **more})

    async def run(self, *, task_status: Any = anyio.TASK_STATUS_IGNORED) -> None:
        while not self.ends:
            mcp_server.house.begin(self.folder)
            await self.served.run(self.served.port, task_status=task_status)
            task_status = anyio.TASK_STATUS_IGNORED

    async def asks(self, path: str) -> dict[str, int]:
        async with httpx2.AsyncClient(trust_env=False) as client:
            found: dict[str, int] = (await client.get(f"{self.served.address}{path}")).json()
            return found


@asynccontextmanager
async def opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, *marks: str
) -> AsyncIterator[Address]:
    kitchen = Address(folder, path, *marks)

    async def die() -> None:
        kitchen.served.hang_up()
        await anyio.sleep_forever()

    monkeypatch.setattr(mcp_server.house, "die", die)
    async with anyio.create_task_group() as tasks:
        await tasks.start(kitchen.run)
        yield kitchen
        kitchen.ends = True
        kitchen.served.hang_up()


class TestAProgram(ToolServerContract):
    @pytest.fixture
    def kitchen(self, tmp_path: Path) -> Program:
        return Program(tmp_path)


class TestAnAddress(ToolServerContract):
    @pytest.fixture
    async def kitchen(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[Address]:
        async with opened(tmp_path, monkeypatch, "/mcp") as kitchen:
            yield kitchen


class TestAnAddressWithSessions(ToolServerContract):
    @pytest.fixture
    async def kitchen(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[Address]:
        async with opened(tmp_path, monkeypatch, "/mcp", "sessions") as kitchen:
            yield kitchen


class TestAnAddressOfTheOlderKind(ToolServerContract):
    @pytest.fixture
    async def kitchen(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[Address]:
        async with opened(tmp_path, monkeypatch, "/sse") as kitchen:
            yield kitchen


class TestOnlyBehindAnAddress:
    @pytest.fixture
    async def kitchen(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[Address]:
        async with opened(tmp_path, monkeypatch, "/mcp", "sessions", f"KEY={KEY}") as kitchen:
            yield kitchen

    def plan(self, kitchen: Address, path: str = "/mcp", **more: Any) -> Plan:
        return kitchen.plan(path, headers={"Authorization": f"Bearer {KEY}"}, **more)

    async def test_a_session_that_expired_is_begun_anew(self, kitchen: Address) -> None:
        async with running(self.plan(kitchen, asks="never")) as (box, (server,)):
            offered = box.offered
            await kitchen.asks("/_/expire")

            # It changes something, but a server that knows no session has not done it.
            assert (await use(box, "kitchen__note", words="once")).output == "noted"
            assert [each.read_text() for each in kitchen.folder.glob("note-*")] == ["once"]
            assert server.standing().restarts == 1
            assert box.offered is offered

    async def test_a_redirect_is_followed_at_home_and_nowhere_else(self, kitchen: Address) -> None:
        async with running(self.plan(kitchen, "/here")) as (box, _):
            assert (await use(box, "kitchen__shout", words="ah")).output == "AH"

        async with anyio.create_task_group() as tasks:
            elsewhere = Served(mcp_server.server)
            await tasks.start(elsewhere.run)
            away = self.plan(kitchen, f"/away?to={elsewhere.address}/mcp")
            standing = await McpServer(away).try_once()
            async with httpx2.AsyncClient(trust_env=False) as client:
                visited = (await client.get(f"{elsewhere.address}/_/seen")).json()
            elsewhere.hang_up()

        assert not standing.up
        assert visited == {}

    @pytest.mark.parametrize(
        ("path", "problem"),
        [("/nowhere", "HTTP 404"), ("/packed", "TooLongError"), ("/endless", "TooLongError")],
    )
    async def test_what_is_no_server_of_tools(
        self, kitchen: Address, path: str, problem: str
    ) -> None:
        standing = await McpServer(self.plan(kitchen, path)).try_once()

        assert (standing.up, standing.problem) == (False, problem)

    async def test_a_key_that_is_refused_is_told_as_that(self, kitchen: Address) -> None:
        wrong = kitchen.plan(headers={"Authorization": "Bearer another-key"})

        assert (await McpServer(wrong).try_once()).problem == "HTTP 401"

    async def test_neither_keys_nor_words_are_logged_or_told(
        self, kitchen: Address, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for theirs in ("sse_starlette", "uvicorn"):  # the server, which is in this process here
            monkeypatch.setattr(logging.getLogger(theirs), "level", logging.CRITICAL)
        stream, root = io.StringIO(), logging.getLogger()
        handlers, level = list(root.handlers), root.level
        configure(_Everything(), stream)
        try:
            async with running(self.plan(kitchen)) as (box, _):
                await use(box, "kitchen__shout", words="what somebody said")
                told = await use(box, "kitchen__shout", words=f"Bearer {KEY}")
                await use(box, "kitchen__flood", size=["what somebody said"])
        finally:
            root.handlers[:], root.level = handlers, level
            levels.start_with("info")

        assert KEY not in stream.getvalue()
        assert "somebody said" not in stream.getvalue()
        assert told.output == "BEARER A-KEY-THAT-NOBODY-MAY-SEE"


class _Everything:
    log = "json"
    log_level = "debug"

    def secrets(self) -> tuple[str, ...]:
        return ()


def test_a_key_is_taken_out_of_what_its_server_says() -> None:
    row = Plan(
        headers={"Authorization": f"Bearer {KEY}", "User-Agent": "greenroom"},
        env={"API_KEY": "another-key", "FOLDER": "/some/folder"},
    )

    said = row.hidden(f"Bearer {KEY} is none for greenroom; another-key in /some/folder")
    assert said == "Bearer *** is none for greenroom; *** in /some/folder"
