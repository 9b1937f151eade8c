"""A stand-in for Gemini: speaks the wire format, misbehaves on request, remembers every call.

In a test:            async with GeminiStandIn() as server: ... server.address, server.calls
As its own process:   python -m tests.stand_ins.gemini --port 0 [--first 0.3 --chunks 20 --gap 0.1]
                      prints {"address": "http://127.0.0.1:PORT"}; GET /_/calls, POST /_/reset
The marks that choose a scenario are listed in `tests/stand_ins/scenario.py`. A model named
`x-slow` or `x-cut:3` has them without a mark in the text.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import time
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.stand_ins import refusals
from tests.stand_ins.answers import Seen, chunks_for, seen_in
from tests.stand_ins.calls import Call, Record
from tests.stand_ins.scenario import STEADY, Pace, Scenario, scenario_of
from tests.stand_ins.shape import ShapeError, check
from tests.stand_ins.streaming import Script, play, script_for

MODELS = ("gemini-3.8-flash", "gemini-3.5-flash-lite", "gemini-3.1-flash-lite")


class GeminiStandIn:
    """The server, in this process."""

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, pace: Pace = STEADY, keep: bool = True
    ) -> None:
        self._host = host
        self._port = port
        self._pace = pace
        self._keep = keep
        self._runner: web.AppRunner | None = None
        self.record = Record()
        self.address = ""

    @property
    def calls(self) -> list[Call]:
        """Every call so far."""
        return self.record.calls

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=200 * 1024 * 1024)
        app.router.add_get("/_/calls", self.record.report)
        app.router.add_post("/_/reset", self.record.reset)
        app.router.add_get("/{version}/models", self._models)
        app.router.add_get("/{version}/models/{model}", self._model)
        app.router.add_post("/{version}/models/{call}", self._call)
        # A client that hangs up cancels its handler: that is how early closing is seen.
        self._runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, keepalive_timeout=300
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port, shutdown_timeout=0.2)
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

    async def _models(self, request: web.Request) -> web.Response:
        if (refused := refusals.for_key(request)) is not None:
            return refused
        return web.json_response({"models": [_about(model) for model in MODELS]})

    async def _model(self, request: web.Request) -> web.Response:
        if (refused := refusals.for_key(request)) is not None:
            return refused
        name = request.match_info["model"]
        return web.json_response(_about(name)) if _known(name) else refusals.no_model(name)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        call = self.record.begin(request)
        try:
            response = await self._answer(request, call)
        except (asyncio.CancelledError, ConnectionResetError):
            call.closed_early_at = time.time()
            raise
        else:
            call.status = response.status
            return response
        finally:
            call.ended_at = time.time()

    async def _answer(self, request: web.Request, call: Call) -> web.StreamResponse:
        call.model, _, method = request.match_info["call"].rpartition(":")
        if (refused := refusals.for_key(request)) is not None:
            return refused
        if method != "streamGenerateContent" or request.query.get("alt") != "sse":
            return refusals.error(404, "NOT_FOUND", f"no method {method} here")
        if not _known(call.model):
            return refusals.no_model(call.model)
        raw = await request.read()
        call.bytes = len(raw)
        try:
            body = json.loads(raw)
            check(body)
        except (ValueError, ShapeError) as wrong:
            return refusals.error(400, "INVALID_ARGUMENT", str(wrong))
        seen = seen_in(body["contents"])
        scenario = self._noted(call, body, seen)
        asked = self.record.repeated(seen.text)
        if (refused := refusals.for_scenario(scenario, asked)) is not None:
            return refused
        hops = bool(body.get("continuationToken"))
        script = script_for(chunks_for(seen, scenario), scenario, asked, goes_on=hops)
        return await self._stream(request, call, scenario, script)

    def _noted(self, call: Call, body: dict[str, Any], seen: Seen) -> Scenario:
        call.text, call.texts = seen.text[:2000], len(seen.question) + len(seen.context)
        call.media = len(seen.files)
        call.body = body if self._keep else None
        marks = f"[[{call.model[2:]}]]" if call.model.startswith("x-") else ""
        return scenario_of(seen.text + marks, self._pace)

    async def _stream(
        self, request: web.Request, call: Call, scenario: Scenario, script: Script
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        if "gzip" in scenario:
            response.enable_compression(web.ContentCoding.gzip)

        async def write(piece: bytes) -> None:
            if not response.prepared:
                await response.prepare(request)
                call.first_byte_at = time.time()
            await response.write(piece)

        await asyncio.sleep(scenario.pace.first)
        await play(script, scenario, write)
        if script.ends == "cut" and request.transport is not None:
            if not response.prepared:
                request.transport.abort()
                return response
            await asyncio.sleep(0.02)  # lets what was written leave before the line is cut
            request.transport.abort()
        return response


def _known(model: str) -> bool:
    return model in MODELS or model.startswith(("x-", "gemini-"))


def _about(model: str) -> dict[str, Any]:
    return {
        "name": f"models/{model}",
        "displayName": model,
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
    }


async def _serve(options: argparse.Namespace) -> None:
    pace = Pace(first=options.first, chunks=options.chunks, gap=options.gap, words=options.words)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    standing = GeminiStandIn(host=options.host, port=options.port, pace=pace, keep=False)
    async with standing as server:
        print(json.dumps({"address": server.address}), flush=True)
        await stop.wait()


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--first", type=float, default=0.0, help="seconds until the first chunk")
    parser.add_argument("--chunks", type=int, default=4)
    parser.add_argument("--gap", type=float, default=0.0, help="seconds between two chunks")
    parser.add_argument("--words", type=int, default=4, help="words per chunk")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
