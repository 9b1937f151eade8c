"""A stand-in for Gemini: speaks the wire format, misbehaves on request, remembers every call.

In a test:            async with GeminiStandIn() as server: ... server.address, server.calls
As its own process:   python -m tests.stand_ins.gemini --port 0 [--first 0.3 --chunks 20 --gap 0.1]
                      prints {"address": "http://127.0.0.1:PORT"}; GET /_/calls, POST /_/reset
The marks that choose a scenario are listed in `tests/stand_ins/scenario.py`. A model named
`x-slow` or `x-cut:3` has them without a mark in the text.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from aiohttp import web

from tests.stand_ins import refusals, tool_calls
from tests.stand_ins.answers import Seen, chunks_for, seen_in
from tests.stand_ins.calls import Call
from tests.stand_ins.files import FileDesk
from tests.stand_ins.scenario import Scenario, scenario_of
from tests.stand_ins.server import StandIn, run
from tests.stand_ins.shape import ShapeError, check
from tests.stand_ins.streaming import (
    Script,
    play,
    script_calling,
    script_drawing,
    script_for,
    script_speaking,
)

MODELS = ("gemini-3.8-flash", "gemini-3.5-flash-lite", "gemini-3.1-flash-lite")


class GeminiStandIn(StandIn):
    """The server, in this process."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.files = FileDesk(lambda: self.address)

    def routes(self, app: web.Application) -> None:
        """Serve the models, the one call that we make of them, and the store of files."""
        self.files.routes(app)
        app.router.add_get("/{version}/models", self._models)
        app.router.add_get("/{version}/models/{model}", self._model)
        app.router.add_post("/{version}/models/{call}", self._call)

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
        return await self.recorded(request, self._answer)

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
        talk, rounds = tool_calls.split(body["contents"])
        if rounds.wrong:
            return refusals.error(400, "INVALID_ARGUMENT", rounds.wrong)
        if (refused := self.files.refusal(talk)) is not None:
            return refused
        seen = seen_in(talk, rounds.outputs, self.files.contents)
        scenario = self._noted(call, body, seen)
        asked = self.record.repeated(seen.text)
        if (refused := refusals.for_scenario(scenario, asked)) is not None:
            return refused
        hops = bool(body.get("continuationToken"))
        calls = tool_calls.calls_for(scenario, rounds.done)
        script = script_for(chunks_for(seen, scenario), scenario, asked, goes_on=hops)
        if "AUDIO" in body.get("generationConfig", {}).get("responseModalities", ()):
            if "tts" not in call.model or "systemInstruction" in body:
                return refusals.error(400, "INVALID_ARGUMENT", f"{call.model} cannot speak so")
            script = script_speaking(seen, scenario, script)
        if "IMAGE" in body.get("generationConfig", {}).get("responseModalities", ()):
            if "image" not in call.model:
                return refusals.error(400, "INVALID_ARGUMENT", f"{call.model} makes no pictures")
            script = script_drawing(seen, scenario, script)
        if calls and body.get("tools") and not _forbidden(body):
            script = script_calling(calls, scenario, rounds.done)
        return await self._stream(request, call, scenario, script)

    def _noted(self, call: Call, body: dict[str, Any], seen: Seen) -> Scenario:
        call.text, call.texts = seen.text[:2000], len(seen.question) + len(seen.context)
        call.context = seen.context
        call.media = len(seen.files)
        call.body = body
        marks = f"[[{call.model[2:]}]]" if call.model.startswith("x-") else ""
        return scenario_of(seen.text + marks, self.pace)

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


def _forbidden(body: dict[str, Any]) -> bool:
    mode = body.get("toolConfig", {}).get("functionCallingConfig", {}).get("mode")
    return bool(mode == "NONE")


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


if __name__ == "__main__":
    run(GeminiStandIn, __doc__)
