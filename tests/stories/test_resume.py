"""Wherever a kill meets a chat, it goes on from there; and nobody has to write again for that."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.stories.scenes import SCENES, Growing, Scene
from tests.stories.theatre import StandIns, Theatre, theatre

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

TOGETHER: list[tuple[type[Scene], ...]] = [SCENES]
ALONE: list[tuple[type[Scene], ...]] = [(scene,) for scene in SCENES]
SOAK = os.environ.get("GREENROOM_SOAK") == "1"


@pytest.mark.parametrize(
    "scenes",
    [*TOGETHER, *(ALONE if SOAK else [])],
    ids=lambda scenes: scenes[0].__name__ if len(scenes) == 1 else "together",
)
async def test_a_chat_goes_on_from_where_the_kill_has_met_it(
    scenes: tuple[type[Scene], ...], places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(mine="tool:1")
        played = [await cast(stage, scene) for scene in scenes]
        await asyncio.gather(*(scene.before() for scene in played))
        await asyncio.gather(*(scene.at_last() for scene in played))

        await stage.kill()
        await asyncio.gather(*(scene.meanwhile() for scene in played))
        await stage.start()

        await asyncio.gather(*(scene.after() for scene in played))
        await asyncio.gather(*(scene.remembers() for scene in played))


async def cast(stage: Theatre, scene: type[Scene]) -> Scene:
    person = await stage.person(scene.__name__)
    return scene(stage, person.at(await stage.group(person)) if scene is Growing else person)
