"""The last hour in numbers, for the plots: a sample every ten seconds, in memory only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import anyio

from service.observe.chronicle import Chronicle
from service.operators.facts import FleetFacts
from service.operators.latency import percentile

EVERY: Final = 10.0
KEPT: Final = 360
_WINDOW: Final = 300.0
"""Seconds over which a percentile is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The house at one moment; None where there was nothing to measure."""

    at: float
    chats: int
    busy: int
    mail: int
    answers: int
    """Since the sample before."""
    tokens: int
    """Since the sample before."""
    crashes: int
    """Since the sample before."""
    lag: float
    first_p50: float | None
    first_p95: float | None
    answer_p50: float | None
    answer_p95: float | None


class Series:
    """Takes the samples."""

    def __init__(self, fleet: Callable[[], FleetFacts], chronicle: Chronicle) -> None:
        self._fleet = fleet
        self._chronicle = chronicle
        self._samples: deque[Sample] = deque(maxlen=KEPT)
        self._before = (0, 0, 0)

    def samples(self) -> Sequence[Sample]:
        """Return the samples, oldest first."""
        return tuple(self._samples)

    async def run(self) -> None:
        """Take samples until cancelled."""
        while True:
            self.take()
            await anyio.sleep(EVERY)

    def take(self) -> None:
        """Take one now."""
        facts, chronicle = self._fleet(), self._chronicle
        recent = [each for each in chronicle.answered if each.at > facts.now - _WINDOW]
        firsts = [each.first for each in recent if each.first is not None]
        wholes = [each.whole for each in recent]
        totals = (chronicle.answers, chronicle.tokens, facts.crashes)
        answers, tokens, crashes = (
            now - before for now, before in zip(totals, self._before, strict=True)
        )
        self._before = totals
        states = dict(facts.states)
        self._samples.append(
            Sample(
                at=facts.now,
                chats=facts.actors,
                busy=states.get("generating", 0) + states.get("streaming", 0),
                mail=facts.mail + facts.spilled,
                answers=answers,
                tokens=tokens,
                crashes=crashes,
                lag=facts.lag,
                first_p50=percentile(firsts, 0.5),
                first_p95=percentile(firsts, 0.95),
                answer_p50=percentile(wholes, 0.5),
                answer_p95=percentile(wholes, 0.95),
            )
        )
