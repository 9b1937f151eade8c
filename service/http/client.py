"""Connections to one server, kept and shared, and the calls that are made over them."""

from __future__ import annotations

import asyncio
import functools
from collections import deque
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from service.http.connection import Connection
from service.http.errors import NotConnectedError
from service.http.reply import Reply
from service.http.route import Route, Server

_SAFE: Final = "/:?&=%~@!$'()*+,;"
_NONE: Final[Mapping[str, str]] = {}
_CLOSING: Final = 1.0
"""Seconds that closing waits for connections to be gone."""


class Client:
    """Asks one server. Belongs to the loop in which it is first used.

    Nothing is taken from the environment, no redirection is followed, no cookie is kept.
    """

    def __init__(
        self,
        address: str,
        *,
        headers: Mapping[str, str],
        limit: int = 0,
        keep_alive: float = 75.0,
        certificates: str = "",
        proxy: str = "",
    ) -> None:
        """*headers* go with each request; 0 connections are as many as are needed.

        Raises:
            ValueError: *address* or *proxy* is no address of a server.

        """
        self._route = Route(
            server=Server.parse(address),
            proxy=Server.parse(proxy) if proxy else None,
            certificates=certificates,
        )
        lines = {"Host": self._route.server.name, "Accept-Encoding": "identity", **headers}
        fixed = "".join(f"{name}: {_clean(value)}\r\n" for name, value in lines.items())
        self._fixed = f" HTTP/1.1\r\n{fixed}{self._route.greeting}"
        self._prefix = self._route.prefix
        self._limit = limit
        self._keep_alive = keep_alive
        self._open: set[Connection] = set()
        self._count = 0
        """Of connections that are open or being opened."""
        self._idle: deque[Connection] = deque()
        """Used again from the right, so that those on the left get old and can be closed."""
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._sweep: asyncio.TimerHandle | None = None
        self._empty: asyncio.Future[None] | None = None
        self._closed = False

    async def call(
        self,
        target: str,
        body: bytes = b"",
        *,
        method: str = "POST",
        kind: str = "",
        headers: Mapping[str, str] = _NONE,
        within: float,
        connect: float,
    ) -> tuple[Reply, bytes]:
        """Return a reply and its whole body; *kind* is the type of the body of the request.

        *headers* go with this request alone.

        Raises:
            NotConnectedError: Nothing was sent; there was no connection after *connect* seconds.
            LostError: The connection broke.
            TimeoutError: The reply was not there *within* so many seconds.

        """
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + within
        reply = await self._asked(target, body, method, kind, connect, headers)
        alarm = loop.call_at(ends_at, reply.close, TimeoutError())
        try:
            return reply, await reply.whole()
        finally:
            alarm.cancel()
            reply.close()

    async def open(
        self,
        target: str,
        body: bytes = b"",
        *,
        method: str = "POST",
        kind: str = "",
        headers: Mapping[str, str] = _NONE,
        within: float,
        connect: float,
    ) -> Reply:
        """Return a reply of which the head is there; whoever reads it closes it.

        Raises:
            NotConnectedError, LostError: As `call`.
            TimeoutError: The head was not there *within* so many seconds.

        """
        ends_at = asyncio.get_running_loop().time() + within
        reply = await self._asked(target, body, method, kind, connect, headers)
        try:
            await reply.begun(ends_at)
        except BaseException:
            reply.close()
            raise
        return reply

    async def send(self, target: str, body: bytes, *, kind: str, connect: float) -> Reply:
        """Write a request, and return its reply, which is to come; whoever reads it closes it.

        *body* is not kept here, and need not be anywhere while the server thinks.

        Raises:
            NotConnectedError: As `call`.

        """
        return await self._asked(target, body, "POST", kind, connect, _NONE)

    async def close(self) -> None:
        """Close every connection; calls under way fail."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(NotConnectedError("the connections are closed"))
        for connection in tuple(self._open):
            connection.abort()
        if self._open:
            self._empty = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._empty], timeout=_CLOSING)

    async def _asked(
        self,
        target: str,
        body: bytes,
        method: str,
        kind: str,
        connect: float,
        headers: Mapping[str, str],
    ) -> Reply:
        connection = self._idle.pop() if self._idle and not self._waiting else None
        if connection is None or not connection.usable:
            connection = await self._connection(connect)
        path = _quoted(target)
        sent = f"Content-Type: {kind}\r\n" if kind else ""
        if headers:
            sent += "".join(f"{name}: {_clean(value)}\r\n" for name, value in headers.items())
        size = f"Content-Length: {len(body)}\r\n" if body or method != "GET" else ""
        head = f"{method} {self._prefix}{path}{self._fixed}{sent}{size}\r\n"
        return connection.ask(head.encode("latin-1"), body)

    # -- connections --------------------------------------------------------------------------

    async def _connection(self, within: float) -> Connection:
        again = False
        try:
            async with asyncio.timeout(within):
                while True:
                    while self._idle:
                        if (connection := self._idle.pop()).usable:
                            return connection
                    if self._closed:
                        raise NotConnectedError("the connections are closed")
                    if not self._limit or self._count < self._limit:
                        return await self._connected()
                    await self._turn(again=again)
                    again = True
        except TimeoutError:
            raise NotConnectedError(f"no connection within {within:g} s") from None
        except (OSError, ValueError) as error:
            # A name that cannot be one is a ValueError of `getaddrinfo`.
            raise NotConnectedError(type(error).__name__) from error

    async def _connected(self) -> Connection:
        self._count += 1
        try:
            connection = await self._route.connected(self._made)
        except BaseException:
            self._free()
            raise
        if self._closed or not connection.usable:
            connection.abort()
            self._free()
            raise NotConnectedError("closed at once")
        self._open.add(connection)
        return connection

    def _made(self) -> Connection:
        return Connection(self._rested, self._gone)

    async def _turn(self, *, again: bool) -> None:
        """Wait until a connection is idle, or may be opened; *again*: somebody was quicker."""
        waiter = asyncio.get_running_loop().create_future()
        if again:
            self._waiting.appendleft(waiter)
        else:
            self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._next()  # it was our turn, and now it is that of the next
            raise

    def _free(self) -> None:
        self._count -= 1
        self._next()

    def _next(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _rested(self, connection: Connection) -> None:
        if connection not in self._open:
            return  # what has answered is a proxy on our way
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        self._idle.append(connection)
        if self._sweep is None:
            self._sweep = loop.call_later(self._keep_alive, self._close_old)
        if self._waiting:
            self._next()

    def _gone(self, connection: Connection) -> None:
        # One that is idle stays in its place: whoever comes to it sees that it is of no use.
        if connection not in self._open:
            return
        self._open.discard(connection)
        self._free()
        if self._empty is not None and not self._open and not self._empty.done():
            self._empty.set_result(None)

    def _close_old(self) -> None:
        loop = asyncio.get_running_loop()
        self._sweep = None
        old = loop.time() - self._keep_alive
        while self._idle and self._idle[0].idle_since <= old:
            self._idle.popleft().abort()
        if self._idle:
            when = self._idle[0].idle_since + self._keep_alive
            self._sweep = loop.call_at(when, self._close_old)


@functools.lru_cache(maxsize=512)
def _quoted(target: str) -> str:
    return quote(target, safe=_SAFE)


def _clean(value: str) -> str:
    """Return *value* if it is one header.

    Raises:
        ValueError: It is more than that.

    """
    if any(ord(each) < 32 for each in value):
        raise ValueError("a header is one line")
    return value
