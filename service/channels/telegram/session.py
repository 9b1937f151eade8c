"""The HTTP of all calls to Telegram: JSON bodies, lean replies, patient connections.

aiogram's own session encodes every call as a form, validates every reply with pydantic and lets
a connection go after 15 s, so that the first draft after a pause begins with a TLS handshake.
This one is a `BaseSession` like any other, so `Bot` and everything of aiogram works with it, and
has a direct way (`Line`) for the few calls that are made for every message.

One instance per purpose: with a shared pool, getUpdates was seen to wait 5 s behind 50 sends.
Nothing is taken from the environment (no proxy, no netrc), and no text of an error or a repr
contains the token.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

import certifi
import msgspec

from service.channels.telegram.aiogram_light import (
    PRODUCTION,
    BaseSession,
    Bot,
    InputFile,
    Response,
    TelegramAPIServer,
    TelegramMethod,
    TelegramNetworkError,
)
from service.channels.telegram.failures import (
    Envelope,
    GarbledReplyError,
    NoConnectionError,
    failure,
)
from service.channels.telegram.methods import LeanMethod
from service.channels.telegram.multipart import Form
from service.http import Client, HttpError, NotConnectedError

KEEP_ALIVE: Final = 75.0
CONNECT_TIMEOUT: Final = 10.0

_T = TypeVar("_T")
_JSON: Final = "application/json"
_envelopes: Final = msgspec.json.Decoder(Envelope)


class RawCall:
    """Stands where an exception of aiogram wants to know its method."""

    __slots__ = ("chat_id", "name")

    def __init__(self, name: str, chat_id: int = 0) -> None:
        self.name = name
        self.chat_id = chat_id


class LeanSession(BaseSession):
    """Connections to one Bot API server for one purpose."""

    def __init__(
        self,
        api: TelegramAPIServer = PRODUCTION,
        *,
        purpose: str,
        limit: int = 256,
        timeout: float = 30.0,
    ) -> None:
        super().__init__(api=api, timeout=timeout)
        self.purpose = purpose
        self._limit = limit
        self._client: Client | None = None
        self._closed = False
        self._targets: dict[tuple[str, str], str] = {}

    def __repr__(self) -> str:
        return f"<LeanSession for {self.purpose}>"

    async def call(
        self, token: str, name: str, body: bytes, *, timeout: float = 0.0, chat: int = 0
    ) -> msgspec.Raw:
        """Call method *name* with *body*, which is JSON; return the result as it came.

        Raises:
            TelegramAPIError, GarbledReplyError: As aiogram's `Bot` would.

        """
        method = RawCall(name, chat)
        wait = timeout or self.timeout
        return await self._ask(token, name, method, body, _JSON, wait)

    async def make_request(
        self, bot: Bot, method: TelegramMethod[_T], timeout: int | None = None
    ) -> _T:
        """Call *method* for *bot*, as aiogram wants it."""
        name = method.__api_method__
        body, kind = await self._encoded(bot, method)
        wait = float(timeout or self.timeout)
        result = await self._ask(bot.token, name, method, body, kind, wait)
        try:
            if isinstance(method, LeanMethod):
                return cast("_T", method.read(result))
            reply = {"ok": True, "result": msgspec.json.decode(result)}
            model = Response[method.__returning__]  # type: ignore[name-defined]
            return cast("_T", model.model_validate(reply, context={"bot": bot}).result)
        except (ValueError, msgspec.DecodeError) as problem:  # pydantic's is a ValueError
            raise GarbledReplyError(name, bytes(result), problem) from None

    async def _ask(
        self, token: str, name: str, method: Any, body: bytes, kind: str, timeout: float
    ) -> msgspec.Raw:
        target = self._targets.get((token, name))
        if target is None:
            target = _target(self.api.api_url(token=token, method=name))
            self._targets[token, name] = target
        try:
            client = self._client or self._open(method)
            reply, content = await client.call(
                target, body, kind=kind, within=timeout, connect=_patience(timeout)
            )
        except (HttpError, TimeoutError) as problem:
            raise _lost(method, problem, timeout) from None
        fine = 200 <= reply.status < 300
        try:
            envelope = _envelopes.decode(content)
        except (msgspec.DecodeError, ValueError) as problem:
            if fine:
                raise GarbledReplyError(name, content, problem) from None
            envelope = Envelope()
        if envelope.ok and fine:
            return envelope.result
        raise failure(method, reply.status, envelope, reply.headers.get("retry-after", ""))

    async def _encoded(self, bot: Bot, method: TelegramMethod[Any]) -> tuple[bytes, str]:
        """Return the body of *method* and its type; a form only where a file is in it."""
        files: dict[str, InputFile] = {}
        fields: dict[str, Any] = {}
        for key, value in method.model_dump(warnings=False).items():
            prepared = self.prepare_value(value, bot=bot, files=files, _dumps_json=False)
            if prepared is not None:
                fields[key] = prepared
        if not files:
            return msgspec.json.encode(fields), _JSON
        form = Form()
        for key, value in fields.items():
            form.add(key, value if isinstance(value, str) else msgspec.json.encode(value))
        for key, file in files.items():
            content = b"".join([piece async for piece in file.read(bot)])
            form.add(key, content, filename=file.filename or key)
        return form.body(), form.kind

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """Yield what is at *url*, which is on our server, piece by piece.

        Raises:
            TelegramNetworkError: It broke off, or (with *raise_for_status*) was refused.

        """
        del headers, chunk_size  # pieces are as they come
        method = RawCall("download")
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + timeout
        try:
            client = self._client or self._open(method)
            reply = await client.open(
                _target(url), method="GET", within=timeout, connect=_patience(timeout)
            )
            alarm = loop.call_at(ends_at, reply.close, TimeoutError())
            try:
                if raise_for_status and reply.status >= HTTPStatus.BAD_REQUEST:
                    raise TelegramNetworkError(cast("Any", method), f"HTTP {reply.status}")
                while piece := await reply.piece():
                    yield piece
            finally:
                alarm.cancel()
                reply.close()
        except (HttpError, TimeoutError) as problem:
            raise _lost(method, problem, float(timeout)) from None

    def _open(self, method: Any) -> Client:
        if self._closed:
            raise NoConnectionError(method, f"the connections for {self.purpose} are closed")
        try:
            self._client = Client(
                self.api.base,
                headers={"User-Agent": "greenroom"},
                limit=self._limit,
                keep_alive=KEEP_ALIVE,
                certificates=certifi.where(),
            )
        except ValueError:
            raise NoConnectionError(method, "the server's address is none") from None
        return self._client

    async def rebuild(self) -> None:
        """Drop all connections; calls under way fail, the next one opens a new connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def close(self) -> None:
        """Close all connections for good."""
        self._closed = True
        await self.rebuild()


class Line:
    """A bot's way to its server for calls whose JSON is ready."""

    __slots__ = ("_session", "_token")

    def __init__(self, session: LeanSession, token: str) -> None:
        self._session = session
        self._token = token

    async def call(
        self, name: str, body: bytes, *, timeout: float = 0.0, chat: int = 0
    ) -> msgspec.Raw:
        """Call method *name*; see `LeanSession.call`."""
        return await self._session.call(self._token, name, body, timeout=timeout, chat=chat)


def server(base: str) -> TelegramAPIServer:
    """Return the Bot API server at *base*; Telegram's own when it is empty."""
    return TelegramAPIServer.from_base(base) if base else PRODUCTION


def _target(url: str) -> str:
    """Return what a request for *url* asks its server for."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _patience(total: float) -> float:
    # A connection that cannot be made must fail as such, well before the call as a whole: then
    # we know that nothing was sent.
    return min(CONNECT_TIMEOUT, total * 0.8)


def _lost(method: Any, problem: Exception, timeout: float) -> Exception:
    """Return the exception for a call that got no reply."""
    if isinstance(problem, TimeoutError):
        return TelegramNetworkError(method=method, message=f"no reply within {timeout:g} s")
    made = not isinstance(problem, NotConnectedError)
    error = TelegramNetworkError if made else NoConnectionError
    return error(method=method, message=f"{type(problem).__name__}: {problem}")
