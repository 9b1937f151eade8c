"""Connections are kept: a turn pays for no handshake that an earlier one has paid."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.stories.test_journey import picture
from tests.stories.theatre import StandIns, theatre

pytestmark = [pytest.mark.anyio, pytest.mark.soak, pytest.mark.slow]

APART = 20.0
"""Seconds between two turns: longer than many servers' and clients' keep-alive."""


def opened(calls: Iterable[dict[str, Any]]) -> int:
    """Return over how many connections *calls* came."""
    return len({call["connection"] for call in calls})


async def pass_seconds(seconds: float) -> None:
    """Let *seconds* go by; the quiet between two turns is what this story is about."""
    loop = asyncio.get_running_loop()
    passed = loop.create_future()
    loop.call_later(seconds, passed.set_result, None)
    await passed


async def test_turns_far_apart_share_one_connection_for_each_purpose(
    places: StandIns, tmp_path: Path
) -> None:
    turns = 20 if os.environ.get("GREENROOM_SOAK") == "1" else 2
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada = await stage.person("Ada")
        for turn in range(turns):
            if turn:
                await pass_seconds(APART)
            await ada.sends("photo", ("a.jpg", picture("red")), caption=f"turn {turn}")
            await ada.waits_for(turn + 1)

        calls = await stage.calls()
        polls = [call for call in calls if call["method"] == "getUpdates"]
        files = [call for call in calls if call["method"] == "getFile"]
        others = [call for call in calls if call not in polls and call not in files]
        assert len(files) == turns
        assert opened(polls) == 1
        assert opened(files) == 1
        assert opened(others) == 1
        asked = await stage.asked()
        assert len(asked) == turns
        assert opened(asked) == 1
