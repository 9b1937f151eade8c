"""The events of an answer on the wire, and all the ways in which they can go wrong."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.stand_ins.answers import Seen
from tests.stand_ins.scenario import Scenario, without_marks
from tests.stand_ins.tool_calls import signature

PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_BREAKS: Final = ("cut", "nofinish", "malformed", "error", "stall")
_FOR_EVER: Final = 3600.0


@dataclass(slots=True)
class Script:
    """The events of a response, and how it ends: `whole`, or one of the breaks."""

    events: list[dict[str, Any]] = field(default_factory=list)
    ends: str = "whole"


def script_for(texts: list[str], scenario: Scenario, asked: int, *, goes_on: bool) -> Script:
    """Return what to stream for *texts*, at the request number *asked* with these words."""
    if "blocked" in scenario:
        blocked = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
        return Script([{**blocked, "usageMetadata": _usage(0)}])
    for mark in _BREAKS:
        if scenario.now(mark, 1, asked):
            shown = texts[: scenario.number(mark, 0, 1)]
            return Script([_event([{"text": text}], n) for n, text in enumerate(shown)], mark)
    if "pause" in scenario:
        at = scenario.number("pause", 0, 1)
        if not goes_on:
            return Script([*_texts(texts[:at]), _paused(at)])
        texts = texts[at:]
    return Script(_whole(texts, scenario, asked))


def script_drawing(seen: Seen, scenario: Scenario, script: Script) -> Script:
    """Return *script* with a picture instead of most of its words, if it would have ended well."""
    if script.ends != "whole" or scenario.marks.keys() & {"blocked", "empty", "wordy"}:
        return script
    wish = without_marks(seen.text.rpartition("\n")[2])
    said = f"Picture of: {wish}. Shown: {len(seen.files)}."
    texts = [] if "mute" in scenario else _texts([said])
    pixel = {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(PIXEL).decode()}}
    pixel["thoughtSignature"] = "c2ln"
    return Script([*texts, _event([pixel], 200), _event([], 200, "STOP")])


def script_speaking(seen: Seen, scenario: Scenario, script: Script) -> Script:
    """Return *script* with sound instead of its words: samples in two pieces, as Google does."""
    if script.ends != "whole" or scenario.marks.keys() & {"blocked", "empty"}:
        return script
    samples = b"".join(struct.pack("<h", (each * 400) % 8000) for each in range(2400))
    halves = samples[:2400], samples[2400:]
    parts = [
        {"inlineData": {"mimeType": "audio/L16;codec=pcm;rate=24000", "data": encoded}}
        for encoded in (base64.b64encode(half).decode() for half in halves)
    ]
    return Script([*(_event([part], 40) for part in parts), _event([], 80, "STOP")])


def script_calling(
    calls: list[tuple[str, dict[str, Any]]], scenario: Scenario, rounds: int
) -> Script:
    """Return a stream that ends with *calls*; only the first of them carries a signature."""
    parts: list[dict[str, Any]] = [
        {"functionCall": {"id": f"r{rounds}c{number}", "name": name, "args": arguments}}
        for number, (name, arguments) in enumerate(calls)
    ]
    parts[0]["thoughtSignature"] = signature(rounds, calls[0][0])
    said = [_event([{"text": f"Round {rounds + 1}. "}], 1)] if "talks" in scenario else []
    return Script([*said, _event(parts, 1, "STOP")])


def _whole(texts: list[str], scenario: Scenario, asked: int) -> list[dict[str, Any]]:
    reason, said = _ending(texts, scenario, asked)
    events = _texts(said)
    if "thoughts" in scenario:
        thoughts = [{"text": f"Thinking {n}", "thought": True} for n in (1, 2)]
        events[:0] = [_event([thought], 0) for thought in thoughts]
    if "program" in scenario:
        events[1:1] = _program()
    if "picture" in scenario:
        data = base64.b64encode(PIXEL).decode()
        events.append(_event([{"inlineData": {"mimeType": "image/png", "data": data}}], 1))
    if "call" in scenario:
        call = {"id": "c1", "name": "weather", "args": {"place": "Ulm"}}
        events.append(_event([{"functionCall": call, "thoughtSignature": "c2ln"}], 1))
    if reason == "STOP" and events and "thoughts" not in scenario:
        events[-1]["candidates"][0]["finishReason"] = reason
    else:
        # What a thinking model sends last: no words, a signature.
        last = [{"text": "", "thoughtSignature": "c2ln"}] if said else []
        events.append(_event(last, len(said), reason))
    if "pages" in scenario and said:
        read = {"https://example.org/read": "SUCCESS", "https://example.org/not": "UNSAFE"}
        events[-1]["candidates"][0]["urlContextMetadata"] = {
            "urlMetadata": [
                {"retrievedUrl": url, "urlRetrievalStatus": f"URL_RETRIEVAL_STATUS_{status}"}
                for url, status in read.items()
            ]
        }
    if "search" in scenario and said:
        events[-1]["candidates"][0]["groundingMetadata"] = _grounding(said[0])
    return events


def _program() -> list[dict[str, Any]]:
    """Return a program, its output, and the picture that it drew; signed as Google signs them."""
    ran = {"executableCode": {"language": "PYTHON", "code": "print(6 * 7)\n"}}
    gave = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "42\n"}}
    drew = {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(PIXEL).decode()}}
    return [
        _event([{**ran, "thoughtSignature": "c2ln"}], 1),
        _event([{**gave, "thoughtSignature": "c2ln"}, drew], 1),
    ]


def _ending(texts: list[str], scenario: Scenario, asked: int) -> tuple[str, list[str]]:
    """Return the finish reason, and the texts before it."""
    if scenario.now("empty", 0, asked):
        return "STOP", []
    if scenario.now("ateall", 0, asked):
        return "MAX_TOKENS", []
    if scenario.now("recite", 0, asked):
        return "RECITATION", []
    if "unsafe" in scenario:
        return "SAFETY", texts[: scenario.number("unsafe", 0, 1)]
    if scenario.now("finish", 2, asked):
        reason = scenario.marks["finish"][0]
        return reason, texts[: scenario.number("finish", 1, len(texts))]
    return ("MAX_TOKENS" if "length" in scenario else "STOP"), texts


def _texts(texts: list[str]) -> list[dict[str, Any]]:
    return [_event([{"text": text}], number) for number, text in enumerate(texts, 1)]


def _event(parts: list[dict[str, Any]], number: int, reason: str = "") -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if not parts:
        del candidate["content"]["parts"]
    if reason:
        candidate["finishReason"] = reason
    return {
        "candidates": [candidate],
        "usageMetadata": _usage(number),
        "modelVersion": "stand-in",
        "modelStatus": {"modelStage": "STABLE", "retirementTime": "2031-05-06T07:00:00Z"},
        "responseId": "r1",
    }


def _usage(number: int) -> dict[str, Any]:
    return {
        "promptTokenCount": 100,
        "cachedContentTokenCount": 40,
        "candidatesTokenCount": 5 * number,
        "thoughtsTokenCount": 7,
        "totalTokenCount": 107 + 5 * number,
        "serviceTier": "standard",
    }


def _paused(number: int) -> dict[str, Any]:
    event = _event([], number, "CONTINUATION")
    event["candidates"][0]["continuationToken"] = base64.b64encode(b"go on").decode()
    return event


def _grounding(first: str) -> dict[str, Any]:
    end = len(first.encode())
    return {
        "groundingChunks": [{"web": {"uri": "https://example.org/a", "title": "A page"}}],
        "groundingSupports": [
            {"segment": {"startIndex": 0, "endIndex": end}, "groundingChunkIndices": [0]}
        ],
        "webSearchQueries": ["a"],
    }


async def play(
    script: Script, scenario: Scenario, write: Callable[[bytes], Awaitable[None]]
) -> None:
    """Send the events with their pauses, and then misbehave as the script ends."""
    end = b"\r\n\r\n" if "crlf" in scenario else b"\n\n"
    for number, event in enumerate(script.events):
        if number and scenario.pace.gap:
            await asyncio.sleep(scenario.pace.gap)
        last = number == len(script.events) - 1
        line = b"data: " + json.dumps(event, ensure_ascii=False).encode()
        line += b"" if last and "noblank" in scenario else end
        if "torn" in scenario:
            for start in range(0, len(line), 7):
                await write(line[start : start + 7])
                await asyncio.sleep(0)
        else:
            await write(line)
    match script.ends:
        case "malformed":
            await write(b'data: {"candidates": [{"content": {"par' + end)
        case "error":
            code = scenario.number("error", 2, 503)
            error = {"code": code, "message": "as told", "status": "TOLD"}
            await write(b"data: " + json.dumps({"error": error}).encode() + end)
        case "nofinish":
            await write(b"")
        case "stall":
            await asyncio.sleep(_FOR_EVER)
    if "linger" in scenario:
        await asyncio.sleep(_FOR_EVER)
