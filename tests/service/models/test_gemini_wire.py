"""What only the wire adapter has to care for: connections, redirections, very long lines."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from actors.ports import Done, MediaPiece, MisconfiguredError
from service.models.fallback import Fallback
from service.models.gemini_wire import GeminiWire
from tests.contracts.model import KEY, all_of, question, text_of
from tests.stand_ins.gemini import GeminiStandIn

pytestmark = pytest.mark.anyio

Serve = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
FINE = b'data: {"candidates":[{"content":{"parts":[{"text":"fine"}]},"finishReason":"STOP"}]}\n\n'


@asynccontextmanager
async def raw_server(serve: Serve) -> AsyncIterator[str]:
    """Serve each request's bytes by hand: no HTTP library would misbehave like this."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                await serve(head + await reader.readexactly(length), writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionResetError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def whole(body: bytes) -> bytes:
    return OK + f"content-length: {len(body)}\r\n\r\n".encode() + body


async def test_a_kept_connection_that_the_server_gave_up_is_replaced_without_a_pause() -> None:
    served = 0

    async def serve(request: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        served += 1
        if served == 2:
            writer.close()
        else:
            writer.write(whole(FINE))

    paused: list[float] = []

    def draw(low: float, high: float) -> float:
        paused.append(high)
        return low

    async with raw_server(serve) as address, GeminiWire(KEY, base_url=address, draw=draw) as model:
        for _ in range(2):
            assert await text_of(model, question("x")) == "fine"

    assert served == 3
    assert paused == []


async def test_a_redirection_is_not_followed_with_the_key() -> None:
    async def serve(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 307 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
        )

    async with raw_server(serve) as address, GeminiWire(KEY, base_url=address) as model:
        with pytest.raises(MisconfiguredError):
            await all_of(model, question("x"))


async def test_a_picture_of_megabytes_arrives_whole() -> None:
    data = os.urandom(3_000_001)
    blob = {"mimeType": "image/png", "data": base64.b64encode(data).decode()}
    event = {"candidates": [{"content": {"parts": [{"inlineData": blob}]}, "finishReason": "STOP"}]}

    async def serve(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(b"data: " + json.dumps(event).encode()))

    async with raw_server(serve) as address, GeminiWire(KEY, base_url=address) as model:
        events = await all_of(model, question("x"))

    assert [event.data for event in events if isinstance(event, MediaPiece)] == [data]


async def test_events_without_data_keep_the_line_alive() -> None:
    async def serve(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(b": hello\n\ndata:\n\n" + FINE + b"data: \n\n"))

    async with raw_server(serve) as address, GeminiWire(KEY, base_url=address) as model:
        assert (await all_of(model, question("x")))[-1] == Done()


async def test_the_request_is_plain_and_small() -> None:
    requests: list[bytes] = []

    async def serve(request: bytes, writer: asyncio.StreamWriter) -> None:
        requests.append(request)
        writer.write(whole(FINE))

    async with (
        raw_server(serve) as address,
        GeminiWire(KEY, base_url=address, api_version="v9", model="m-1") as model,
    ):
        await text_of(model, question("x"))

    head, _, body = requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v9/models/m-1:streamGenerateContent?alt=sse HTTP/1.1\r\n")
    assert f"x-goog-api-key: {KEY}".encode() in head
    assert b"cookie" not in head.lower()
    assert json.loads(body)["contents"] == [{"role": "user", "parts": [{"text": "x"}]}]


@pytest.mark.parametrize("size", [1, 100_000])
async def test_what_was_sent_is_let_go_of_before_the_model_says_anything(size: int) -> None:
    gone = asyncio.Event()

    class Body(bytes):
        """One that can be watched."""

        def __del__(self) -> None:
            gone.set()

    async def serve(request: bytes, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.write(whole(FINE))

    async with raw_server(serve) as address, GeminiWire(KEY, base_url=address) as model:
        write = model._writer.body

        async def watched(*args: Any) -> Body:
            return Body(await write(*args))

        model._writer.body = watched  # type: ignore[method-assign]
        async with asyncio.timeout(10):
            assert await text_of(model, question("x" * size)) == "fine"


async def test_chats_stream_side_by_side() -> None:
    async with GeminiStandIn() as server, GeminiWire(KEY, base_url=server.address) as model:
        answers = await asyncio.gather(
            *(text_of(model, question(f"number {n}.", chat=str(n))) for n in range(40))
        )

    assert all(f"Question: number {n}." in answer for n, answer in enumerate(answers))


async def test_nothing_shows_the_key() -> None:
    assert KEY not in repr(GeminiWire(KEY))


async def test_a_refused_connection_is_answered_by_the_next_within_half_a_second() -> None:
    async with (
        GeminiStandIn() as server,
        GeminiWire(KEY, base_url="http://127.0.0.1:1", model="gemini-first") as first,
        GeminiWire(KEY, base_url=server.address, model="gemini-second") as second,
    ):
        began = time.monotonic()
        events = await all_of(Fallback([first, second]), question("x"))
        took = time.monotonic() - began

    assert events[-1] == Done(answered_by="gemini-second")
    assert took < 0.5
