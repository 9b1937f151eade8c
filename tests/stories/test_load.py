"""Many chats at once: each message covered by exactly one final, in order, in the right chat."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import pytest

from tests.stories.load import Load
from tests.stories.theatre import StandIns, theatre

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
        await stage.start(GREENROOM_PACE="0.1", GREENROOM_PAUSE_SECONDS="0.1")
        await stage.post("limits", on=True, scale=0.1)
        try:
            load = Load(stage, random.Random(9), kinds=("text",))
            async with asyncio.timeout(240):
                await load.play(
                    chats=chats, messages=messages, rate=rate, flow="[[chunks:30:60]]", within=200
                )
            limits = await stage.post("limits")
        finally:
            await stage.post("limits", on=False, scale=1.0, clear=True)

        assert load.misplaced() == load.uncovered() == []
        assert limits["inside_penalty"] == 0
