"""The life of one MCP server: started or reached, listed, looked after, started again."""

from __future__ import annotations

import importlib
import importlib.util
import math
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import anyio
import anyio.to_thread
import structlog

from service.tools.declared import ToolError
from service.tools.mcp_file import Plan
from service.tools.mcp_tools import McpTool, tools_of

log = structlog.get_logger()

START: Final = 30.0
"""Seconds for a server to start and to list its tools; some are downloaded first."""
LOOK: Final = 60.0
"""Seconds between two looks at a server: whether it is there, and which tools it has."""
_LOOK_WITHIN: Final = 15.0
_CALM: Final = 1.0
"""Seconds between two looks that the server itself has asked for."""
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_PAGES: Final = 10
_EXPIRED: Final = (-32600, "Session terminated")
"""What the package makes of the HTTP 404 to a session: the server has not taken the call."""
_HOPELESS: Final = 3
"""Starts that failed one after the other; calls no longer wait for the next."""


def is_installed() -> bool:
    """Whether the package that talks to servers is there."""
    return importlib.util.find_spec("mcp") is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a server is, as operators see it."""

    name: str
    up: bool
    tools: int
    restarts: int
    problem: str
    """What went wrong last, in a word; empty while it is up."""


class McpServer:
    """Keeps the connection to one server. `run` it in a task group, for good."""

    def __init__(
        self,
        plan: Plan,
        *,
        changed: Callable[[str, tuple[McpTool, ...]], None] = lambda *_: None,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """*changed* hears the server's tools whenever they are others than before."""
        self.plan = plan
        self.tools: tuple[McpTool, ...] = ()
        self._changed = changed
        self._draw = draw
        self._client: Any = None
        self._up = anyio.Event()
        self._news = anyio.Event()
        """There is a reason to look at its tools now."""
        self._lost = anyio.Event()
        """Somebody has noticed that the server is lost."""
        self._gone = anyio.Event()
        """What was its connection is closed."""
        self._starts = self._failures = self._in_vain = 0
        self._listed: list[Any] = []
        self._problem = "starting"

    def standing(self) -> Standing:
        """Return how it is."""
        return Standing(
            name=self.plan.name,
            up=self._client is not None,
            tools=len(self.tools),
            restarts=max(0, self._starts - 1),
            problem="" if self._client is not None else self._problem,
        )

    async def run(self) -> None:
        """Keep the server up; whatever it does wrong is waited out."""
        while True:
            self._starts += 1
            self._in_vain += 1
            began = anyio.current_time()
            try:
                with anyio.fail_after(START) as patience:
                    async with _connected(self.plan, self._heard) as client:
                        await self._begin(client)
                        patience.deadline = math.inf
                        await self._look_after(client)
            except Exception as error:  # somebody else's program
                self._problem = _what(error)
            finally:
                self._client = None
                if self._up.is_set():  # or else calls wait for it already
                    self._up = anyio.Event()
                self._gone.set()
            quiet = anyio.current_time() - began > LOOK
            self._failures = 1 if quiet else self._failures + 1
            log.warning("an MCP server is not there", server=self.plan.name, why=self._problem)
            longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (self._failures - 1))
            await anyio.sleep(self._draw(0.0, longest))

    async def try_once(self) -> Standing:
        """Start or reach it, ask for its tools, let it go, and return how that went."""
        up = None
        try:
            with anyio.fail_after(START):
                async with _connected(self.plan, self._heard) as client:
                    await self._begin(client)
                    up = self.standing()
        except Exception as error:  # somebody else's program
            self._problem = _what(error)
        self._client = None
        return up or self.standing()

    async def call(self, name: str, arguments: Mapping[str, Any], again: bool) -> Any:
        """Call the server's tool *name*; while the server is being started again, wait for that.

        *again*: a call that a dying server may have heard is made once more.

        Raises:
            ToolError: It is not there, or refuses.

        """
        if self._client is None and self._in_vain > _HOPELESS:
            raise ToolError("Its server is not running.")
        from mcp import MCPError
        from mcp_types import CONNECTION_CLOSED

        while (client := self._client) is None:  # it may end in the moment in which it has come
            await self._up.wait()  # no longer than the tool may take
        gone = self._gone
        try:
            return await client.call_tool(name, dict(arguments))
        except MCPError as refused:
            expired = (refused.code, refused.message) == _EXPIRED
            if refused.code != CONNECTION_CLOSED and not expired:
                why = self.plan.hidden(refused.message)[:300]
                raise ToolError(f"Its server refuses: {why}") from None
        if client is self._client:
            self._lost.set()
        if not again and not expired:
            raise ToolError("Its server ended meanwhile: it may have been done, or not. Say so.")
        await gone.wait()
        return await self.call(name, arguments, False)

    async def _begin(self, client: Any) -> None:
        self._lost, self._news, self._gone = anyio.Event(), anyio.Event(), anyio.Event()
        self._take(await _list(client))
        self._client, self._in_vain = client, 0
        self._up.set()

    async def _look_after(self, client: Any) -> None:
        """Return when the server is lost; until then keep its list of tools."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_listed, client)
            await self._lost.wait()
            self._problem = "ended"
            tasks.cancel_scope.cancel()

    async def _keep_listed(self, client: Any) -> None:
        while True:
            with anyio.move_on_after(LOOK):
                await self._news.wait()
            self._news = anyio.Event()
            with anyio.fail_after(_LOOK_WITHIN):
                self._take(await _list(client))
            await anyio.sleep(_CALM)

    def _heard(self) -> None:
        """Look at its tools soon: it says that they are others now."""
        self._news.set()

    def _take(self, listed: list[Any]) -> None:
        """Offer what is *listed*. Equal lists change nothing: requests begin with the tools."""
        if listed != self._listed or not self.tools:
            self._listed = listed
            self.tools = tools_of(self.plan, listed, self.call)
            self._changed(self.plan.name, self.tools)


@asynccontextmanager
async def _connected(plan: Plan, heard: Callable[[], None]) -> AsyncIterator[Any]:
    name = "service.tools.mcp_transports"
    transports = await anyio.to_thread.run_sync(importlib.import_module, name)
    async with transports.connected(plan, heard) as client:
        yield client


async def _list(client: Any) -> list[Any]:
    listed: list[Any] = []
    cursor = None
    for _ in range(_PAGES):
        page = await client.list_tools(cursor=cursor, cache_mode="bypass")
        listed += page.tools
        cursor = page.next_cursor
        if not cursor:
            break
    return listed


def _what(error: BaseException) -> str:
    """Return what went wrong in a word: whole sentences may hold addresses and headers."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) if type(error).__name__ == "RefusedError" else type(error).__name__
