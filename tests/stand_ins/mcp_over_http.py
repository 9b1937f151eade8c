"""The stand-in for an MCP server, behind an address: /mcp, and /sse for the older kind.

Marks:  `sessions`  knows only the handshake, so clients have sessions (and GET for news)
        `KEY=...`   wants this bearer token, and repeats it in its refusal, as careless ones do
/_/expire   from now on the sessions of before are unknown (404)
/here       leads to /mcp;  /away leads to another port, where the redirect would be recorded
/packed     answers with something compressed;  /endless without an end
/_/seen     how often each path was asked for
"""

from __future__ import annotations

import json
import socket
from collections import Counter
from typing import Any

import anyio
import anyio.lowlevel
import uvicorn
from mcp.server.mcpserver import MCPServer
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Gate:
    """What stands in front of the server."""

    def __init__(self, newer: ASGIApp, older: ASGIApp, marks: frozenset[str]) -> None:
        self._newer, self._older = newer, older
        self._sessions = "sessions" in marks
        self._key = next((each[4:] for each in marks if each.startswith("KEY=")), "")
        self._seen: Counter[str] = Counter()
        self._known: set[str] = set()
        self._expired: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._newer(scope, receive, send)
            return
        request = Request(scope)
        path = scope["path"]
        if not path.startswith("/_/"):
            self._seen[path] += 1
            if self._key and request.headers.get("authorization") != f"Bearer {self._key}":
                told = f"Bearer {request.headers.get('authorization')} is no key"
                await JSONResponse({"error": told}, status_code=401)(scope, receive, send)
                return
        if path == "/mcp":
            await self._mcp(request, receive, send)
        elif path in {"/sse", "/messages/"}:
            await self._older(scope, receive, send)
        else:
            await self._elsewhere(request)(scope, receive, send)

    def _elsewhere(self, request: Request) -> Response:
        match request.url.path:
            case "/_/expire":
                self._expired |= self._known
                return JSONResponse({})
            case "/_/seen":
                return JSONResponse(self._seen)
            case "/here":
                return RedirectResponse("/mcp", 307)
            case "/away":
                return RedirectResponse(request.query_params["to"], 307)
            case "/packed":
                packed = {"content-encoding": "gzip", "content-type": "application/json"}
                return Response(b"\x1f\x8b", headers=packed)
            case "/endless":
                return StreamingResponse(_endless(), media_type="application/json")
        return Response(status_code=404)

    async def _mcp(self, request: Request, receive: Receive, send: Send) -> None:
        session = request.headers.get("mcp-session-id", "")
        if session in self._expired:
            await Response(status_code=404)(request.scope, receive, send)
            return
        read = await _read(receive)
        if self._sessions and b"server/discover" in read:
            await Response(status_code=400)(request.scope, receive, send)
            return
        waiting = [read]

        async def again() -> Message:
            if waiting:
                return {"type": "http.request", "body": waiting.pop(), "more_body": False}
            return await receive()

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                if b"mcp-session-id" in headers:
                    self._known.add(headers[b"mcp-session-id"].decode())
            await send(message)

        await self._newer(request.scope, again, noted)


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def _endless() -> Any:
    """Yield as good as no end of one result: 256 MB, because a forgotten server has to stop."""
    yield b'{"jsonrpc": "2.0", "id": 1, "result": "'
    for _ in range(4096):
        await anyio.lowlevel.checkpoint()
        yield b"x" * 65536


class Served:
    """The server behind an address, until it is hung up."""

    def __init__(self, server: MCPServer, marks: frozenset[str] = frozenset()) -> None:
        self._server, self._marks = server, marks
        self._serving: uvicorn.Server | None = None
        self.port = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def run(self, port: int = 0, *, task_status: Any = anyio.TASK_STATUS_IGNORED) -> None:
        """Serve at *port* of loopback until hung up, or until cancelled."""
        with socket.create_server(("127.0.0.1", port)) as listening:
            self.port = listening.getsockname()[1]
            gate = Gate(self._server.streamable_http_app(), self._server.sse_app(), self._marks)
            config = uvicorn.Config(gate, log_config=None, ws="none", lifespan="on")
            self._serving = uvicorn.Server(config)
            task_status.started(self.address)
            await self._serving.serve([listening])

    def hang_up(self) -> None:
        """End as a killed process ends: every connection is cut, none is taken any more."""
        assert self._serving is not None
        self._serving.should_exit = self._serving.force_exit = True
        for each in self._serving.servers:
            each.close()
        for connection in list(self._serving.server_state.connections):
            connection.transport.abort()


def run(server: MCPServer, port: int, marks: frozenset[str]) -> None:
    """Serve in a process of its own; say where."""
    served = Served(server, marks)

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            address = await tasks.start(served.run, port)
            print(json.dumps({"address": address}), flush=True)

    anyio.run(main)
