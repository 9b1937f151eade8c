"""MCP servers as the settings name them; `test_mcp_transports.py` talks to real ones."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from mcp_types import Tool as McpListed
from mcp_types import ToolAnnotations

from actors.ports import Setting
from service import settings
from service.doctor import examine
from service.equipment import opened_toolbox, planned
from service.observe.watch import Watch
from service.settings_errors import CannotStartError
from service.tools import mcp_server
from service.tools.declared import ToolError, tool
from service.tools.mcp_file import McpFileError, Plan, read
from service.tools.mcp_server import McpServer
from service.tools.mcp_tools import MOST, tools_of
from service.tools.toolbox import Toolbox
from tests.contracts.tool_server import until, use
from tests.house.sources import ROOT

pytestmark = pytest.mark.anyio

HERE = Setting(chat="c", turn=1, now=1_000_000.0)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "starts"
    made.mkdir()
    return made


def plan(folder: Path, **more: Any) -> Plan:
    usual: dict[str, Any] = {
        "name": "kitchen",
        "command": sys.executable,
        "args": ("-m", "tests.stand_ins.mcp_server", str(folder)),
        "cwd": str(ROOT),
    }
    return Plan(**{**usual, **more})


def listed(*names: str, reads: bool = False) -> list[McpListed]:
    hints = ToolAnnotations(read_only_hint=reads)
    return [McpListed(name=name, input_schema={}, annotations=hints) for name in names]


async def never_called(*_: Any) -> None:
    raise AssertionError


@pytest.mark.parametrize(
    ("asks", "reads", "asked"),
    [
        ("hints", True, False),
        ("hints", False, True),
        ("never", False, False),
        ("always", True, True),
    ],
)
def test_the_file_says_when_a_person_is_asked(
    tmp_path: Path, asks: str, reads: bool, asked: bool
) -> None:
    (made,) = tools_of(plan(tmp_path, asks=asks), listed("order", reads=reads), never_called)

    assert made.asks is asked


def test_names_do_not_meet(tmp_path: Path) -> None:
    box = Toolbox([tool(shout)])
    for name in ("b", "a"):
        box.take(name, tools_of(plan(tmp_path, name=name), listed("x", "x!", "x?"), never_called))
    long = tools_of(plan(tmp_path), listed("y" * 99 + "1", "y" * 99 + "2"), never_called)

    names = [each.name for each in box.offered]
    assert names == ["shout", *(f"{owner}__{x}" for owner in "ab" for x in ("x", "x_", "x__2"))]
    assert len({each.declaration.name for each in long}) == 2
    assert all(len(each.declaration.name) <= 64 for each in long)


async def shout() -> str:
    """Shout."""
    return "AH"


def test_a_plan_chooses_and_a_flood_is_cut(tmp_path: Path) -> None:
    many = listed(*(f"t{number}" for number in range(200)))

    assert len(tools_of(plan(tmp_path), many, never_called)) == MOST
    (only,) = tools_of(plan(tmp_path, tools=("t7",)), many, never_called)
    assert only.theirs == "t7"


async def test_a_server_that_cannot_be_started_keeps_nobody_waiting(tmp_path: Path) -> None:
    broken = McpServer(plan(tmp_path, command=str(tmp_path / "nothing")), draw=lambda low, _: low)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(broken.run)
        await until(lambda: broken.standing().restarts > 3)

        with pytest.raises(ToolError, match="not running"):
            await broken.call("shout", {}, again=True)
        assert broken.standing().problem == "FileNotFoundError"
        tasks.cancel_scope.cancel()


async def test_a_server_that_ends_as_soon_as_it_has_come_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lives: list[Flighty] = []

    @asynccontextmanager
    async def connected(*_: object) -> AsyncIterator[Flighty]:
        lives.append(Flighty())
        yield lives[-1]

    async def look_after(server: McpServer, _: object) -> None:
        if len(lives) > 1:
            await anyio.sleep_forever()

    monkeypatch.setattr(mcp_server, "_connected", connected)
    monkeypatch.setattr(McpServer, "_look_after", look_after)
    server = McpServer(plan(tmp_path), draw=lambda low, _: low)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.run)
        assert await server.call("shout", {}, again=False) == "AH"
        tasks.cancel_scope.cancel()
    assert len(lives) == 2


class Flighty:
    """A client that has no tools to list, and can be called."""

    async def list_tools(self, **_: object) -> SimpleNamespace:
        return SimpleNamespace(tools=[], next_cursor=None)

    async def call_tool(self, *_: object) -> str:
        return "AH"


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("{", "is no JSON"),
        ("{}", "has no"),
        ('{"mcpServers": {"a b": {"command": "x"}}}', "not 'a b'"),
        ('{"mcpServers": {"a": {}}}', "either a command or a url"),
        ('{"mcpServers": {"a": {"url": "ftp://x"}}}', "begins with https"),
        ('{"mcpServers": {"a": {"url": "http://x", "timeout": 0}}}', "> 0"),
        ('{"mcpServers": {"a": {"url": "http://x", "headers": {"K": "k\\n"}}}}', "header 'K' has"),
        (
            '{"mcpServers": {"a": {"url": "http://x", "headers": {"K": "\u2013"}}}}',
            "header 'K' has",
        ),
        ('{"mcpServers": {"a": {"url": "http://x", "headers": {"K :": "k"}}}}', "header 'K :' has"),
        ('{"mcpServers": {"a": {"command": "x", "asks": "seldom"}}}', "$.asks"),
        ('{"mcpServers": {"a": {"command": "x", "env": {"KEY": 5}}}}', "$.env"),
    ],
)
def test_a_file_that_does_not_fit_is_told_in_a_sentence(
    tmp_path: Path, written: str, what: str
) -> None:
    path = tmp_path / "mcp.json"
    path.write_text(written)

    with pytest.raises(McpFileError, match=r".") as told:
        read(path)

    assert what in str(told.value)


def test_the_form_that_other_clients_read(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    servers = {
        "files": {"command": "npx", "args": ["-y", "x"], "env": {"A": "b"}},
        "web": {"type": "http", "url": "https://example.org/mcp", "headers": {"X-Key": "secret"}},
    }
    path.write_text(json.dumps({"mcpServers": servers}))

    files, web = read(path)

    assert (files.name, files.args, files.asks) == ("files", ("-y", "x"), "hints")
    assert (web.url, web.headers["X-Key"]) == ("https://example.org/mcp", "secret")
    assert "secret" not in repr(web)


async def test_the_service_opens_what_the_file_names(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, watch = tmp_path / "mcp.json", Watch()
    kitchen = {
        "command": sys.executable,
        "args": ["-m", "tests.stand_ins.mcp_server", str(folder)],
        "cwd": str(ROOT),
        "tools": ["shout", "environment"],
        "env": {"MOOD": "good"},
    }
    monkeypatch.setenv("GEMINI_API_KEY", "a-key-that-nobody-may-see")
    path.write_text(json.dumps({"mcpServers": {"kitchen": kitchen, "gone": {"command": "gone!"}}}))
    chosen = settings.load(env_file=None, mcp_servers=path, tools="off")

    async with opened_toolbox(chosen, watch) as box:
        await until(lambda: bool(box.offered))
        assert (await use(box, "kitchen__shout", words="ah")).output == "AH"
        variables = (await use(box, "kitchen__environment")).output.split()
        assert "MOOD" in variables
        assert "GEMINI_API_KEY" not in variables
        standing = {each().name: each().up for each in watch.servers}
        assert standing == {"kitchen": True, "gone": False}

    found = {each.key: each async for each in examine(chosen)}
    assert found["doctor-mcp"].args == {"name": "kitchen", "count": "2"}
    assert found["doctor-mcp-broken"].args["name"] == "gone"


def test_what_keeps_the_service_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mcp.json"
    with pytest.raises(CannotStartError, match="problem-mcp") as told:
        planned(path)
    assert "No such file" in told.value.args_for_person["what"]

    path.write_text('{"mcpServers": {"a": {"command": "x"}}}')
    monkeypatch.setattr("service.equipment.is_installed", lambda: False)
    with pytest.raises(CannotStartError, match="problem-mcp-package"):
        planned(path)
    assert planned(None) == ()
