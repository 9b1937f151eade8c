"""Killed again and again while many people write: nothing is lost, what is said twice is marked."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import pytest

from tests.stories.kills import Reaper, Survivors
from tests.stories.theatre import StandIns, theatre

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

SOAK = os.environ.get("GREENROOM_SOAK") == "1"
POINTS = ("final", "append:9", "parts", "instant", "sent:4", "fsync:12")


async def test_kills_at_any_point_lose_nothing_and_repeat_only_what_was_on_its_way(
    places: StandIns, tmp_path: Path
) -> None:
    chats, messages, kills, rate = (200, 3, 20, 15.0) if SOAK else (20, 3, 3, 15.0)
    async with theatre(places, tmp_path / "data") as stage:
        crowd = Survivors(stage, random.Random(7))
        reaper = Reaper(stage, random.Random(7))
        writing = asyncio.create_task(crowd.meet(chats, messages, rate))
        for number in range(kills):
            await reaper.reap(POINTS[number % len(POINTS)])
        await stage.start()
        crowd.over.set()
        async with asyncio.timeout(120):
            await writing
        print(f"{len(crowd.said)} messages, {reaper.deaths}, {reaper.in_flight} sends on their way")
        print(f"{crowd.repeats()} repeats, {crowd.bare()} bare placeholders")

        assert crowd.uncovered() == []
        assert crowd.misplaced() == []
        assert crowd.repeats() <= reaper.in_flight
        assert crowd.bare() <= reaper.in_flight
