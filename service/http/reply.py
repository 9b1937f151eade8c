"""A reply: its status and headers, then its body, whole or piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import IntEnum
from typing import Final

from service.http.errors import LostError

_MOST_UNREAD: Final = 256 * 1024
"""Bytes that may wait to be read before the server has to wait."""


class Reached(IntEnum):
    """How far a reply has come."""

    NOTHING = 0
    HEAD = 1
    PIECE = 2
    END = 3


class Reply:
    """What a server says to one request; read by one task."""

    __slots__ = (
        "_error",
        "_hang_up",
        "_hold",
        "_loop",
        "_pieces",
        "_unread",
        "_waiter",
        "_wanted",
        "ended",
        "headers",
        "status",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        hang_up: Callable[[], None],
        hold: Callable[[bool], None],
    ) -> None:
        """*hang_up()* closes the connection; *hold(yes)* lets the server wait, or go on."""
        self._loop = loop
        self.status = 0
        self.headers: dict[str, str] = {}
        """By their names in lower case."""
        self.ended = False
        self._hang_up = hang_up
        self._hold = hold
        self._pieces: list[bytes] = []
        self._unread = 0
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._wanted = Reached.NOTHING

    async def head(self) -> None:
        """Wait until `status` and `headers` are there.

        Raises:
            LostError: They will not come.

        """
        while not self.status and self._error is None:
            await self._news(Reached.HEAD)
        if not self.status and self._error is not None:
            raise self._error

    async def begun(self, by: float) -> None:
        """Wait as `head` does, until the loop's clock says *by*.

        Raises:
            LostError: They will not come.
            TimeoutError: They were not there by then; the connection is dropped.

        """
        alarm = self._loop.call_at(by, self.close, TimeoutError())
        try:
            await self.head()
        finally:
            alarm.cancel()

    async def piece(self) -> bytes:
        """Return what has come since the last piece; nothing when the body has ended.

        Raises:
            LostError: It broke off.

        """
        while not (self._pieces or self.ended or self._error):
            await self._news(Reached.PIECE)
        if not self._pieces and self._error is not None:
            raise self._error
        return self._taken()

    async def whole(self) -> bytes:
        """Return the body (what is left of it).

        Raises:
            LostError: It broke off.

        """
        while not self.ended and self._error is None:
            await self._news(Reached.END)
        if self._error is not None:
            raise self._error
        return self._taken()

    def close(self, why: Exception | None = None) -> None:
        """Read no further: unless the reply has ended, its connection is dropped at once.

        Whoever is reading finds *why*, which is a `LostError` if nobody says.
        """
        if not self.ended and self._error is None:
            self.break_off(why or LostError("closed by us"))
            self._hang_up()

    def break_off(self, error: Exception) -> None:
        """Let whoever reads, now or later, find *error* behind what has come."""
        if not self.ended and self._error is None:
            self._error = error
            self._wake(Reached.END)

    # -- from the connection ------------------------------------------------------------------

    def begin(self, status: int, headers: dict[str, str]) -> None:
        """Take the head."""
        self.status, self.headers = status, headers
        self._wake(Reached.HEAD)

    def take(self, piece: bytes) -> None:
        """Take a piece of the body."""
        self._pieces.append(piece)
        self._unread += len(piece)
        if self._unread > _MOST_UNREAD and self._wanted is not Reached.END:
            self._hold(True)
        self._wake(Reached.PIECE)

    def end(self) -> None:
        """Take note that the body is complete."""
        if self._unread > _MOST_UNREAD:
            self._hold(False)  # or the next reply on this connection would not be read
        self.ended = True
        self._wake(Reached.END)

    def _taken(self) -> bytes:
        pieces = self._pieces
        if self._unread > _MOST_UNREAD and not self.ended:
            self._hold(False)
        self._pieces, self._unread = [], 0
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _news(self, wanted: Reached) -> None:
        self._wanted = wanted
        if wanted is Reached.END and self._unread > _MOST_UNREAD:
            self._hold(False)
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self, reached: Reached) -> None:
        waiter = self._waiter
        if waiter is not None and reached >= self._wanted and not waiter.done():
            waiter.set_result(None)
