"""The Bot API over HTTP on 127.0.0.1, as a bot meets it."""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from service.playground import schema
from service.playground.control import people_routes
from service.playground.guard import add_headers, guarded
from service.playground.heartbeat import Heartbeat
from service.playground.limits import Fault, Limits
from service.playground.methods import act
from service.playground.page import page_routes
from service.playground.parent import Parent
from service.playground.refusals import MAX_DOWNLOAD, MAX_UPLOAD, Refusal, bad_request, too_many
from service.playground.wire import Call, read_body
from service.playground.world import Profile, World

Json = dict[str, Any]

_RECORDED = 50_000
_SERVER_ERRORS = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


class BotApi:
    """One bot's Telegram: the world, the rules about calling, and a record of every call.

    Give *clock* to make thirty seconds of a draft or a penalty pass at once.
    """

    def __init__(
        self,
        token: str = "1000:playground",  # noqa: S107 - it opens nothing but this playground
        *,
        name: str = "Greenroom",
        username: str = "greenroom_bot",
        key: str | None = None,
        limits: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        number, _, _ = token.partition(":")
        bot = int(number) if number.isdecimal() else 1000
        profile = Profile(id=bot, username=username, names={"": name})
        self.token = token
        self.is_revoked = False
        """Whether the token is as good as unknown."""
        self.prefix = ""
        """What stands before every path of this bot's people, where it is one among several."""
        self.key = key or secrets.token_urlsafe(18)
        self.notes: dict[str, str] = {}
        """Who answers, in one line for the page, by language; of none in particular: ""."""
        self.is_offline = False
        self.world = World(profile, clock=clock)
        self.limits = Limits(clock, on=limits)
        self.heartbeat = Heartbeat(self.world.stage)
        self.parent = Parent()
        self.calls: deque[Json] = deque(maxlen=_RECORDED)
        self.calls_ever = 0
        self.port = 0
        self.warming: asyncio.Task[None] | None = None

    def app(self, others: Sequence[BotApi] = ()) -> web.Application:
        """Return the application: the Bot API, the page and what the page asks.

        *others* are bots with a world of their own under the same Bot API, each of which has its
        people under `/ID/_/`.
        """
        app = web.Application(client_max_size=MAX_UPLOAD + (1 << 20), middlewares=[guarded(self)])
        by_token = {each.token: each for each in others}

        def chosen(request: web.Request) -> BotApi:
            return by_token.get(request.match_info["token"], self)

        async def call(request: web.Request) -> web.StreamResponse:
            return await chosen(request).answer(request)

        async def download(request: web.Request) -> web.StreamResponse:
            return await chosen(request).download(request)

        app.router.add_route("*", "/bot{token}/{method}", call)
        app.router.add_get("/file/bot{token}/{path:.+}", download)
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self._end)
        app.add_routes([*people_routes(self), *page_routes(self)])
        for each in others:
            each.prefix = f"/{each.world.profile.id}"
            app.add_subapp(each.prefix, each.people_app())
        return app

    def people_app(self) -> web.Application:
        """Return what people and tests ask of this bot, where another has the Bot API's routes."""
        app = web.Application(client_max_size=MAX_UPLOAD + (1 << 20), middlewares=[guarded(self)])
        app.on_shutdown.append(self._end)
        app.add_routes(people_routes(self))
        return app

    async def _end(self, _app: web.Application) -> None:
        self.world.stage.end()
        self.world.updates.close()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a call; its record stands from its arrival on, its status from its end on."""
        self.calls_ever += 1
        record: Json = {
            "n": self.calls_ever,
            "at": self.world.clock(),
            "method": request.match_info["method"],
            "chat": None,
            "status": None,
            "connection": _connection(request),
        }
        self.calls.append(record)
        began = time.perf_counter()
        headers = {}
        try:
            answer = {"ok": True, "result": await self._result(request, record)}
            record["status"] = 200
        except Refusal as refusal:
            answer = refusal.as_json()
            record |= {"status": refusal.code, "description": refusal.description}
            if refusal.retry_after is not None:
                record["retry_after"] = refusal.retry_after
                headers["Retry-After"] = str(refusal.retry_after)
        except _Dropped:
            record["dropped"] = True
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        finally:
            record["ms"] = round((time.perf_counter() - began) * 1000, 2)
        return web.json_response(answer, status=record["status"], headers=headers)

    async def _result(self, request: web.Request, record: Json) -> Any:
        """Do what the call asks.

        Raises:
            Refusal: It may not.
            _Dropped: A fault wants the connection cut.

        """
        self._check_token(request)
        if self.warming is not None:
            await asyncio.shield(self.warming)
        call = schema.checked_call(record["method"], *await read_body(request))
        record |= {"method": call.method, "chat": call.chat, "params": call.params}
        if call.files:
            record["files"] = {name: len(upload.data) for name, upload in call.files.items()}
        before = self.limits.inside_penalty
        try:
            fault = self.limits.next_fault(call.method, call.chat)
            if fault is not None:
                record["fault"] = fault.kind
                await self._fail_first(fault, call)
            self.limits.check(call.method, call.chat)
        finally:
            record["inside_penalty"] = self.limits.inside_penalty > before
        result = await self._updates(call) if call.method == "getUpdates" else act(self.world, call)
        if fault is not None and fault.kind == "lost":
            raise _Dropped
        return result

    async def _fail_first(self, fault: Fault, call: Call) -> None:
        match fault.kind:
            case "429":
                self.limits.check(call.method, call.chat)
                if call.chat is None:
                    raise too_many(math.ceil(fault.seconds))
                self.limits.punish(call.chat, fault.seconds)
            case "5xx":
                raise Refusal(fault.code, _SERVER_ERRORS.get(fault.code, "Internal Server Error"))
            case "refuse":
                raise bad_request(fault.description)
            case "cut":
                raise _Dropped
            case "slow":
                await asyncio.sleep(fault.seconds)

    async def _updates(self, call: Call) -> list[Json]:
        self.heartbeat.begins()
        try:
            return await self.world.updates.read(
                offset=call.get("offset", 0),
                limit=call.get("limit", 100),
                wait=call.get("timeout", 0),
                allowed=call.params.get("allowed_updates"),
            )
        finally:
            self.heartbeat.ends()

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Hand out a file of this bot's."""
        try:
            self._check_token(request)
            stored = self.world.files.by_path(request.match_info["path"])
        except Refusal as refusal:
            return web.json_response(refusal.as_json(), status=refusal.code)
        if stored is None or len(stored.upload.data) > MAX_DOWNLOAD:
            missing = Refusal(404, "Not Found")
            return web.json_response(missing.as_json(), status=missing.code)
        return web.Response(body=stored.upload.data, content_type="application/octet-stream")

    def _check_token(self, request: web.Request) -> None:
        given = request.match_info["token"]
        if self.is_revoked or not secrets.compare_digest(given, self.token):
            raise Refusal(401, "Unauthorized")


def _connection(request: web.Request) -> str:
    """Return the client's end of the connection: the same for calls that share one."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return f"{peer[0]}:{peer[1]}" if peer else ""


class _Dropped(Exception):  # noqa: N818 - a way out of the call, not a failure
    """The connection is to break without an answer."""


@asynccontextmanager
async def serving(
    api: BotApi, port: int = 0, *, others: Sequence[BotApi] = ()
) -> AsyncIterator[str]:
    """Serve *api* on 127.0.0.1 and yield its address, ``http://127.0.0.1:PORT``.

    The page is there at once; aiogram takes seconds to import, and the first call waits for it.
    """
    warming = asyncio.create_task(asyncio.to_thread(schema.warm_up))
    for each in (api, *others):
        each.warming = warming
    runner = web.AppRunner(
        api.app(others), access_log=None, handler_cancellation=True, shutdown_timeout=1
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        api.port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{api.port}"
    finally:
        for each in (api, *others):
            each.heartbeat.close()
            await each.parent.close()
        await runner.cleanup()
        await warming
