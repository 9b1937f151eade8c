"""Kills and power cuts at any call: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import anyio
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from snapshots.testing import MemoryDisk
from tests.snapshots.power import Life, Model, check

SOAK = os.environ.get("GREENROOM_SOAK") == "1"
Lies = Callable[[str, str], bool]


def honest(_call: str, _path: str) -> bool:
    return False


def lives(seed: int, lies: Lies = honest, faults: float = 0.0) -> None:
    """Live three lives from *seed*, each going on from a kill or a cut of the one before."""
    trio._core._run._ALLOW_DETERMINISTIC_SCHEDULING = True
    trio._core._run._r.seed(seed)  # the order in which trio runs tasks, too, can be had again
    anyio.run(
        _lives,
        seed,
        lies,
        faults,
        backend="trio",
        backend_options={"clock": MockClock(autojump_threshold=0)},
    )


async def _lives(seed: int, lies: Lies, faults: float) -> None:
    chance = random.Random(seed)
    disk, model = MemoryDisk(), Model()
    for _ in range(3):
        disk.lies = lies
        life = Life(disk, model, chance, faults=faults)
        await life.run()
        ends = [*life.taken, *life.kills, (disk.cut(chance), model), (disk.killed(), model)]
        for end, promised in ends:
            # A kill at any moment, then a look, then the power goes while it looks again.
            await check(end.killed(), promised)
        disk, model = chance.choice(ends)
        model.next_id += 10  # a cut life may have shown ids that this model has not seen


@pytest.mark.soak
@settings(max_examples=3000 if SOAK else 40, deadline=None, database=None, derandomize=not SOAK)
@given(seed=st.integers(0, 2**32))
def test_every_end_of_a_life_leaves_what_was_promised(seed: int) -> None:
    lives(seed)


@pytest.mark.soak
@settings(max_examples=1000 if SOAK else 20, deadline=None, database=None, derandomize=not SOAK)
@given(seed=st.integers(0, 2**32))
def test_a_disk_that_fails_now_and_then_loses_nothing_either(seed: int) -> None:
    lives(seed, faults=0.05)
