"""The service's own small HTTP server: is it alive, is it ready, and please crash that chat."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.settings_errors import unheard

SECRET_HEADER: Final = "X-Greenroom-Control"  # noqa: S105  (the name of a header)

Checks = Callable[[], Mapping[str, bool]]
"""Returns each thing that has to be so, by name: `{"polling": True, "disk": False}`."""
States = Callable[[], Mapping[str, str]]
"""Returns in a word how each of several things fares, by name."""
Door = Callable[[web.Application], None]
"""Adds its routes to the server's."""
Crash = Callable[[Mapping[str, object]], Awaitable[HTTPStatus]]
"""Crashes the actor of the chat that the page names: OK, NOT_FOUND, or LOCKED in quarantine."""


def _nothing() -> Mapping[str, bool]:
    return {}


def _none() -> Mapping[str, str]:
    return {}


async def _nobody(_: Mapping[str, object]) -> HTTPStatus:
    return HTTPStatus.NOT_FOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the server asks of the service; each call is quick, and a crash is waited for."""

    alive: Checks = _nothing
    ready: Checks = _nothing
    bots: States = _none
    """How each bot fares, where there are several; one that is out makes the others no less so."""
    crash: Crash = _nobody
    secret: str = ""
    """Without one, /playground/crash does not exist."""

    def app(self) -> web.Application:
        """Return the routes."""
        app = web.Application(client_max_size=64 * 1024)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        if self.secret:
            app.router.add_post("/playground/crash", self._crash)
        return app

    async def _healthz(self, _: web.Request) -> web.Response:
        return _told(self.alive())

    async def _readyz(self, _: web.Request) -> web.Response:
        bots = self.bots()
        return _told(self.ready(), **({"bots": dict(bots)} if bots else {}))

    async def _crash(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            raise web.HTTPForbidden
        try:
            wanted = await request.json()
        except ValueError:
            raise web.HTTPBadRequest from None
        if not isinstance(wanted, dict):
            raise web.HTTPBadRequest
        status = await self.crash(wanted)
        return web.json_response({"ok": status == HTTPStatus.OK}, status=status)


def _told(checks: Mapping[str, bool], **more: object) -> web.Response:
    well = all(checks.values())
    body = json.dumps({"ok": well, **checks, **more})
    return web.Response(text=body, status=200 if well else 503, content_type="application/json")


@asynccontextmanager
async def serving(
    health: Health, host: str, port: int, doors: Sequence[Door] = ()
) -> AsyncIterator[int]:
    """Serve *health* and what is behind *doors*; yield the port, chosen if *port* is 0.

    Raises:
        CannotStartError: The port is taken, or *host* is not of this machine.

    """
    app = health.app()
    for door in doors:
        door(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise unheard(error, host, port, "GREENROOM_HTTP") from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
