"""Every shipped flow at the same time, each in its own chat, and a kill at every step."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.service.flows.walks import WALKS
from tests.stories.theatre import StandIns, theatre
from tests.stories.walkers import Walker

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

SOAK = os.environ.get("GREENROOM_SOAK") == "1"
STEPS = 100 if SOAK else 4
KILLS = frozenset(range(100)) if SOAK else frozenset({1, 2})
"""After which steps; the last one is amid an album, in the bug report."""


@pytest.mark.parametrize("shown", [False, True] if SOAK else [False])
async def test_flows_go_on_with_the_old_keyboard_after_a_kill_at_every_step(
    places: StandIns, tmp_path: Path, shown: bool
) -> None:
    """Killed when everything is *shown*, or as soon as what was said or pressed is kept."""
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        walkers = [
            Walker(stage, await stage.person(name.title()), name, acts[:STEPS])
            for name, acts in WALKS.items()
        ]
        for walker in walkers:
            await walker.starts()
        kills = 0
        for step in range(max(len(walker.acts) for walker in walkers) + 1):
            moving = [walker for walker in walkers if step <= len(walker.acts)]
            for walker in moving:
                if shown or not walker.amid_album:
                    await walker.sees()
            if step in KILLS and shown:
                await stage.kill()
                await stage.start()
            for walker in moving:
                if not walker.at_end:
                    await walker.steps()
                    if step in KILLS and not shown:
                        await walker.is_kept()
            if step in KILLS and not shown:
                await stage.kill()
                await stage.start()
            kills += step in KILLS
        await stage.kill()
        print(f"{kills} kills")

        for walker in walkers:
            walker.check()
