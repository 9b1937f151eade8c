"""What the pages see, as it happens: one stream of events for everyone who looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

Json = dict[str, Any]

_PATIENCE = 1000


class Stage:
    """Tells each looking page what happened; a page that cannot keep up is asked to reload."""

    def __init__(self) -> None:
        self._seats: set[asyncio.Queue[Json]] = set()

    def tell(self, kind: str, **what: Any) -> None:
        """Tell every page that something happened."""
        for seat in self._seats:
            if seat.qsize() >= _PATIENCE:
                while not seat.empty():
                    seat.get_nowait()
                seat.put_nowait({"kind": "reload"})
            else:
                seat.put_nowait({"kind": kind, **what})

    def end(self) -> None:
        """Send everybody home."""
        self.tell("end")

    async def watch(self) -> AsyncGenerator[Json, None]:
        """Yield what happens until the end; an event of kind ``quiet`` every few seconds."""
        seat: asyncio.Queue[Json] = asyncio.Queue()
        self._seats.add(seat)
        try:
            while True:
                try:
                    async with asyncio.timeout(5):
                        event = await seat.get()
                except TimeoutError:
                    event = {"kind": "quiet"}
                if event["kind"] == "end":
                    return
                yield event
        finally:
            self._seats.discard(seat)
