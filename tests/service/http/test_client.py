"""What a server may do to us, and what comes of it; on both event loops that we run on."""

from __future__ import annotations

import asyncio
import base64
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from service.http import Client, HungUpError, LostError, NotConnectedError, Reply
from tests.service.http.server import Place, Serve, certified, serving, tunnelling

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    return "asyncio", {"use_uvloop": request.param}


def saying(*replies: bytes) -> Serve:
    """Say the next of *replies* to each request, the last one again and again."""
    left = list(replies)

    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        said = left.pop(0) if len(left) > 1 else left[0]
        writer.write(said)
        if said.endswith(b"<end>"):
            writer.close()

    return serve


def whole(body: bytes, head: bytes = OK) -> bytes:
    return head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


@asynccontextmanager
async def asking(serve: Serve, **more: Any) -> AsyncIterator[tuple[Client, Place]]:
    async with serving(serve) as place:
        client = Client(place.address, headers={"User-Agent": "us"}, **more)
        try:
            yield client, place
        finally:
            await client.close()


async def ask(client: Client, body: bytes = b"{}", within: float = 5.0) -> tuple[Reply, bytes]:
    return await client.call("/x y", body, kind="text/plain", within=within, connect=5.0)


async def until(true: Any) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 (what is waited for happens far away)
            await asyncio.sleep(0)


async def test_a_request_is_plain_and_its_connection_is_kept() -> None:
    async with asking(saying(whole(b"one"), whole(b""), whole(b"three"))) as (client, place):
        bodies = [(await ask(client, body))[1] for body in (b"{}", b"", b"x" * 100_000)]

    assert bodies == [b"one", b"", b"three"]
    assert place.connections == 1
    name = place.address.removeprefix("http://")
    assert place.requests[0].decode() == (
        f"POST /x%20y HTTP/1.1\r\nHost: {name}\r\nAccept-Encoding: identity\r\nUser-Agent: us\r\n"
        "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert place.requests[2].endswith(b"x" * 100_000)


@pytest.mark.parametrize(
    "reply",
    [
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nall\r\n6\r\n of it\r\n0\r\nLate: 1\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + whole(b"all of it"),
        b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n" + whole(b"all of it"),
        whole(gzip.compress(b"all of it"), OK + b"Content-Encoding: gzip\r\n"),
    ],
    ids=["chunked", "after-100", "after-103", "gzip"],  # gzip writes down the second it was made in
)
async def test_a_body_comes_whole_however_it_is_sent(reply: bytes) -> None:
    async def byte_by_byte(_: bytes, writer: asyncio.StreamWriter) -> None:
        for at in range(len(reply)):
            writer.write(reply[at : at + 1])
            await asyncio.sleep(0)

    for serve in (saying(reply), byte_by_byte):
        async with asking(serve) as (client, place):
            for _ in range(2):
                said, body = await ask(client)
                assert (said.status, body) == (200, b"all of it")
        assert place.connections == 1


async def test_a_body_without_a_length_ends_with_its_connection() -> None:
    async with asking(saying(OK + b"\r\nall of it<end>")) as (client, place):
        for _ in range(2):
            assert (await ask(client))[1] == b"all of it<end>"

    assert place.connections == 2


async def test_a_connection_that_is_to_be_closed_is_not_used_again() -> None:
    async with asking(saying(whole(b"x", OK + b"Connection: close\r\n"))) as (client, place):
        await ask(client)
        await ask(client)

    assert place.connections == 2


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"<html><end>", LostError),
        (b"<end>", LostError),
        (OK + b"Content-Length: 90\r\n\r\nhalf of<end>", LostError),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhalf<end>", LostError),
        (OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n", LostError),
        (OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", LostError),
        (whole(b"not gzip", OK + b"Content-Encoding: gzip\r\n"), LostError),
    ],
)
async def test_what_is_not_a_reply_is_a_lost_connection(
    said: bytes, error: type[Exception]
) -> None:
    async with asking(saying(said, whole(b"fine"))) as (client, place):
        with pytest.raises(error):
            await ask(client)

        assert (await ask(client))[1] == b"fine"
    assert place.connections == 2


async def test_a_kept_connection_that_the_server_closes_meanwhile_is_replaced_unseen() -> None:
    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(b"fine"))
        await writer.drain()
        writer.close()

    async with asking(serve) as (client, place):
        await ask(client)
        await until(lambda: not client._open)
        assert (await ask(client))[1] == b"fine"

    assert place.connections == 2


async def test_a_server_that_hangs_up_without_a_word_is_told_from_one_in_the_middle() -> None:
    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        if len(place.requests) == 2:
            writer.close()
        writer.write(whole(b"fine"))

    async with asking(serve) as (client, place):
        await ask(client)
        with pytest.raises(HungUpError):
            await ask(client)


async def test_words_that_nobody_asked_for_end_a_connection() -> None:
    async with asking(saying(whole(b"fine") + whole(b"more"))) as (client, place):
        assert (await ask(client))[1] == b"fine"
        await until(lambda: not client._open)
        assert (await ask(client))[1] == b"fine"

    assert place.connections == 2


async def test_a_reply_that_takes_too_long_is_given_up_with_its_connection() -> None:
    async with asking(saying(OK + b"Content-Length: 9\r\n\r\nhalf")) as (client, place):
        with pytest.raises(TimeoutError):
            await ask(client, within=0.05)
        await until(lambda: not place.open)

    assert not client._open


async def test_whoever_is_cancelled_leaves_no_connection_behind() -> None:
    async with asking(saying(OK)) as (client, place):
        asked = asyncio.create_task(ask(client))
        await until(lambda: place.requests)
        asked.cancel()
        await asyncio.wait([asked])
        await until(lambda: not place.open)

    assert asked.cancelled()


async def test_a_stream_comes_as_it_is_said_and_can_be_left() -> None:
    said = asyncio.Event()

    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        await said.wait()
        writer.write(b"3\r\ntwo\r\n")

    async with asking(serve) as (client, place):
        reply = await client.open("/", b"{}", within=5, connect=5)
        assert await reply.piece() == b"one"
        said.set()
        assert await reply.piece() == b"two"
        reply.close()
        with pytest.raises(LostError):
            await reply.piece()
        await until(lambda: not place.open)


async def test_a_quick_server_waits_for_a_slow_reader() -> None:
    written = 0

    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(OK + b"Content-Length: 64000000\r\n\r\n")
        for number in range(64):
            writer.write(b"x" * 1_000_000)
            await writer.drain()
            written = number

    async with asking(serve) as (client, _):
        reply = await client.open("/", b"", method="GET", within=5, connect=5)
        for _ in range(2000):
            await asyncio.sleep(0)
        assert written < 30
        assert reply._unread < 3_000_000
        left = 64_000_000
        while piece := await reply.piece():
            left -= len(piece)

    assert not left


async def test_a_connection_is_of_use_after_a_reply_that_ended_unread() -> None:
    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Content-Length: 300000\r\n\r\n" + bytes(300_000))

    async with asking(serve) as (client, _):
        for _ in range(2):
            reply = await client.open("/", b"", method="GET", within=5, connect=5)
            await until(lambda: reply.ended)  # noqa: B023
            assert len(await reply.whole()) == 300_000


async def test_there_are_never_more_connections_than_allowed_and_nobody_is_forgotten() -> None:
    most = 0

    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal most
        most = max(most, place.open)
        await asyncio.sleep(0)
        writer.write(whole(b"x", OK + (b"Connection: close\r\n" if most % 2 else b"")))

    async with asking(serve, limit=3) as (client, place):
        calls = [asyncio.create_task(ask(client)) for _ in range(40)]
        await until(lambda: client._waiting)
        for each in calls[5::7]:
            each.cancel()
        done = await asyncio.gather(*calls, return_exceptions=True)

    assert sum(isinstance(each, tuple) for each in done) >= 40 - len(calls[5::7])
    assert most <= 3


async def test_whoever_waits_for_a_connection_does_not_wait_for_ever() -> None:
    async with asking(saying(OK), limit=1) as (client, _):
        first = asyncio.create_task(ask(client))
        await until(lambda: client._open)
        with pytest.raises(NotConnectedError):
            await client.call("/", within=5.0, connect=0.05)
        first.cancel()
        await asyncio.wait([first])


async def test_what_is_idle_for_long_is_closed() -> None:
    async with asking(saying(whole(b"x")), keep_alive=0.05) as (client, place):
        await ask(client)
        assert place.open == 1
        await until(lambda: not place.open)

    assert not client._idle


async def test_closing_ends_calls_and_waits_and_nothing_begins_after_it() -> None:
    async with asking(saying(OK), limit=1) as (client, place):
        calls = [asyncio.create_task(ask(client)) for _ in range(2)]
        await until(lambda: place.requests)
        await client.close()
        first, second = await asyncio.gather(*calls, return_exceptions=True)
        assert type(first) is HungUpError
        assert type(second) is NotConnectedError
        with pytest.raises(NotConnectedError):
            await ask(client)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
async def test_where_nobody_is_there_nothing_was_sent(address: str) -> None:
    client = Client(address, headers={})
    with pytest.raises(NotConnectedError):
        await ask(client)
    await client.close()


async def test_tls_trusts_whom_it_is_told_to_and_nobody_else(tmp_path: Path) -> None:
    secure, trusted = certified(tmp_path)
    async with serving(saying(whole(b"secret")), secure=secure) as place:
        client = Client(place.address, headers={}, certificates=trusted)
        for _ in range(2):
            assert (await ask(client))[1] == b"secret"
        await client.close()
        stranger = Client(place.address, headers={})
        with pytest.raises(NotConnectedError):
            await ask(stranger)
        await stranger.close()

    assert len(place.requests) == 2


async def test_a_proxy_opens_a_tunnel_and_sees_nothing(tmp_path: Path) -> None:
    secure, trusted = certified(tmp_path)
    async with (
        serving(saying(whole(b"secret")), secure=secure) as place,
        tunnelling() as proxy,
    ):
        client = Client(place.address, headers={}, certificates=trusted, proxy=proxy.address)
        for _ in range(2):
            assert (await ask(client, b"hush"))[1] == b"secret"
        await client.close()

    name = place.address.removeprefix("https://")
    user = base64.b64encode(b"us@er:word").decode()
    assert [each.decode() for each in proxy.requests] == [
        f"CONNECT {name} HTTP/1.1\r\nHost: {name}\r\nProxy-Authorization: Basic {user}\r\n\r\n"
    ]
    assert b"Proxy" not in place.requests[0]


async def test_a_proxy_that_refuses_has_sent_nothing(tmp_path: Path) -> None:
    for answer in (whole(b"no", b"HTTP/1.1 407 Who\r\n"), b"HTTP/1.1 502 No\r\n\r\n", b""):
        async with tunnelling(answer) as proxy:
            client = Client("https://localhost:1", headers={}, proxy=proxy.address)
            with pytest.raises(NotConnectedError):
                await ask(client)
            assert not client._count
            await client.close()


async def test_a_proxy_without_a_tunnel_gets_the_whole_address() -> None:
    async with serving(saying(whole(b"fine"))) as proxy:
        address = proxy.address.replace("http://", "http://me:pw@")
        client = Client("http://[::1]:80/base", headers={}, proxy=address)
        assert (await ask(client))[1] == b"fine"
        await client.close()

    head = proxy.requests[0].decode()
    assert head.startswith("POST http://[::1]/x%20y HTTP/1.1\r\nHost: [::1]\r\n")
    assert "Proxy-Authorization: Basic bWU6cHc=\r\n" in head


def test_nothing_can_be_smuggled_into_a_request() -> None:
    with pytest.raises(ValueError, match="one line"):
        Client("http://a", headers={"X": "a\r\nY: b"})
    for address in ("ftp://a", "http://", "a", "http://[bad"):
        with pytest.raises(ValueError):
            Client(address, headers={})
