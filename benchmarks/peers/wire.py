"""As much HTTP as a benchmark's server needs: one pass over the bytes, no framework."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, cast

Handler = Callable[["Connection", bytes, bytes], None]
"""Called with the connection, the request's target and its body; answers now or later."""

_END: Final = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """One client; answers requests in their order, one at a time, as our clients ask."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._left = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the way back; what is still to be said is not said."""
        del exc
        self.transport = None

    def data_received(self, data: bytes) -> None:
        """Hand over every request that is whole."""
        left = self._left + data
        while (end := left.find(_END)) >= 0:
            head = left[:end]
            length = _length(head)
            if len(left) < end + 4 + length:
                break
            body = left[end + 4 : end + 4 + length]
            left = left[end + 4 + length :]
            self._handler(self, head[: head.find(b"\r\n")].split(b" ")[1], body)
        self._left = left

    def say(self, data: bytes) -> None:
        """Write, if somebody still listens."""
        if self.transport is not None:
            self.transport.write(data)

    def answer(self, body: bytes) -> None:
        """Answer with JSON."""
        self.say(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (len(body), body)
        )

    def begin(self) -> None:
        """Begin an answer of server-sent events."""
        self.say(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )

    def event(self, data: bytes) -> None:
        """Send one event."""
        self.say(b"%x\r\ndata: %b\r\n\r\n\r\n" % (len(data) + 10, data))

    def end(self) -> None:
        """End the answer that `begin` began."""
        self.say(b"0\r\n\r\n")


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at < 0:
        return 0
    return int(lower[at + 15 :].split(b"\r\n", 1)[0])
