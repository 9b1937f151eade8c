"""The overview of the house: all chats counted by state and by what they wait for.

A house of many chats is walked through in slices between two turns of the loop, so that nobody
waits for it; what is shown of it may then be some seconds old. A small house is counted on the
spot.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import anyio
import anyio.lowlevel

from actors.ports import Address
from service.observe import levels
from service.operators.facts import Attention, FleetFacts
from service.operators.reasons import because
from service.operators.sources import Sources

SMALL: Final = 300
"""Chats that are counted on the spot: about 10 ms."""
EVERY: Final = 5.0
_SLICE: Final = 50
_SHOWN: Final = 100
_CALM: Final = frozenset({"person", "absent"})
_EVERYDAY: Final = frozenset({"model", "idle-model", "delivery", "collecting", "cooling", "mail"})
_LONG: Final = 60.0
"""Seconds after which even an everyday reason to wait wants a look."""


@dataclass(slots=True)
class Tally:
    """One count of all chats in memory."""

    states: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    attention: list[Attention] = field(default_factory=list)
    flows: Counter[tuple[str, str]] = field(default_factory=Counter)
    bots: Counter[str] = field(default_factory=Counter)
    mail: int = 0
    spilled: int = 0


class Census:
    """Counts, and puts the overview together."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._tally = Tally()

    async def run(self) -> None:
        """Count a large house again and again, until cancelled."""
        while True:
            await anyio.sleep(EVERY)
            keys = self._sources.system.keys("chat")
            if len(keys) > SMALL:
                self._tally = await self._slowly(keys)

    def fleet(self) -> FleetFacts:
        """Return the overview as it is now."""
        sources, roll = self._sources, self._sources.around.roll
        system, disk = sources.system, sources.store.statistics()
        keys = system.keys("chat")
        tally = self._at_once(keys) if len(keys) <= SMALL else self._tally
        tree = system.tree()
        chats = next(kind for kind in tree.kinds if kind.name == "chat")
        return FleetFacts(
            now=system.now(),
            started=sources.started,
            states=tuple(sorted(tally.states.items())),
            causes=tuple(sorted(tally.causes.items())),
            attention=tuple(tally.attention),
            actors=chats.actors,
            statuses=tuple(
                (kind.name, status, number)
                for kind in tree.kinds
                for status, number in sorted(kind.by_status.items())
            ),
            mail=tally.mail,
            spilled=tally.spilled,
            effects=tree.effects,
            timers=chats.timers,
            crashes=chats.counts.get("crashes", 0),
            quarantined=chats.by_status.get("quarantined", 0),
            dead_letters=sum(tree.dead_letters.values()),
            dead_by_reason=tuple(sorted(tree.dead_letters.items())),
            penalties=tuple(sorted(sources.gate.penalties().items())),
            unabsorbed=disk.unabsorbed,
            unwritten=disk.unwritten,
            journal_bytes=disk.journal_bytes,
            packed=disk.resting,
            packed_bytes=disk.resting_bytes,
            syncs=disk.syncs,
            damaged=disk.damaged,
            failing=disk.failing_since is not None,
            children=tuple(
                (child.name, child.alive, child.restarts)
                for family in tree.children
                for child in family
            ),
            lost=tuple(child.name for family in tree.children for child in family if child.lost),
            providers=sources.providers(),
            servers=sources.servers(),
            lag=sources.around.pulse.lag,
            disk=sources.around.disk,
            bots=roll.facts(tally.bots),
            poll_age=roll.poll_age(),
            polling=roll.polling(),
            rebuilt=roll.rebuilt(),
            unreadable=sources.around.unreadable(),
            novelties=tuple(sources.around.novelties()),
            retiring=sources.retiring(),
            active=sources.active(),
            flows=sources.flows(tally.flows),
            log_level=levels.chosen(),
            counts=tuple(sorted(chats.counts.items())),
        )

    def _at_once(self, keys: tuple[str, ...]) -> Tally:
        tally, down = Tally(), self._sources.provider_down()
        for key in keys:
            self._count(tally, key, down)
        return tally

    async def _slowly(self, keys: tuple[str, ...]) -> Tally:
        tally, down = Tally(), self._sources.provider_down()
        for number, key in enumerate(keys):
            if number % _SLICE == 0:
                await anyio.lowlevel.checkpoint()
            self._count(tally, key, down)
        return tally

    def _count(self, tally: Tally, key: str, down: bool) -> None:
        facts = self._sources.brief(key, provider_down=down)
        tally.bots[Address.parse(key).bot] += 1
        tally.mail += facts.mail
        tally.spilled += facts.spilled
        if facts.state is not None:
            tally.states[facts.state.value] += 1
        if facts.flow:
            tally.flows[facts.flow, facts.step] += 1
        reason = because(facts)
        tally.causes[reason.cause] += 1
        everyday = reason.cause in _EVERYDAY and facts.now - facts.since < _LONG
        if reason.cause not in _CALM and not everyday and len(tally.attention) < _SHOWN:
            tally.attention.append(
                Attention(
                    key=key,
                    bot=self._sources.bot(key),
                    cause=reason.cause,
                    left=reason.left,
                    state=facts.state.value if facts.state else facts.status,
                    since=facts.since,
                )
            )
