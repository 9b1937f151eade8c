"""Many chats at once: each message covered by exactly one final, in order, in the right chat."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path
from typing import Any

import pytest

from tests.stories.load import Load
from tests.stories.theatre import StandIns, Theatre, theatre

pytestmark = [pytest.mark.anyio, pytest.mark.soak]


async def test_many_chats_are_answered_each_by_itself_and_in_order(
    places: StandIns, tmp_path: Path
) -> None:
    full = os.environ.get("GREENROOM_SOAK") == "1"
    chats, messages, rate = (40, 3, 5.0) if full else (12, 2, 8.0)
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        load = Load(stage, random.Random(7))
        async with asyncio.timeout(240):
            await load.play(chats=chats, messages=messages, rate=rate)

        assert load.misplaced() == []
        assert load.uncovered() == []
        assert await load.refused_calls() == []
        assert await load.calls_per_turn() == 1.0


async def test_under_enforced_limits_no_call_falls_into_a_penalty(
    places: StandIns, tmp_path: Path
) -> None:
    """Every window is a tenth of the real one, so a minute here is ten there."""
    full = os.environ.get("GREENROOM_SOAK") == "1"
    chats, messages, rate = (50, 12, 10.0) if full else (8, 2, 8.0)
    async with theatre(places, tmp_path / "data") as stage:
        await flooded(
            stage, 0.1, chats=chats, messages=messages, rate=rate, flow="[[chunks:30:60]]"
        )


async def test_who_watches_sees_an_answer_grow_though_the_real_limits_are_enforced(
    places: StandIns, tmp_path: Path
) -> None:
    """In full for ten minutes, in which fifty answers grow at any time."""
    full = os.environ.get("GREENROOM_SOAK") == "1"
    chats, messages = (50, 24) if full else (4, 1)
    async with theatre(places, tmp_path / "data") as stage:
        flow = "[[chunks:80:250]]" if full else "[[chunks:24:250]]"
        load = await flooded(stage, 1.0, chats=chats, messages=messages, rate=2.0, flow=flow)
        waits = sorted(await load.waits_between_previews())
        assert len(waits) > chats * messages
        assert waits[len(waits) // 2] <= 1.0
        if full:
            assert waits[int(len(waits) * 0.99)] <= 2.0
            assert waits[-1] <= 2.5, "two seconds, and what a shared machine takes"


async def flooded(stage: Theatre, scale: float, **load: Any) -> Load:
    """Let many people talk to the bot while the limits are enforced; check that all is well."""
    await stage.start(GREENROOM_PACE=str(scale), GREENROOM_PAUSE_SECONDS=str(scale))
    await stage.post("limits", on=True, scale=scale)
    played = Load(stage, random.Random(9), kinds=("text",))
    try:
        async with asyncio.timeout(1200 * scale + 120):
            await played.play(**load, within=500 * scale + 150)
        limits = await stage.post("limits")
    finally:
        await stage.post("limits", on=False, scale=1.0, clear=True)
    assert played.misplaced() == played.uncovered() == []
    assert limits["inside_penalty"] == 0
    assert [call for call in await stage.calls() if call["status"] == 429] == []
    return played
