"""What a stand-in remembers of each request."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from aiohttp import web


@dataclass(slots=True, kw_only=True)
class Call:
    """One request to the model, as the server saw it. Times are wall seconds."""

    n: int
    at: float
    connection: str
    """Address of the client's end: the same for requests on one connection."""
    model: str = ""
    text: str = ""
    """The last text of the last user turn, marks included."""
    texts: int = 0
    """User texts in the whole request."""
    context: tuple[str, ...] = ()
    """User texts of the turns before the last one."""
    media: int = 0
    status: int = 0
    bytes: int = 0
    first_byte_at: float = 0.0
    ended_at: float = 0.0
    closed_early_at: float = 0.0
    """When the client hung up before the end; 0 if it did not."""
    body: Any = None
    """The request itself; left out of the report."""


_SHOWN = [each.name for each in fields(Call) if each.name != "body"]


@dataclass(slots=True)
class Record:
    """Every call since the start or the last reset."""

    calls: list[Call] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    count: int = 0

    def begin(self, request: web.Request) -> Call:
        """Note that a request has come."""
        transport = request.transport
        peer = transport.get_extra_info("peername") if transport else None
        connection = f"{peer[0]}:{peer[1]}" if peer else ""
        self.count += 1
        call = Call(n=self.count, at=time.time(), connection=connection)
        self.calls.append(call)
        return call

    def repeated(self, text: str) -> int:
        """Count another request with *text*, and return how many there were."""
        self.asked[text] += 1
        return self.asked[text]

    async def report(self, request: web.Request) -> web.Response:
        """`GET /_/calls?since=N`: the calls after number N."""
        since = int(request.query.get("since", "0"))
        calls = [
            {name: getattr(call, name) for name in _SHOWN} for call in self.calls if call.n > since
        ]
        return web.json_response({"calls": calls})

    async def reset(self, request: web.Request) -> web.Response:
        """`POST /_/reset`: forget everything."""
        self.calls.clear()
        self.asked.clear()
        return web.json_response({})
