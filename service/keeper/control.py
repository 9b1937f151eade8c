"""The door on loopback behind the playground's two buttons: kill the service, crash an actor."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

SECRET_HEADER: Final = "x-greenroom-control"  # noqa: S105  (the name of a header)
_LONGEST: Final = 64 * 1024
_PATIENCE: Final = 10.0


class Request(NamedTuple):
    """As much of an HTTP request as matters here."""

    method: str
    path: str
    secret: str
    body: bytes


Answer = tuple[int, bytes]
Handler = Callable[[bytes], Awaitable[Answer]]


class Control:
    """Serves `POST /kill` and `POST /crash` to whoever knows the secret."""

    def __init__(self, secret: str, doors: dict[str, Handler]) -> None:
        self._secret = secret
        self._doors = doors
        self._server: asyncio.Server | None = None
        self.address = ""

    async def open(self) -> None:
        """Listen on a free port of loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"

    async def close(self) -> None:
        """Listen no longer."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            try:
                async with asyncio.timeout(_PATIENCE):
                    status, body = await self._answer(reader)
                    writer.write(_response(status, body))
                    await writer.drain()
            finally:
                writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> Answer:
        try:
            request = await read_request(reader)
        except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return 400, failed("this is no request")
        if not hmac.compare_digest(request.secret.encode(), self._secret.encode()):
            return 403, failed("the secret is wrong")
        door = self._doors.get(request.path)
        if door is None or request.method != "POST":
            return 404, failed("there is no such door")
        return await door(request.body)


async def read_request(reader: asyncio.StreamReader) -> Request:
    """Return the next request.

    Raises:
        ValueError: It is not HTTP, or it is too long.
        asyncio.IncompleteReadError: The other side has gone.

    """
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= _LONGEST:
        raise ValueError(f"a body of {length} bytes is too long")
    body = await reader.readexactly(length)
    return Request(method, path, headers.get(SECRET_HEADER, ""), body)


async def post(port: int, path: str, secret: str, body: bytes) -> Answer:
    """Send *body* to a server on loopback and return what it answers; 503 if nobody does."""
    try:
        async with asyncio.timeout(_PATIENCE / 2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                head = (
                    f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
                    f"Content-Type: application/json\r\n{SECRET_HEADER}: {secret}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n"
                )
                writer.write(head.encode("latin-1") + body)
                await writer.drain()
                answer = await reader.read(-1)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return 503, failed("the service does not answer")
    status, _, rest = answer.partition(b"\r\n")
    try:
        return int(status.split(b" ")[1]), rest.partition(b"\r\n\r\n")[2]
    except (IndexError, ValueError):
        return 502, failed("the service does not speak HTTP")


def failed(why: str) -> bytes:
    """Return the body of an answer that says why nothing was done."""
    return json.dumps({"ok": False, "why": why}).encode()


def _response(status: int, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status} Status\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/json\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body
