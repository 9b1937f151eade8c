"""A model with moods: it answers, breaks off, refuses, says nothing, or crashes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from random import Random
from typing import Any

import anyio

from actors.ports import (
    BlockedError,
    Done,
    InterruptedStreamError,
    ModelEvent,
    RateLimitedError,
    Request,
    TextDelta,
    UnavailableError,
)
from tests.simulation.death import Death
from tests.simulation.ledger import Ledger
from tests.simulation.telegram import about


class Model:
    """One life's model; what it says is deterministic but for where it breaks off."""

    name = "simulated"

    def __init__(
        self, chance: Random, ledger: Ledger, death: Death, *, trouble: float, keep: int
    ) -> None:
        self._chance = chance
        self._ledger = ledger
        self._death = death
        self._keep = keep
        self.trouble = trouble

    async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        await self._death.go_on("before the model is asked")
        if "/" in request.chat:  # not a question of a person's: old turns become a summary
            yield TextDelta("They talked.")
            yield Done()
            return
        self._ledger.asks(request, self._keep)
        written = self._ledger.chat(request.chat).written[request.turn]
        written.append("")
        mood = self._mood()
        await self._pause()
        if mood in ("unavailable", "limited", "blocked"):
            raise _failure(mood)
        pieces = [
            f"[turn {request.turn}] ",
            *(f"w{n} " for n in range(self._chance.randint(0, 60))),
        ]
        if mood == "empty":
            pieces = []
        broken_after = self._chance.randint(0, len(pieces))
        for number, piece in enumerate(pieces):
            if mood in ("interrupted", "crash", "blocked later") and number == broken_after:
                raise _failure(mood)
            if self._chance.random() < 0.3:
                await self._pause()
            written[-1] += piece
            yield TextDelta(piece)
        if mood in ("interrupted", "crash", "blocked later"):
            raise _failure(mood)
        if mood != "no end":
            self._death.step("the model is done")
            yield Done("length" if mood == "length" else "stop")

    def _mood(self) -> str:
        if self._chance.random() >= self.trouble:
            return "ok"
        moods: dict[str, int] = {
            "length": 10,
            "interrupted": 25,
            "crash": 8,
            "no end": 8,
            "unavailable": 8,
            "limited": 5,
            "blocked": 5,
            "blocked later": 5,
            "empty": 5,
        }
        return self._chance.choices(list(moods), list(moods.values()))[0]

    async def _pause(self) -> None:
        await anyio.sleep(about(self._chance, 0.0, 0.05, 0.3, 1.5))
        await self._death.go_on("while the model speaks")


def _failure(mood: str) -> Exception:
    failures: dict[str, Any] = {
        "unavailable": UnavailableError("simulated", "down"),
        "limited": RateLimitedError("simulated", 5.0),
        "blocked": BlockedError("simulated", "no"),
        "blocked later": BlockedError("simulated", "no"),
        "interrupted": InterruptedStreamError("simulated", "broke off"),
        "crash": RuntimeError("a bug in an adapter"),
    }
    failure: Exception = failures[mood]
    return failure
