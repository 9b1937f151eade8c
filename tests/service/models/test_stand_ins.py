"""The stand-in itself: it refuses what Google refuses, remembers, and runs as a process."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aiohttp
import pytest

from tests.stand_ins.gemini import GeminiStandIn

pytestmark = pytest.mark.anyio

USER = {"role": "user", "parts": [{"text": "hi"}]}
PATH = "/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse"


async def status_of(body: dict[str, Any], *, path: str = PATH, key: str = "k") -> int:
    async with GeminiStandIn() as server, aiohttp.ClientSession() as session:
        headers = {"x-goog-api-key": key}
        async with session.post(server.address + path, json=body, headers=headers) as response:
            await response.read()
            return response.status


async def test_an_honest_request_is_taken() -> None:
    assert await status_of({"contents": [USER]}) == 200
    assert await status_of({"contents": [USER], "generation_config": {"top_p": 0.5}}) == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"contents": []},
        {"contents": [USER], "temperature": 1},
        {"contents": [USER], "generationConfig": {"temprature": 1}},
        {"contents": [USER], "generationConfig": {"maxOutputTokens": "many"}},
        {"contents": [USER], "generationConfig": {"thinkingConfig": {"thinkingLevel": "MINIMAL"}}},
        {"contents": [{"role": "assistant", "parts": [{"text": "hi"}]}]},
        {"contents": [{"role": "user", "parts": []}]},
        {"contents": [{"role": "model", "parts": [{"text": "hi"}]}]},
        {"contents": [USER, {"role": "model", "parts": [{"text": "hi"}]}]},
        {"contents": [{"role": "user", "parts": [{"text": "a", "inlineData": {}}]}]},
        {"contents": [{"role": "user", "parts": [{"inlineData": {"mimeType": "image/png"}}]}]},
    ],
    ids=str,
)
async def test_what_google_would_refuse_is_refused(body: dict[str, Any]) -> None:
    assert await status_of(body) == 400


async def test_keys_and_models_are_looked_at() -> None:
    asked = {"contents": [USER]}

    assert await status_of(asked, key="") == 403
    assert await status_of(asked, key="bad") == 400
    assert await status_of(asked, path=PATH + "&key=k") == 400
    assert await status_of(asked, path=PATH.replace("gemini-3.8-flash", "gpt")) == 404


async def test_it_runs_as_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.stand_ins.gemini", "--port", "0", "--chunks", "3"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        address = json.loads(await process.stdout.readline())["address"]
        async with aiohttp.ClientSession(headers={"x-goog-api-key": "k"}) as session:
            async with session.post(address + PATH, json={"contents": [USER]}) as response:
                said = await response.text()
            async with session.get(address + "/_/calls") as response:
                calls = (await response.json())["calls"]
    finally:
        process.terminate()
        assert await process.wait() == 0

    assert "Question: hi." in said
    assert [(call["text"], call["status"], call["media"]) for call in calls] == [("hi", 200, 0)]
    assert calls[0]["at"] <= calls[0]["first_byte_at"] <= calls[0]["ended_at"]
