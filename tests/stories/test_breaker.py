"""The first provider goes away and comes back: who answers meanwhile, how soon, and who is told."""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.stand_ins.gemini import GeminiStandIn
from tests.stand_ins.openai import OpenAIStandIn
from tests.stories.theatre import StandIns, Theatre, theatre, words

pytestmark = pytest.mark.anyio

FIRST, SECOND = "gemini-3.8-flash", "gpt-5-mini"
FALLS_OVER_WITHIN, SHOWS_WITHIN = 0.5, 1.0
"""Seconds from the refused connection to the next provider, and to the first words seen. They are
counted from when the person pressed Send, which is earlier."""
TOLERATED = 2


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_a_refused_connection_goes_to_the_next_provider_which_is_named_counted_and_left_again(
    places: StandIns, tmp_path: Path
) -> None:
    at_google, health = free_port(), free_port()
    async with OpenAIStandIn() as other, theatre(places, tmp_path / "data", gemini=False) as stage:
        boss, ada = await stage.person("Boss"), await stage.person("Ada")
        async with GeminiStandIn(port=at_google) as google:
            await stage.start(
                "eager:1",
                GREENROOM_PACING="off",
                GREENROOM_ADMINS=str(boss.id),
                GREENROOM_HTTP_PORT=str(health),
                GEMINI_API_KEY="story-gemini-key",
                GEMINI_BASE_URL=google.address,
                OPENAI_API_KEY="story-openai-key",
                OPENAI_BASE_URL=other.address,
            )
            await ada.says("is anybody there?")
            (answer,) = await ada.waits_for(1)
            assert "Answered by" not in words(answer)
            assert await metric(health, "breaker_openings_total", FIRST) == 0
            await stage.until(lambda: is_warm(stage), "the second provider is warmed up")

        began, shown = [], []
        for number in range(1, TOLERATED + 2):
            pressed = time.time()
            await ada.says(f"question {number}")
            *_, answer = await ada.waits_for(1 + number)
            began.append(other.calls[-1].at - pressed)
            shown.append(await first_words(stage, f"question {number}") - pressed)
            assert f"question {number}" in words(answer)
            assert f"Answered by {SECOND}." in words(answer)
        assert min(began) <= FALLS_OVER_WITHIN, began
        assert min(shown) <= SHOWS_WITHIN, shown

        assert await metric(health, "breaker_openings_total", FIRST) == 1
        assert await metric(health, "provider_up", FIRST) == 0
        assert await metric(health, "provider_up", SECOND) == 1
        page = await overview(stage, boss)
        assert re.search(rf"{FIRST}\W+open \(for .*; asked again in .*; opened once", page), page
        assert f"{SECOND} closed" in page

        async with GeminiStandIn(port=at_google) as google:
            asked = 0

            async def healed() -> bool:
                nonlocal asked
                asked += 1
                await ada.says(f"still {asked}?")
                *_, answer = await ada.waits_for(TOLERATED + 2 + asked)
                return "Answered by" not in words(answer)

            await stage.until(healed, "the first provider was probed and answers again")
            assert len(google.calls) == 1, "the probe was the question"
        assert await metric(health, "breaker_openings_total", FIRST) == 1
        assert await metric(health, "provider_up", FIRST) == 1
        assert f"{FIRST} closed (opened once" in await overview(stage, boss)

        seen = len(await ada.sees())
        await ada.says("/safety strict")
        *_, told = await ada.waits_for(seen + 1)
        assert f"(Not when {SECOND} answers, which has no such setting.)" in words(told)


async def is_warm(stage: Theatre) -> bool:
    ready = [line for line in stage.printed().splitlines() if "ready to be asked" in line]
    return any(SECOND in line for line in ready)


async def first_words(stage: Theatre, question: str) -> float:
    """Return when Telegram was first given words of the answer to *question*."""
    found = [call["at"] for call in await stage.calls() if question in str(call.get("params"))]
    assert found
    return float(min(found))


async def overview(stage: Theatre, boss: Any) -> str:
    seen = len(await boss.sees())
    await boss.says("/debug")
    *_, page = await boss.waits_for(seen + 1)
    return words(page)


async def metric(port: int, name: str, provider: str) -> float:
    address = f"http://127.0.0.1:{port}/metrics"
    async with aiohttp.ClientSession() as client, client.get(address) as reply:
        text = await reply.text()
    (value,) = re.findall(rf'^greenroom_{name}{{provider="{provider}"}} (\S+)$', text, re.MULTILINE)
    return float(value)
