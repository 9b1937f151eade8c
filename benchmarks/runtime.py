"""What an actor costs: a tell, an ask, its memory, its activation, its retry after a crash.

Run: `python -m benchmarks.runtime [uvloop]`. Everything that the chats use is switched on
(supervision, trace, passivation, resumption, spilling); asyncio queues and Pykka run beside
it, by turns in the same process, so that the ratios hold on a busy machine too. Figures are
CPU seconds, the best of several rounds.
"""

# ruff: noqa: ARG001, ARG002, ARG005, ASYNC110 - behaviours and rivals have their given shape

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pykka

from actors.chat_kind import chat_kind
from actors.runtime import ActorSystem, CrashReport, Kind, Reply, Turn
from service.graveyard import Hand
from snapshots.in_hand import slot_in_memory

ROUNDS = 7


def count(state: int, message: object, now: float) -> tuple[int, Sequence[object]]:
    if message == "how many?":
        return state, (Reply(state),)
    return state + 1, ()


def kept(turn: Turn[Any]) -> None:
    """Commit a turn: nothing to add to it."""


def unchanged(state: int, *_: object) -> tuple[int, Sequence[object]]:
    return state, ()


async def nothing(*_: object) -> None:
    """There is nothing to load, and nowhere to keep it."""


def kind(**rest: Any) -> Kind[Any, Any]:
    """Return a chat's kind, made where the service makes it, around hooks that do nothing."""
    made = chat_kind(
        **{
            "turn": count,
            "resume": unchanged,
            "commit": kept,
            "perform": lambda ref, effect, state: (),
            "poisoned": unchanged,
            "load": nothing,
            "retire": nothing,
            "refill": lambda key, most: (),
            "slot": Hand(slot_in_memory()),
            "initial": lambda _: 0,
            "may_retire": lambda _: True,
            "stage": lambda _: None,
            "size": lambda _: 0,
            **rest,
        }
    )
    # More actors are measured than a service keeps in memory.
    assert made.passivation is not None
    return replace(made, passivation=replace(made.passivation, limit=1_000_000))


async def best(measure: Callable[[], Awaitable[float]], *, rounds: int = ROUNDS) -> float:
    return min([await measure() for _ in range(rounds)])


async def settled(system: ActorSystem) -> None:
    cells = system.cells.values()
    while system.dispatcher.ready or system.effects.tasks or any(each.loading for each in cells):
        await anyio.lowlevel.checkpoint()


async def handled(system: ActorSystem, name: str, before: int, more: int) -> None:
    while system.counts(name)["handled"] < before + more:
        await anyio.lowlevel.checkpoint()


async def tells(actors: int, each: int) -> tuple[float, float]:
    """Return us per message: ours, and a queue with a task each."""
    async with ActorSystem({"a": kind()}) as system:
        refs = [system.ref("a", str(number)) for number in range(actors)]
        for ref in refs:
            ref.tell(0)
        await settled(system)

        async def ours() -> float:
            began = time.process_time()
            for _ in range(each):
                for ref in refs:
                    ref.tell(0)
            await settled(system)
            return time.process_time() - began

        our = await best(ours)
        counts = system.counts("a")
        assert counts["handled"] == actors * (each * ROUNDS + 1)

    queues: list[asyncio.Queue[int]] = [asyncio.Queue() for _ in range(actors)]
    left = [0]

    async def serve(queue: asyncio.Queue[int]) -> None:
        state = 0
        while True:
            message = await queue.get()
            state, _ = count(state, message, 0.0)
            left[0] -= 1

    tasks = [asyncio.create_task(serve(queue)) for queue in queues]

    async def theirs() -> float:
        left[0] = actors * each
        began = time.process_time()
        for _ in range(each):
            for queue in queues:
                queue.put_nowait(0)
        while left[0]:
            await asyncio.sleep(0)
        return time.process_time() - began

    their = await best(theirs, rounds=3)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return our / actors / each * 1e6, their / actors / each * 1e6


class PykkaActor(pykka.ThreadingActor):
    def on_receive(self, message: object) -> int:
        return 1


async def asks(number: int = 3000) -> tuple[float, float, float]:
    """Return us per question: ours, a pair of queues, Pykka (wall time: it uses threads)."""
    asked, answers = asyncio.Queue[int](), asyncio.Queue[int]()

    async def serve() -> None:
        while True:
            await asked.get()
            answers.put_nowait(1)

    server = asyncio.create_task(serve())
    rival = PykkaActor.start()
    ours, pairs, pykkas = [], [], []
    async with ActorSystem({"a": kind()}) as system:
        ref = system.ref("a", "1")
        for _ in range(ROUNDS):
            began = time.process_time()
            for _ in range(number):
                await ref.ask("how many?")
            ours.append(time.process_time() - began)
            began = time.process_time()
            for _ in range(number):
                asked.put_nowait(1)
                await answers.get()
            pairs.append(time.process_time() - began)
            began = time.process_time()
            for _ in range(number // 3):
                rival.ask(1)
            pykkas.append(3 * (time.process_time() - began))
    server.cancel()
    rival.stop()
    return tuple(min(each) / number * 1e6 for each in (ours, pairs, pykkas))  # type: ignore[return-value]


async def memory(actors: int = 20_000) -> tuple[float, float]:
    """Return bytes per idle actor (key, record and place in the table), and once retired."""
    async with ActorSystem({"a": kind()}) as system:
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(actors):
            system.ref("a", f"telegram.7.{100_000_000 + number}").tell(0)
            if number % 500 == 0:  # a crowd that loads at once leaves large empty tables
                await settled(system)
        await settled(system)
        gc.collect()
        idle = tracemalloc.get_traced_memory()[0] - before
        cell = system.cells["a"]
        for actor in list(cell.actors.values()):
            cell.retirement.retire_if_free(actor)
        del actor
        while cell.actors:  # each is written before it goes
            await anyio.lowlevel.checkpoint()
        await anyio.sleep(1)  # the last tasks leave
        system.history.clear()
        gc.collect()
        gone = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
    return idle / actors, gone / actors


def resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


async def hundred_thousand() -> tuple[float, float]:
    """Return MB above the base process for 100 000 idle actors: records only, and packed."""
    results = []
    for packed in (False, True):
        gc.collect()
        base = resident()
        states = {"initial": lambda _: bytes(2000)} if packed else {}
        silent: Any = {"turn": unchanged}
        async with ActorSystem({"a": kind(**silent, **states)}) as system:
            for number in range(100_000):
                system.ref("a", f"telegram.7.{100_000_000 + number}").tell(0)
                if number % 1000 == 0:
                    await anyio.lowlevel.checkpoint()
            await settled(system)
            gc.collect()
            results.append(resident() - base)
        del system
    return results[0], results[1]


async def activations(actors: int = 5000) -> float:
    """Return us to load, resume and tell one actor, its store answering at once."""

    async def load(key: str) -> int:
        return 1

    async def measure() -> float:
        async with ActorSystem({"a": kind(load=load)}) as system:
            began = time.process_time()
            for number in range(actors):
                system.ref("a", str(number)).tell(0)
            await handled(system, "a", 0, actors)
            return time.process_time() - began

    return await best(measure, rounds=3) / actors * 1e6


class Crashes:
    def __init__(self) -> None:
        self.at: list[float] = []

    def __call__(self, happening: object) -> None:
        if isinstance(happening, CrashReport):
            self.at.append(time.perf_counter())


async def retries() -> float:
    """Return ms from a first crash to the message's second try, without backoff."""
    tried: list[float] = []
    crashes = Crashes()

    def behaviour(state: int, message: object, now: float) -> tuple[int, tuple[()]]:
        tried.append(time.perf_counter())
        if len(tried) % 2:
            raise ValueError
        return state, ()

    logging.disable()
    async with ActorSystem({"a": kind(turn=behaviour)}, observer=crashes) as system:
        for number in range(50):
            system.ref("a", str(number)).tell(0)
            while len(tried) < 2 * (number + 1):
                await anyio.lowlevel.checkpoint()
    waits = [again - crash for crash, again in zip(crashes.at, tried[1::2], strict=True)]
    return sorted(waits)[len(waits) // 2] * 1e3


def row(what: str, figure: str, target: str) -> None:
    print(f"{what:<46} {figure:<42} {target}")


async def main() -> None:
    big, big_queue = await tells(1000, 50)
    wide, wide_queue = await tells(20_000, 1)
    ask, pair, rival = await asks()
    row(
        "tell + turn, 1000 actors x 50",
        f"{1 / big:.2f} M/s (queue + task {1 / big_queue:.2f})",
        ">= 1 M/s",
    )
    row(
        "tell + turn, 20 000 actors x 1",
        f"{1 / wide:.2f} M/s (queue + task {1 / wide_queue:.2f})",
        ">= 0.6 M/s",
    )
    row(
        "ask",
        f"{ask:.1f} us (queue pair {pair:.1f}, Pykka {rival:.1f})",
        f"{pair / ask:.2f} x pair (>= 0.5), {rival / ask:.1f} x Pykka (>= 3)",
    )
    idle, gone = await memory()
    row("idle actor", f"{idle:.0f} B; retired {gone:.0f} B", "<= 300 B; about 0")
    records, packed = await hundred_thousand()
    row("100 000 idle", f"{records:.0f} MB; with 2 kB states {packed:.0f} MB", "< 150; < 400 MB")
    row("activation without the disk", f"{await activations():.1f} us", "<= 50 us")
    row("retry after a first crash", f"{await retries():.2f} ms", "< 1 ms")


if __name__ == "__main__":
    anyio.run(main, backend_options={"use_uvloop": "uvloop" in sys.argv})
