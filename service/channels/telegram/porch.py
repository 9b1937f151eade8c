"""Where Telegram posts updates: one HTTP server, with a path for each bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

log = logging.getLogger(__name__)

LARGEST: Final = 4 << 20
"""Bytes of an update; the Bot API server sends no larger ones."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Porch:
    """A server that is there as long as somebody listens at one of its paths."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        self._port = port
        self._handlers: dict[str, Handler] = {}
        self._runner: web.AppRunner | None = None
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def listening(self, path: str, handler: Handler) -> AsyncIterator[int]:
        """Hand posts to *path* over to *handler* as long as the block lasts; yield the port.

        Raises:
            OSError: The port is taken.

        """
        async with self._turn:
            runner = self._runner or await self._opened()
            self._handlers[path] = handler
        try:
            yield int(runner.addresses[0][1])
        finally:
            async with self._turn:
                del self._handlers[path]
                if not self._handlers:
                    self._runner = None
                    await runner.cleanup()

    async def _opened(self) -> web.AppRunner:
        app = web.Application(client_max_size=LARGEST)
        app.router.add_post("/{path:.*}", self._post)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except BaseException:
            await runner.cleanup()
            raise
        log.info("listening for updates on %s:%d", self._host, runner.addresses[0][1])
        self._runner = runner
        return runner

    async def _post(self, request: web.Request) -> web.Response:
        handler = self._handlers.get(request.path)
        return await handler(request) if handler is not None else web.Response(status=404)
