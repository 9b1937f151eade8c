"""What comes back from a server that behaves, and from ones that do not."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
import pytest
from aiohttp import web

from actors.ports import DeliveryError, DoubtError, NotSentError, PenaltyError, RefusedError
from service.channels.telegram.aiogram_light import (
    Bot,
    ClientDecodeError,
    GetMe,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from service.channels.telegram.failures import GarbledReplyError, NoConnectionError, in_our_words
from service.channels.telegram.methods import RawGetUpdates, number_of
from service.channels.telegram.session import LeanSession, Line, server
from tests.service.telegram.conftest import TOKEN, Stage

pytestmark = pytest.mark.anyio

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def replying(handler: Handler) -> AsyncIterator[LeanSession]:
    """Yield a session whose server answers everything with *handler*."""
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handler)
    async with AsyncExitStack() as stack:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        session = LeanSession(server(base), purpose="tests", timeout=5)
        stack.push_async_callback(session.close)
        yield session


def fixed(body: bytes | str, status: int = 200, **headers: str) -> Handler:
    async def handle(_: web.Request) -> web.Response:
        raw = body.encode() if isinstance(body, str) else body
        return web.Response(body=raw, status=status, headers=headers)

    return handle


async def problem_with(handler: Handler, **more: Any) -> Exception:
    async with replying(handler) as session:
        with pytest.raises(Exception) as caught:
            await session.call(TOKEN, "sendMessage", b"{}", chat=5, **more)
        return caught.value


@pytest.mark.parametrize(
    ("handler", "error", "ours"),
    [
        (
            fixed('{"ok":false,"error_code":400,"description":"Bad Request: x"}', 400),
            TelegramBadRequest,
            RefusedError,
        ),
        (fixed('{"ok":false,"description":"?"}', 418), TelegramBadRequest, RefusedError),
        (fixed('{"ok":false}', 401), TelegramUnauthorizedError, NotSentError),
        (fixed("<html>Bad Gateway</html>", 502), TelegramServerError, DoubtError),
        (fixed("<html>moved</html>", 302, Location="/x"), TelegramNetworkError, DoubtError),
        (fixed('{"ok":false}', 200), TelegramNetworkError, DoubtError),
        (fixed("<html>Hello</html>"), GarbledReplyError, DoubtError),
        (fixed("\xff\xfe"), GarbledReplyError, DoubtError),
        (fixed(""), GarbledReplyError, DoubtError),
    ],
)
async def test_every_bad_reply_has_its_exception(
    handler: Handler, error: type[Exception], ours: type[Exception]
) -> None:
    problem = await problem_with(handler)

    assert type(problem) is error
    assert type(in_our_words(problem)) is ours


@pytest.mark.parametrize(
    ("handler", "seconds"),
    [
        (fixed('{"ok":false,"error_code":429,"parameters":{"retry_after":33}}', 429), 33),
        (fixed("slow down", 429, **{"Retry-After": "7"}), 7),
        (fixed("slow down", 429), 5),
    ],
)
async def test_a_429_says_how_long_to_wait_in_whatever_form(
    handler: Handler, seconds: float
) -> None:
    problem = await problem_with(handler)

    assert isinstance(problem, TelegramRetryAfter)
    assert problem.retry_after == seconds
    assert isinstance(in_our_words(problem), PenaltyError)


async def test_silence_is_doubt_and_a_connection_refused_is_not() -> None:
    async def hang(_: web.Request) -> web.StreamResponse:
        await anyio.sleep(1)
        return web.Response()

    silent = await problem_with(hang, timeout=0.05)
    assert type(in_our_words(silent)) is DoubtError

    session = LeanSession(server("http://127.0.0.1:9"), purpose="tests")
    with pytest.raises(NoConnectionError):
        await session.call(TOKEN, "sendMessage", b"{}")
    await session.close()
    with pytest.raises(NoConnectionError):
        await session.call(TOKEN, "sendMessage", b"{}")


async def test_the_token_stands_in_no_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = TOKEN.partition(":")[2]
    handlers = [
        fixed("<html>", 302, Location=f"/bot{TOKEN}/getMe"),
        fixed('{"ok":false,"description":"no"}', 404),
        fixed("x", 500),
        fixed("x"),
    ]
    problems = [await problem_with(handler) for handler in handlers]
    for base in ("http://127.0.0.1:9", "http://no-such-host.invalid", "http://[bad"):
        try:
            session = LeanSession(server(base), purpose="tests", timeout=2)
            bot = Bot(TOKEN, session=session)
            await bot(GetMe())
        except Exception as problem:
            problems.append(problem)
        finally:
            await session.close()

    assert len(problems) == 7
    for each in problems:
        told = "".join(traceback.format_exception(each))
        assert secret not in told + str(each) + repr(each), told
        assert isinstance(in_our_words(each), DeliveryError)
        assert secret not in str(in_our_words(each))
    assert secret not in repr(session) + repr(Line(session, TOKEN))
    assert secret not in caplog.text


async def test_methods_of_aiogram_work(stage: Stage) -> None:
    from aiogram.types import MessageEntity

    bot = Bot(TOKEN, session=stage.telegram._sending)

    bold = MessageEntity(type="bold", offset=0, length=2)
    sent = await bot.send_message(1001, "hi", entities=[bold])

    assert sent.text == "hi"
    assert sent.entities is not None
    assert sent.chat.id == 1001


async def test_a_file_is_sent_as_a_form(stage: Stage) -> None:
    from aiogram.types import BufferedInputFile

    bot = Bot(TOKEN, session=stage.telegram._sending)

    sent = await bot.send_document(
        1001, BufferedInputFile(b"bytes", "a.txt"), caption="c", disable_notification=True
    )

    assert sent.document is not None
    assert sent.document.file_name == "a.txt"
    assert sent.caption == "c"


async def test_a_reply_that_aiogram_cannot_read_shows_no_content() -> None:
    async with replying(fixed('{"ok":true,"result":{"id":"private words"}}')) as session:
        with pytest.raises(ClientDecodeError) as caught:
            await Bot(TOKEN, session=session)(GetMe())

    assert "private words" not in str(caught.value)


async def test_updates_are_plain_dicts_whatever_is_in_them() -> None:
    body = '{"ok":true,"result":[{"update_id":5,"type_of_next_year":{"x":[1,{"y":null}]}}]}'
    async with replying(fixed(body)) as session:
        updates = await Bot(TOKEN, session=session)(RawGetUpdates(offset=1))

    assert updates == [{"update_id": 5, "type_of_next_year": {"x": [1, {"y": None}]}}]


async def test_one_connection_serves_many_calls() -> None:
    ports = set()

    async def note(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.Response(body=b'{"ok":true,"result":{"message_id":7,"new":[1]}}')

    async with replying(note) as session:
        for _ in range(5):
            assert number_of(await session.call(TOKEN, "sendMessage", b"{}")) == 7
        assert len(ports) == 1
        await session.rebuild()
        await session.call(TOKEN, "sendMessage", b"{}")

    assert len(ports) == 2


async def test_nothing_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    async with replying(fixed('{"ok":true,"result":true}')) as session:
        result = await session.call(TOKEN, "deleteWebhook", b"{}")

    assert bytes(result) == b"true"
    assert number_of(result) == 0


def test_an_empty_base_is_telegram_itself() -> None:
    assert server("").base.startswith("https://api.telegram.org/bot")
    assert server("http://tg:8081/").api_url("T", "getMe") == "http://tg:8081/botT/getMe"
