"""Everything at once, in many orders: nothing overlaps, overtakes, is lost or comes twice.

A few seeds by default; all thousand with GREENROOM_SOAK=1.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from random import Random
from typing import Any

import anyio
import pytest

from actors.runtime import (
    Cancel,
    Delivery,
    Kind,
    Passivation,
    Perform,
    Report,
    RestartPolicy,
)
from actors.runtime.testing import TestSystem

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

SEEDS = 1000 if os.environ.get("GREENROOM_SOAK") else 20
KEYS = 8
MESSAGES = 240


class World:
    """Actors that crash, retire and start effects by lot, and a record of all they did."""

    def __init__(self, seed: int, spills: bool) -> None:
        self.random = Random(seed)
        self.spills = spills
        self.in_turn: set[str] = set()
        self.overlaps = 0
        self.handled: defaultdict[str, list[int]] = defaultdict(list)
        self.told: Counter[Delivery] = Counter()
        self.spilled: defaultdict[str, list[int]] = defaultdict(list)
        self.kept: dict[str, tuple[str, int]] = {}
        self.crashed: set[tuple[str, int]] = set()
        self.reports: Counter[str] = Counter()

    def kind(self) -> Kind[Any, Any]:
        return Kind(
            behaviour=self.turn,
            initial=lambda key: (key, 0),
            load=self.load,
            retire=self.retire,
            passivation=Passivation(idle=3, limit=KEYS - 2),
            capacity=6,
            refill=self.refill if self.spills else None,
            policy=RestartPolicy(tolerates=10**6, first=0.001, longest=0.01),
        )

    def turn(
        self, state: tuple[str, int], message: Any, now: float
    ) -> tuple[tuple[str, int], Sequence[object]]:
        key, count = state
        # Of two copies of an actor in memory, one would not have counted what the other handled.
        if key in self.in_turn or count != len(self.handled[key]):
            self.overlaps += 1
        self.in_turn.add(key)
        try:
            return self.decide(key, count, message)
        finally:
            self.in_turn.discard(key)

    def decide(
        self, key: str, count: int, message: Any
    ) -> tuple[tuple[str, int], Sequence[object]]:
        if not isinstance(message, int):
            self.reports[message] += 1
            return (key, count), ()
        if message % 13 == 0 and (key, message) not in self.crashed:
            self.crashed.add((key, message))
            raise ValueError(message)
        self.handled[key].append(message)
        effects: list[object] = []
        lot = self.random.random()
        if lot < 0.2:
            effects = [Perform("work", self.work)]
        elif lot < 0.25:
            effects = [Cancel("work")]
        return (key, count + 1), effects

    async def work(self, report: Report) -> str | None:
        for _ in range(self.random.randint(0, 3)):
            await anyio.lowlevel.checkpoint()
        if self.random.random() < 0.2:
            raise RuntimeError
        report("report")
        return "result"

    async def load(self, key: str) -> tuple[str, int] | None:
        for _ in range(self.random.randint(0, 2)):
            await anyio.lowlevel.checkpoint()
        if self.random.random() < 0.1:
            raise OSError("busy")
        return self.kept.get(key)

    async def retire(self, key: str, state: tuple[str, int]) -> None:
        for _ in range(self.random.randint(0, 2)):
            await anyio.lowlevel.checkpoint()
        self.kept[key] = state

    def refill(self, key: str, most: int) -> list[int]:
        some = self.spilled[key][:most]
        del self.spilled[key][:most]
        return some


async def live(world: World, system: TestSystem) -> None:
    """Tell everybody everything, in an order drawn from the seed, with pauses in between."""
    numbers: Counter[str] = Counter()
    for _ in range(MESSAGES):
        key = str(world.random.randrange(KEYS))
        number = numbers[key]
        numbers[key] += 1
        ref = system.ref("log", key)
        delivery = ref.tell(number)
        world.told[delivery] += 1
        if delivery is Delivery.SPILLED:
            world.spilled[key].append(number)
        lot = world.random.random()
        if lot < 0.25:
            await anyio.lowlevel.checkpoint()
        elif lot < 0.27:
            await system.advance(world.random.choice([0.01, 1, 4]))
        elif lot < 0.29 and system.statistics(ref).status != "absent":
            system.suspend(ref)
        elif lot < 0.37 and system.statistics(ref).status != "absent":
            system.passivate(ref)
        elif lot < 0.5 and system.statistics(ref).status == "suspended":
            system.resume(ref)
    for number in range(KEYS):
        if system.statistics(ref := system.ref("log", str(number))).status != "absent":
            system.resume(ref)
    await system.settle(effects=True)


@pytest.mark.parametrize("spills", [True, False])
async def test_in_every_order_nothing_is_lost_and_nothing_overtakes(spills: bool) -> None:
    for seed in range(1, SEEDS + 1):
        world = World(seed, spills)
        async with TestSystem(
            {"log": world.kind()},
            seed=seed,
            policy=RestartPolicy(tolerates=10**6),
        ) as system:
            await live(world, system)
            counts = system.counts("log")
            assert (system.tree().effects, len(system.dead_letters)) == (0, 0)

        assert world.overlaps == 0, seed
        handled = sum(map(len, world.handled.values()))
        assert world.told.total() == MESSAGES
        assert world.told[Delivery.ACCEPTED] == counts["accepted"], seed
        assert world.told[Delivery.SPILLED] == counts["spilled"] == counts["refilled"], seed
        told = world.told
        assert handled == told[Delivery.ACCEPTED] + told[Delivery.SPILLED], seed
        for key, numbers in world.handled.items():
            assert numbers == sorted(numbers), (seed, key)
            assert len(numbers) == len(set(numbers)), (seed, key)


async def test_an_actor_is_never_in_memory_twice() -> None:
    for seed in range(1, SEEDS + 1):
        world = World(seed, spills=False)
        async with TestSystem(
            {"log": world.kind()},
            seed=seed,
            policy=RestartPolicy(tolerates=10**6),
        ) as system:
            await live(world, system)
            kept = {key: (key, len(numbers)) for key, numbers in world.handled.items()}
            await system.shutdown()

        assert world.overlaps == 0, seed
        assert {key: world.kept[key] for key in kept} == kept, seed
