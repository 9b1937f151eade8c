"""What it costs to be watched: metrics, the diary of each chat, its trace and the log, per turn.

Run: `python -m benchmarks.observing`. The commits of one standard turn (20 pieces, previews, one
answer) are recorded from a talk on a clock that jumps. Then they, the calls to the channel and
the call of the model are repeated, watched and not watched in turns; the difference is what
watching costs. DESIGN wants at most 3 % of a turn, which itself is to take 2.5 ms: 75 us.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, Final

import anyio
from trio.testing import MockClock

from actors.chat import Chat
from actors.ports import Address, Done, Request, TextDelta, Usage
from actors.runtime.behaviour import Committed, Turn
from fsm.outbox import Answer
from fsm.states import State
from service.observe.chronicle import Chronicle, Commit
from service.observe.watch import Watch
from tests.actors.world import PRIVATE, Script
from tests.service.operators.house import house

GOAL: Final = 2500.0
"""Microseconds of CPU that a standard turn is to take at most."""
SHARE: Final = 0.03
ROUNDS: Final = 9
REPEATED: Final = 200
PIECES: Final = ("sixteen words of an answer, more or less, as a model streams them to us ",) * 20
ADDRESS: Final = Address.parse(PRIVATE)

Recorded = list[tuple[Turn[Chat], Committed[Chat]]]


class Idle:
    """A model and a channel that do no more than their ports ask for."""

    name = "idle"

    async def answer(self, _request: Request) -> AsyncGenerator[Any, None]:
        for piece in PIECES:
            yield TextDelta(piece)
        yield Usage(prompt=100, output=300)
        yield Done()

    async def deliver(self, _address: Address, _answer: Answer, _index: int, **_more: Any) -> int:
        return 1

    async def preview(self, _address: Address, **_more: Any) -> None:
        return None


def recorded() -> tuple[Recorded, int, Answer, Request]:
    """Play one standard turn; return its commits, how many previews it showed, and its calls."""
    commits: Recorded = []
    real = Chronicle.watched

    def watched(chronicle: Chronicle, commit: Commit) -> Commit:
        def record(turn: Turn[Chat]) -> Committed[Chat]:
            done = commit(turn)
            commits.append((turn, done))
            return done

        return real(chronicle, record)

    async def play() -> tuple[int, Request]:
        async with house(Script(PIECES, gap=0.1)) as stage:
            stage.says("hello")
            await stage.until(lambda: stage.channel.sent and stage.facts().state is State.IDLE)
            return len(stage.channel.shown), stage.model.asked[0]

    Chronicle.watched = watched  # type: ignore[method-assign]
    try:
        clock = MockClock(autojump_threshold=0)
        previews, request = anyio.run(play, backend="trio", backend_options={"clock": clock})
    finally:
        Chronicle.watched = real  # type: ignore[method-assign]
    answers = [each for _, done in commits for each in done.state.outbox.answers]
    return commits, previews, answers[0], request


def cost(watched: Callable[[], object], bare: Callable[[], object]) -> float:
    """Return what *watched* takes more than *bare*, in us; the best of interleaved rounds."""
    rounds = [(_spent(watched), _spent(bare)) for _ in range(ROUNDS)]
    return (min(each for each, _ in rounds) - min(each for _, each in rounds)) * 1e6


def _spent(call: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(REPEATED):
        call()
    return (time.process_time() - began) / REPEATED


def commits_cost(commits: Recorded) -> float:
    """Return what it costs to note all commits of the turn."""
    by_turn = {id(turn): done for turn, done in commits}

    def commit(turn: Turn[Chat]) -> Committed[Chat]:
        return by_turn[id(turn)]

    watched = Watch().chronicle.watched(commit)
    return cost(
        lambda: [watched(turn) for turn, _ in commits],
        lambda: [commit(turn) for turn, _ in commits],
    )


def done(coroutine: Coroutine[Any, Any, object]) -> None:
    """Run what never waits."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


async def all_of(model: Any, request: Request) -> None:
    async with aclosing(model.answer(request)) as stream:
        async for _ in stream:
            pass


def main() -> None:
    """Print a line for everything that is watched, and the sum."""
    commits, previews, answer, request = recorded()
    idle: Any = Idle()
    watch = Watch()
    channel: Any = watch.channel(idle, time.time)
    model = watch.model(idle)
    ring: deque[Any] = deque(maxlen=16)
    parts = {
        f"{len(commits)} commits noted": commits_cost(commits),
        f"{len(commits)} turns in the trace": cost(
            lambda: [ring.append((0.0, Turn, "handled")) for _ in commits],
            lambda: [None for _ in commits],
        ),
        "1 model call, 20 pieces": cost(
            lambda: done(all_of(model, request)), lambda: done(all_of(idle, request))
        ),
        "1 delivery": cost(
            lambda: done(channel.deliver(ADDRESS, answer, 0, mark="")),
            lambda: done(idle.deliver(ADDRESS, answer, 0, mark="")),
        ),
        f"{previews} previews": previews
        * cost(
            lambda: done(channel.preview(ADDRESS, text="x", bubble=0)),
            lambda: done(idle.preview(ADDRESS, text="x", bubble=0)),
        ),
    }
    for name, value in parts.items():
        print(f"{name:26} {value:6.1f} us")
    total = sum(parts.values())
    print(f"{'together':26} {total:6.1f} us, {total / GOAL:.1%} of a turn of {GOAL:g} us (<= 3 %)")


if __name__ == "__main__":
    main()
