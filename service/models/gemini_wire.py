"""Gemini over our own few lines of HTTP: the fast adapter, and the default.

Everything is passed explicitly. Neither the environment's proxies, nor a `.netrc`, nor a key
lying about in a variable can change whose account is asked.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import msgspec

from actors.ports import ModelEvent, ProviderError, Request, UnavailableError
from service.http import Client, HttpError, HungUpError, Reply
from service.models.adapter import Adapter
from service.models.gemini_chunks import EventStream, OverlongEventError, decode_chunk
from service.models.gemini_errors import error_object, refusal
from service.models.gemini_reading import Reading
from service.models.gemini_request import Generation, RequestWriter
from service.models.stored import FileStore
from service.models.tries import DEADLINES, LINGER, PATIENCE, Deadlines, Draw, Patience, out_of_time
from service.models.variation import AgainError, Variation
from service.models.watchdog import Watchdog

BASE_URL: Final = "https://generativelanguage.googleapis.com"
API_VERSION: Final = "v1beta"
MODEL: Final = "gemini-3.8-flash"

_KEEP_ALIVE: Final = 120.0
"""Most chats pause longer than the usual 15 s between two turns; a handshake costs 50-150 ms."""
_ERROR_BODY: Final = 64 * 1024


class GeminiWire(Adapter[Reading]):
    """Streams answers from Google's models."""

    def __init__(
        self,
        key: str,
        *,
        model: str = MODEL,
        base_url: str = BASE_URL,
        api_version: str = API_VERSION,
        generation: Generation | None = None,
        deadlines: Deadlines = DEADLINES,
        patience: Patience = PATIENCE,
        proxy: str = "",
        store: FileStore | None = None,
        draw: Draw = random.uniform,
    ) -> None:
        super().__init__(model, deadlines=deadlines, patience=patience, draw=draw)
        base = base_url.rstrip("/")
        path = urlsplit(base).path
        self._target = f"{path}/{api_version}/models/{model}:streamGenerateContent?alt=sse"
        self._client = Client(
            base,
            # The key goes into a header: addresses end up in the logs of servers and proxies.
            headers={"x-goog-api-key": key, "user-agent": "greenroom"},
            keep_alive=_KEEP_ALIVE,
            proxy=proxy,
        )
        generation = generation or Generation.for_model(model)
        self._writer = RequestWriter(generation, model=model, store=store)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.close()

    def _reading(self) -> Reading:
        return Reading(self.name)

    async def _try(
        self, request: Request, variation: Variation, reading: Reading, ends_at: float
    ) -> AsyncGenerator[list[ModelEvent], None]:
        clock = asyncio.get_running_loop().time
        began = clock()
        body = await self._writer.body(request, variation)
        ends_at += clock() - began  # what people send may be large, and is not the model's doing
        while True:
            by = min(clock() + self._deadlines.first, ends_at)
            reply = await self._sent(body)
            # Megabytes, where there are files; it may take seconds until the model says something,
            # and minutes until it has said all. Another try writes it again.
            del body
            try:
                await self._begun(reply, by, ends_at)
                async with aclosing(self._read(reply, reading, ends_at)) as stream:
                    async for events in stream:
                        yield events
            finally:
                # Drops the connection at once unless the whole reply has been read.
                reply.close()
            if not reading.paused:
                return
            body = await self._writer.body(request, variation, reading.go_on())

    async def _sent(self, body: bytes) -> Reply:
        """Send the request and return its reply, which is still to come."""
        try:
            return await self._client.send(
                self._target, body, kind="application/json", connect=self._deadlines.connect
            )
        except HttpError as lost:
            raise AgainError("pause", self._unavailable(_what(lost))) from lost

    async def _begun(self, reply: Reply, by: float, ends_at: float) -> None:
        """Return once *reply* says that an answer follows."""
        try:
            await reply.begun(by)
            if reply.status == HTTPStatus.OK:
                return
            async with asyncio.timeout_at(ends_at):
                error = error_object(await _beginning(reply))
        except HungUpError as lost:
            # Usually a kept connection that the server had given up: another one will do.
            raise AgainError("at once", self._unavailable("hung up")) from lost
        except (HttpError, TimeoutError) as lost:
            raise AgainError("pause", self._unavailable(_what(lost))) from lost
        raise refusal(self.name, reply.status, error)

    async def _read(
        self, reply: Reply, reading: Reading, ends_at: float
    ) -> AsyncGenerator[list[ModelEvent], None]:
        """Yield the events of one reply; returns when it has ended or is as good as ended."""
        clock = asyncio.get_running_loop().time
        stream = EventStream()
        patience = self._deadlines.first
        # Closing the reply wakes its reader with an error.
        watchdog = Watchdog(reply.close)
        try:
            while True:
                watchdog.expect(min(clock() + (LINGER if reading.ended else patience), ends_at))
                piece = await reply.piece()
                watchdog.rest()
                for data in stream.feed(piece) if piece else stream.end():
                    patience = self._deadlines.silence
                    # An event without data only keeps the line alive.
                    events = reading.take(decode_chunk(data)) if data else None
                    if events:
                        yield events
                if not piece:
                    return
        except HttpError as lost:
            if reading.ended:
                return
            if not watchdog.barked:
                raise AgainError("pause", self._unavailable(_what(lost))) from lost
            if clock() >= ends_at:
                raise out_of_time(self.name, self._deadlines.total, said=reading.said) from None
            silent = self._unavailable(f"said nothing for {patience:g} s")
            raise AgainError("pause", silent) from None
        except (msgspec.DecodeError, UnicodeDecodeError, OverlongEventError) as bad:
            unread = self._unavailable("sent an event that nobody can read")
            raise AgainError("pause", unread) from bad
        finally:
            watchdog.close()

    def _unavailable(self, what: str) -> ProviderError:
        return UnavailableError(self.name, what)


async def _beginning(reply: Reply) -> bytes:
    """Return the body of a refusal, as far as anybody reads it."""
    body = b""
    while len(body) < _ERROR_BODY and (piece := await reply.piece()):
        body += piece
    return body[:_ERROR_BODY]


def _what(lost: BaseException) -> str:
    """Return what went wrong, without addresses (a proxy's can hold a password)."""
    return "did not answer in time" if isinstance(lost, TimeoutError) else type(lost).__name__
