"""What the stand-ins share: a server on loopback that records, in a test or as a process."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.stand_ins.calls import Call, Record
from tests.stand_ins.scenario import STEADY, Pace


class StandIn:
    """A server on loopback; `async with` starts and ends it."""

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, pace: Pace = STEADY, keep: bool = True
    ) -> None:
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None
        self.pace = pace
        self.keep = keep
        """Whether the bodies of requests are kept in the calls."""
        self.record = Record()
        self.address = ""

    def routes(self, app: web.Application) -> None:
        """Add what the server answers to."""

    @property
    def calls(self) -> list[Call]:
        """Every call so far."""
        return self.record.calls

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=200 * 1024 * 1024)
        app.router.add_get("/_/calls", self.record.report)
        app.router.add_post("/_/reset", self.record.reset)
        self.routes(app)
        # A client that hangs up cancels its handler: that is how early closing is seen.
        self._runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, keepalive_timeout=300
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.address = f"http://{self._host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def recorded(
        self,
        request: web.Request,
        answer: Callable[[web.Request, Call], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Answer *request*, and note how it went."""
        call = self.record.begin(request)
        try:
            response = await answer(request, call)
        except (asyncio.CancelledError, ConnectionResetError):
            call.closed_early_at = time.time()
            raise
        else:
            call.status = response.status
            return response
        finally:
            call.ended_at = time.time()
            if not self.keep:
                call.body = None


def run(stand_in: type[StandIn], about: str | None) -> None:
    """Serve until told to end; prints the address as a line of JSON."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--first", type=float, default=0.0, help="seconds until the first chunk")
    parser.add_argument("--chunks", type=int, default=4)
    parser.add_argument("--gap", type=float, default=0.0, help="seconds between two chunks")
    parser.add_argument("--words", type=int, default=4, help="words per chunk")
    asyncio.run(_serve(stand_in, parser.parse_args()))


async def _serve(stand_in: type[StandIn], options: argparse.Namespace) -> None:
    pace = Pace(first=options.first, chunks=options.chunks, gap=options.gap, words=options.words)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with stand_in(host=options.host, port=options.port, pace=pace, keep=False) as server:
        print(json.dumps({"address": server.address}), flush=True)
        await stop.wait()
