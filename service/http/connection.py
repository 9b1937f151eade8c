"""One connection to a server: one request at a time, and what the server says to it."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, cast

import httptools

from service.http.errors import HungUpError, LostError
from service.http.reply import Reply

_MOST_HEADERS: Final = 64 * 1024
_JOINED: Final = 64 * 1024
"""Bodies up to this size are copied behind their head, so that one write sends both."""
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
_ANY_HEADER: Final = 47
"""Tells zlib to expect either of the two."""

BeginTls = Callable[[asyncio.Transport, "Connection"], Awaitable[asyncio.Transport]]


class Connection(asyncio.Protocol):
    """Speaks HTTP/1.1. The parser calls the methods that begin with `on_`."""

    def __init__(
        self, rested: Callable[[Connection], None], gone: Callable[[Connection], None]
    ) -> None:
        """*rested(self)*: a reply is whole and another may be asked for; *gone(self)*: never."""
        self._loop = asyncio.get_running_loop()
        self._rested = rested
        self._gone = gone
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._reply: Reply | None = None
        self._headers: dict[str, str] = {}
        self._size = 0
        self._inflate: Callable[[bytes], bytes] | None = None
        """For a server that compresses though we have not asked it to."""
        self._bounded = False
        """Whether the head says where the body ends; if not, it ends with the connection."""
        self.idle_since = 0.0

    @property
    def usable(self) -> bool:
        """Whether a request may be written."""
        transport = self._transport
        return transport is not None and not transport.is_closing() and self._reply is None

    def ask(self, head: bytes, body: bytes) -> Reply:
        """Write a request, and return its reply, which is still to come."""
        assert self._transport is not None, "whoever asks has a connection"
        reply = self._reply = Reply(self._loop, self.abort, self._hold)
        self._size = 0
        if len(body) <= _JOINED:
            self._transport.write(head + body)
        else:
            self._transport.writelines((head, body))
        return reply

    def abort(self) -> None:
        """Close at once; whoever reads a reply finds that it broke off."""
        if self._transport is not None:
            self._transport.abort()

    async def secure(self, begin_tls: BeginTls) -> None:
        """Go on with TLS, behind a proxy that has opened a tunnel."""
        assert self._transport is not None, "a proxy has just answered"
        transport = await begin_tls(self._transport, self)
        self._parser, self._reply = httptools.HttpResponseParser(self), None
        self._transport = transport

    def _hold(self, hold: bool) -> None:
        transport = self._transport
        if transport is not None and not transport.is_closing():
            if hold:
                transport.pause_reading()
            else:
                transport.resume_reading()

    # -- from the loop ------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read on; what is not HTTP, or was not asked for, ends the connection."""
        if self._reply is None or self._parser is None:
            self.abort()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:  # what our own methods raise comes as one, too
            self._break_off(LostError("said what is not HTTP"))
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """A reply without a length ends here; any other is broken off."""
        reply, self._transport = self._reply, None
        self._parser = None  # it knows our methods: a cycle less for the collector
        if reply is not None and reply.status and not self._bounded and exc is None:
            self._reply = None
            reply.end()
        elif reply is not None and not reply.status and not self._size:
            self._break_off(HungUpError("hung up"))
        else:
            self._break_off(LostError(type(exc).__name__ if exc else "hung up in the middle"))
        self._gone(self)

    def _break_off(self, error: LostError) -> None:
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.break_off(error)

    # -- from the parser ----------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """Begin a head, if there is a request that it can belong to."""
        if self._reply is None:
            raise LostError("spoke without being asked")
        self._headers, self._size, self._bounded = {}, 0, False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; of several with one name the last counts."""
        self._size += len(name) + len(value)
        if self._size > _MOST_HEADERS:
            raise LostError("said too much before its reply")
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Hand over the head, unless it only says that a real one follows."""
        status = self._parser.get_status_code() if self._parser else 0
        if status < HTTPStatus.OK:
            return
        headers = self._headers
        self._bounded = (
            "content-length" in headers
            or "transfer-encoding" in headers
            or status in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
        )
        packed = headers.get("content-encoding", "identity").lower() in _PACKED
        self._inflate = zlib.decompressobj(_ANY_HEADER).decompress if packed else None
        if self._reply is not None:
            self._reply.begin(status, headers)

    def on_body(self, body: bytes) -> None:
        """Hand over a piece of the body."""
        if self._reply is not None:
            self._reply.take(self._inflate(body) if self._inflate else body)

    def on_message_complete(self) -> None:
        """Hand over the end, and be free for the next request."""
        reply = self._reply
        if reply is None or not reply.status:
            return
        self._reply = None
        reply.end()
        if self._parser is not None and self._parser.should_keep_alive():
            self._rested(self)
        else:
            self.abort()
