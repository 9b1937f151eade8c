"""The three ways to an MCP server: a program of ours, an address, an address of the older kind.

Imported when the first server is, in a thread: `mcp` takes 0.8 s.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

import anyio
import httpx2
from mcp import Client, MCPError
from mcp.client.sse import sse_client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import SubscriptionLost
from mcp_types import ToolListChangedNotification

from service.tools.mcp_file import Plan

MOST: Final = 8 * 1024 * 1024
"""Bytes of one result that are read; what is longer ends the connection."""
_CONNECT: Final = 5.0
_SILENCE: Final = 300.0
"""Seconds that a stream may be silent. Each call has a shorter time of its own."""
_RELISTEN: Final = 60.0

Heard = Callable[[], None]
"""Called when the server says that its tools are others now."""


class TooLongError(Exception):
    """A result is longer than `MOST`, or packed so that nobody knows how long it is."""


class RefusedError(Exception):
    """The address answers, but with an error; the words are its HTTP status."""


@asynccontextmanager
async def connected(plan: Plan, heard: Heard) -> AsyncIterator[Client]:
    """Start or reach a server, for as long as the block lasts.

    Raises:
        RefusedError: An address answered with an HTTP error instead.

    """

    async def listen(message: object) -> None:
        if isinstance(message, ToolListChangedNotification):
            heard()

    door, is_there = _Door(), False
    client = Client(_way(plan, door), message_handler=listen)
    try:
        async with client, anyio.create_task_group() as tasks:
            is_there = True
            # Older servers say it without being asked; the newer ones have to be.
            if client.session.discover_result is not None:
                tasks.start_soon(_subscribed, client, heard)
            yield client
            tasks.cancel_scope.cancel()
    except Exception as error:
        if door.refusal and not is_there:
            raise RefusedError(f"HTTP {door.refusal}") from error
        raise


async def _subscribed(client: Client, heard: Heard) -> None:
    while True:
        try:
            async with client.listen(tools_list_changed=True) as changes:
                async for _ in changes:
                    heard()
        except MCPError:
            return  # it has nothing to tell; there is a look at its list once a minute
        except SubscriptionLost:
            heard()  # perhaps all of it is lost
        await anyio.sleep(_RELISTEN)


def _way(plan: Plan, door: _Door) -> AbstractAsyncContextManager[Any]:
    if not plan.url:
        return _program(plan)
    return _older(plan, door) if plan.type == "sse" else _address(plan, door)


@asynccontextmanager
async def _program(plan: Plan) -> AsyncIterator[Any]:
    # It gets no variable of ours but those of its plan: ours hold keys. What it writes to
    # its log may be what people say, so it goes nowhere.
    started = StdioServerParameters(
        command=plan.command, args=list(plan.args), env=dict(plan.env), cwd=plan.cwd
    )
    with open(os.devnull, "w") as nowhere:  # noqa: ASYNC230, PTH123 (never waits)
        async with stdio_client(started, errlog=nowhere) as streams:
            yield streams


@asynccontextmanager
async def _address(plan: Plan, door: _Door) -> AsyncIterator[Any]:
    async with (
        door.client(headers=dict(plan.headers)) as http,
        streamable_http_client(plan.url, http_client=http, max_sse_event_size=MOST) as streams,
    ):
        yield streams


@asynccontextmanager
async def _older(plan: Plan, door: _Door) -> AsyncIterator[Any]:
    async with sse_client(
        plan.url, headers=dict(plan.headers), httpx_client_factory=door.client
    ) as streams:
        yield streams


class _Door:
    """Makes the HTTP client; remembers with which error an address has answered last.

    The package follows a redirect only within the same origin, so headers go nowhere else.
    """

    def __init__(self) -> None:
        self.refusal = 0

    def client(
        self,
        headers: dict[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,  # noqa: ARG002 (the package's signature)
        auth: httpx2.Auth | None = None,
    ) -> httpx2.AsyncClient:
        """Return a client that knows no proxy, no netrc and no redirect."""
        hooks: dict[str, list[Callable[..., Awaitable[None]]]] = {"response": [self._look]}
        return httpx2.AsyncClient(
            headers={**(headers or {}), "accept-encoding": "identity"},
            timeout=httpx2.Timeout(_SILENCE, connect=_CONNECT),
            auth=auth,
            trust_env=False,
            event_hooks=hooks,
        )

    async def _look(self, response: httpx2.Response) -> None:
        self.refusal = response.status_code if response.status_code >= 400 else 0
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise TooLongError
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            response.stream = _Measured(response.stream)


class _Measured(httpx2.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MOST
        async for piece in self._stream:
            left -= len(piece)
            if left < 0:
                raise TooLongError
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
