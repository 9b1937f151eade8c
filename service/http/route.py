"""How a server is reached: its address, TLS, and a proxy where one is given."""

from __future__ import annotations

import asyncio
import base64
import functools
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

import aiohappyeyeballs

from service.http.connection import Connection
from service.http.errors import HttpError, NotConnectedError

_FOUND_FOR: Final = 60.0
"""Seconds for which the addresses of a name are taken to stay the same."""
_NEXT_ADDRESS_AFTER: Final = 0.25
"""Seconds after which the next address of a server is tried beside the first: many machines have
an IPv6 address and no way out with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A host and a port, with or without TLS."""

    host: str
    port: int
    secure: bool
    user: str = ""
    """For a proxy that wants to know: `name:password`, as base64."""

    @classmethod
    def parse(cls, address: str) -> Server:
        """Return the server that *address* names.

        Raises:
            ValueError: It names none.

        """
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("an address begins with http:// or https:// and a name")
        secure = parts.scheme == "https"
        said = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        return cls(
            host=parts.hostname,
            port=parts.port or (443 if secure else 80),
            secure=secure,
            user=base64.b64encode(said.encode()).decode() if parts.username else "",
        )

    @property
    def name(self) -> str:
        """What it is called in a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == (443 if self.secure else 80)
        return host if usual else f"{host}:{self.port}"


@dataclass(slots=True, kw_only=True)
class Route:
    """The way to one server."""

    server: Server
    proxy: Server | None = None
    certificates: str = ""
    """A file of the authorities that are trusted; empty: those of the machine."""
    _found: list[Any] = field(default_factory=list)
    _found_until: float = 0.0

    @property
    def prefix(self) -> str:
        """What stands before the path in a request: a proxy without a tunnel wants it whole."""
        return f"http://{self.server.name}" if self.proxy and not self.server.secure else ""

    @property
    def greeting(self) -> str:
        """The header for a proxy that reads our requests."""
        return _authorization(self.proxy) if self.proxy and not self.server.secure else ""

    async def connected(self, make: Callable[[], Connection]) -> Connection:
        """Return a new connection, ready for requests to the server.

        Raises:
            OSError, NotConnectedError: There is none. (TLS's errors are among the first.)

        """
        loop = asyncio.get_running_loop()
        first = self.proxy or self.server
        way = await self._socket(first)
        secure = secured(self.certificates) if first.secure else None
        name = first.host if first.secure else None
        _, connection = await loop.create_connection(
            make, sock=way, ssl=secure, server_hostname=name
        )
        if self.proxy and self.server.secure:
            await self._tunnel(connection, self.proxy)
        return connection

    async def _socket(self, first: Server) -> socket.socket:
        """Return a socket that is connected to *first*, by whichever address answers first."""
        loop = asyncio.get_running_loop()
        if not self._found or loop.time() > self._found_until:
            self._found = await loop.getaddrinfo(first.host, first.port, type=socket.SOCK_STREAM)
            self._found_until = loop.time() + _FOUND_FOR
        try:
            return await aiohappyeyeballs.start_connection(
                self._found, happy_eyeballs_delay=_NEXT_ADDRESS_AFTER, loop=loop
            )
        except OSError:
            self._found = []  # it may have moved
            raise

    async def _tunnel(self, connection: Connection, proxy: Server) -> None:
        """Let *proxy* connect us to the server, and begin TLS with that."""
        server = self.server
        host = f"[{server.host}]" if ":" in server.host else server.host
        target = f"{host}:{server.port}"
        head = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{_authorization(proxy)}\r\n"
        said = 0
        try:
            reply = connection.ask(head.encode("latin-1"), b"")
            await reply.head()
            said = reply.status
            if said == HTTPStatus.OK:
                await connection.secure(self._begin_tls)
        except HttpError as error:
            raise NotConnectedError("the proxy hung up") from error
        finally:
            if said != HTTPStatus.OK or not connection.usable:
                connection.abort()
        if said != HTTPStatus.OK:
            raise NotConnectedError(f"the proxy answered {said}")

    async def _begin_tls(
        self, transport: asyncio.Transport, connection: Connection
    ) -> asyncio.Transport:
        loop, host = asyncio.get_running_loop(), self.server.host
        secure = secured(self.certificates)
        begun = await loop.start_tls(transport, connection, secure, server_hostname=host)
        return cast("asyncio.Transport", begun)


@functools.cache
def secured(certificates: str) -> ssl.SSLContext:
    """Return what TLS needs to know; made once, because it reads a hundred certificates."""
    context = ssl.create_default_context(cafile=certificates or None)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _authorization(proxy: Server) -> str:
    return f"Proxy-Authorization: Basic {proxy.user}\r\n" if proxy.user else ""
