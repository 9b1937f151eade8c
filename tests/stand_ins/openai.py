"""A stand-in for a server that speaks OpenAI's chat completions; see `gemini` for its manner.

As its own process: python -m tests.stand_ins.openai --port 0; the address it prints ends in /v1.
Understands the marks for timing, refusals, streams and endings that make sense here.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable
from typing import Any, Final, Self

from aiohttp import web

from tests.stand_ins import tool_calls
from tests.stand_ins.answers import Seen, chunks_for
from tests.stand_ins.calls import Call
from tests.stand_ins.scenario import Scenario, scenario_of
from tests.stand_ins.server import StandIn, run
from tests.stand_ins.streaming import PIXEL

# No temperature: a model that reasons refuses to be given one.
_FIELDS: Final = frozenset({
    "model", "messages", "stream", "stream_options", "max_completion_tokens",
    "max_tokens", "tools", "tool_choice", "response_format",
})  # fmt: skip
_REFUSED: Final = {
    "408": "timeout",
    "500": "server_error",
    "502": "server_error",
    "503": "overloaded",
    "504": "timeout",
    "401": "invalid_api_key",
    "403": "forbidden",
    "404": "model_not_found",
    "400": "bad_request",
}
_BAD_EVENTS: Final = {
    "malformed": b'{"choices": [{"delta": {"cont',
    "error": b'{"error": {"message": "overloaded, as told", "type": "server_error"}}',
}
_FOR_EVER: Final = 3600.0


class OpenAIStandIn(StandIn):
    """The server, in this process."""

    def routes(self, app: web.Application) -> None:
        """Serve the one call, and the question whether a model is there."""
        app.router.add_get("/v1/models/{model}", self._model)
        app.router.add_post("/v1/chat/completions", self._call)
        app.router.add_post("/v1/images/generations", self._draw)
        app.router.add_post("/v1/images/edits", self._draw)
        app.router.add_post("/v1/audio/speech", self._speak)

    async def _model(self, request: web.Request) -> web.Response:
        if request.headers.get("authorization", "Bearer bad").startswith("Bearer bad"):
            return _error(401, "invalid_api_key")
        name = request.match_info["model"]
        if name.startswith("no-such"):
            return _error(404, "model_not_found")
        return web.json_response({"id": name, "object": "model"})

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.address += "/v1"
        return self

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        return await self.recorded(request, self._spoken)

    async def _spoken(self, request: web.Request, call: Call) -> web.StreamResponse:
        body = await request.json()
        call.model, call.text, call.body = body["model"], body["input"], body
        scenario = scenario_of(call.text, self.pace)
        asked = self.record.repeated(call.text)
        if (refused := _refused(scenario, asked)) is not None:
            return refused
        sound = b"" if scenario.now("empty", 0, asked) else b"OggS" + call.text.encode()
        return web.Response(body=sound, content_type="audio/ogg")

    async def _draw(self, request: web.Request) -> web.StreamResponse:
        return await self.recorded(request, self._drawn)

    async def _drawn(self, request: web.Request, call: Call) -> web.StreamResponse:
        form = request.content_type == "multipart/form-data"
        body: dict[str, Any] = dict(await request.post() if form else await request.json())
        call.model, call.text = body["model"], body["prompt"]
        call.media = sum(not isinstance(value, str | int) for value in body.values())
        scenario = scenario_of(call.text, self.pace)
        asked = self.record.repeated(call.text)
        if (refused := _refused(scenario, asked)) is not None:
            return refused
        await asyncio.sleep(scenario.pace.first)
        pictures = [] if scenario.now("empty", 0, asked) else [PIXEL]
        return web.json_response(
            {
                "created": 1,
                "output_format": "png",
                "data": [{"b64_json": base64.b64encode(each).decode()} for each in pictures],
                "usage": {
                    "input_tokens": 30,
                    "output_tokens": 1000,
                    "total_tokens": 1030,
                    "input_tokens_details": {"text_tokens": 30, "image_tokens": 0},
                },
            }
        )

    async def _call(self, request: web.Request) -> web.StreamResponse:
        return await self.recorded(request, self._answer)

    async def _answer(self, request: web.Request, call: Call) -> web.StreamResponse:
        if request.headers.get("authorization", "Bearer bad").startswith("Bearer bad"):
            return _error(401, "invalid_api_key")
        body = json.loads(await request.read())
        unknown = set(body) - _FIELDS
        if unknown or not body.get("stream"):
            return _error(400, f"unknown_parameter: {', '.join(sorted(unknown))}")
        seen, rounds = _seen(body["messages"])
        call.model, call.body = body["model"], body
        call.text, call.media = seen.text[:2000], len(seen.files)
        call.texts = len(seen.question) + len(seen.context)
        scenario = scenario_of(seen.text, self.pace)
        asked = self.record.repeated(seen.text)
        refused = _refused(scenario, asked)
        if refused is not None:
            return refused
        script, ends = _script(seen, scenario, asked)
        calls = tool_calls.calls_for(scenario, rounds)
        if calls and body.get("tools") and body.get("tool_choice") != "none":
            script, ends = _calling(calls, rounds), "whole"
        return await self._stream(request, call, scenario, script, ends)

    async def _stream(
        self,
        request: web.Request,
        call: Call,
        scenario: Scenario,
        script: list[dict[str, Any]],
        ends: str,
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await asyncio.sleep(scenario.pace.first)
        if script or ends == "whole":
            await response.prepare(request)
            call.first_byte_at = time.time()
        for number, event in enumerate(script):
            if number:
                await asyncio.sleep(scenario.pace.gap)
            await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        if ends in _BAD_EVENTS:
            await response.prepare(request)
            await response.write(b"data: " + _BAD_EVENTS[ends] + b"\n\n")
        if ends == "stall":
            await asyncio.sleep(_FOR_EVER)
        if ends == "cut" and request.transport is not None:
            await asyncio.sleep(0.02)
            request.transport.abort()
        elif ends == "whole":
            await response.write(b"data: [DONE]\n\n")
        return response


def _seen(messages: list[dict[str, Any]]) -> tuple[Seen, int]:
    at = max(index for index, message in enumerate(messages) if message["role"] == "user")
    later, messages = messages[at + 1 :], messages[: at + 1]
    outputs = tuple(message["content"] for message in later if message["role"] == "tool")
    rounds = sum("tool_calls" in message for message in later)
    users = [message["content"] for message in messages if message["role"] == "user"]
    lists = [
        [{"type": "text", "text": content}] if isinstance(content, str) else content
        for content in users
    ]
    earlier = [part for parts in lists[:-1] for part in parts]
    seen = Seen(
        outputs=outputs,
        question=tuple(part["text"] for part in lists[-1] if part["type"] == "text"),
        context=tuple(part["text"] for part in earlier if part["type"] == "text"),
        files=tuple(_file(part) for part in lists[-1] if part["type"] == "image_url"),
        earlier_files=sum(part["type"] == "image_url" for part in earlier),
    )
    return seen, rounds


def _calling(calls: list[tuple[str, dict[str, Any]]], rounds: int) -> list[dict[str, Any]]:
    """Return a stream that ends with *calls*, their arguments in two pieces."""
    chunks = []
    for number, (name, arguments) in enumerate(calls):
        text = json.dumps(arguments)
        first = {"name": name, "arguments": text[:3]}
        began = {"index": number, "id": f"r{rounds}c{number}", "type": "function"}
        for part in (
            {**began, "function": first},
            {"index": number, "function": {"arguments": text[3:]}},
        ):
            chunk = _chunk("")
            chunk["choices"][0]["delta"] = {"tool_calls": [part]}
            chunks.append(chunk)
    return [*chunks, _chunk("", "tool_calls")]


def _file(part: dict[str, Any]) -> tuple[str, bytes]:
    head, _, data = part["image_url"]["url"].partition(";base64,")
    return head.removeprefix("data:"), base64.b64decode(data, validate=True)


def _script(seen: Seen, scenario: Scenario, asked: int) -> tuple[list[dict[str, Any]], str]:
    texts, reason = chunks_for(seen, scenario), "stop"
    for mark in ("cut", "nofinish", "stall", "malformed", "error"):
        if scenario.now(mark, 1, asked):
            return [_chunk(text) for text in texts[: scenario.number(mark, 0, 1)]], mark
    if scenario.now("empty", 0, asked):
        texts = []
    if "unsafe" in scenario:
        texts, reason = texts[: scenario.number("unsafe", 0, 1)], "content_filter"
    if "length" in scenario:
        reason = "length"
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    usage_chunk = {**_chunk(""), "choices": [], "usage": usage}
    return [*map(_chunk, texts), _chunk("", reason), usage_chunk], "whole"


def _chunk(text: str, reason: str | None = None) -> dict[str, Any]:
    delta = {"content": text} if text else {}
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    common = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "stand-in"}
    return {**common, "choices": [choice]}


def _refused(scenario: Scenario, asked: int) -> web.Response | None:
    for mark, code in _REFUSED.items():
        if scenario.now(mark, 0, asked):
            return _error(int(mark), code)
    if scenario.now("429", 0, asked):
        return _error(429, "rate_limit_exceeded", scenario.number("429", 1, 1))
    special: dict[str, Callable[[], web.Response]] = {
        "quota": lambda: _error(429, "insufficient_quota"),
        "toolong": lambda: _error(400, "context_length_exceeded"),
        "blocked": lambda: _error(400, "content_policy_violation"),
        "key": lambda: _error(401, "invalid_api_key"),
    }
    return next((make() for mark, make in special.items() if scenario.now(mark, 0, asked)), None)


def _error(status: int, code: str, retry_after: int | None = None) -> web.Response:
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    body = {"error": {"message": f"{code}, as told", "type": "error", "code": code}}
    return web.json_response(body, status=status, headers=headers)


if __name__ == "__main__":
    run(OpenAIStandIn, __doc__)
