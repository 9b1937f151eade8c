"""Incidents: what admins are told without asking, once when it begins and once when it is over.

`Incidents` is pure: overviews go in, notices come out. A trouble that comes and goes is one
incident: it counts as over only after a while of quiet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from service.operators.facts import FleetFacts, ProviderFacts

PATIENCE: Final = 60.0
"""Seconds that a model may be out of reach before anybody is told."""
QUIET: Final = 30.0
"""Seconds without a sign of it after which an incident is over."""
_BROKEN: Final = frozenset({"broken", "conflict", "refused", "silent", "wedged"})
LEAST_FREE: Final = 0.1

Args = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence for the admins."""

    kind: str
    args: Args
    over: bool = False
    lasted: float = 0.0


@dataclass(slots=True)
class _Open:
    kind: str
    args: Args
    began: float
    seen: float


@dataclass(slots=True)
class Incidents:
    """Remembers what is the matter."""

    _open: dict[str, _Open] = field(default_factory=dict)
    _counted: dict[str, int] = field(default_factory=dict)
    _named: set[str] = field(default_factory=set)

    def look(self, facts: FleetFacts) -> list[Notice]:
        """Return what has to be said after a look at *facts*."""
        notices = []
        for name, args in _lasting(facts):
            kind = name.partition(" ")[0]
            known = self._open.get(name)
            if known is None:
                self._open[name] = _Open(kind, args, facts.now, facts.now)
                notices.append(Notice(kind=kind, args=args))
            else:
                known.seen, known.args = facts.now, args
        for name, each in list(self._open.items()):
            if facts.now - each.seen >= QUIET:
                del self._open[name]
                lasted = each.seen - each.began
                notices.append(Notice(kind=each.kind, args=each.args, over=True, lasted=lasted))
        notices += self._grown(facts)
        if new := [name for name in facts.novelties if name not in self._named]:
            self._named.update(new)
            notices.append(Notice(kind="novel", args={"names": ", ".join(new)}))
        return notices

    @property
    def open(self) -> tuple[str, ...]:
        """The kinds of what is the matter now."""
        return tuple(sorted({each.kind for each in self._open.values()}))

    def _grown(self, facts: FleetFacts) -> Iterator[Notice]:
        """Yield what is told when a counter moves: it has happened, and has no end."""
        for kind, count in _counted(facts):
            before = self._counted.get(kind, 0)
            self._counted[kind] = count
            if count > before:
                yield Notice(kind=kind, args={"count": str(count - before)})


def _lasting(facts: FleetFacts) -> Iterator[tuple[str, Args]]:
    """Yield what is the matter, each under a name of its own; its first word is its kind."""
    for provider in facts.providers:
        if provider.problem == "problem-misconfigured":
            yield f"key {provider.name}", {"provider": provider.name}
        elif _is_down(provider, facts.now):
            yield f"provider {provider.name}", {"provider": provider.name}
    for end in facts.retiring:
        yield f"retiring {end.model}", end.args_for_person
    if facts.polling == "dead":
        yield "poller", {}
    elif len(facts.bots) > 1:
        yield from _bots(facts)
    if facts.failing:
        yield "disk", {}
    for child in facts.lost:
        yield f"child {child}", {"child": child}
    if facts.quarantined:
        yield "quarantine", {"count": str(facts.quarantined)}
    if facts.disk is not None and facts.disk.free < LEAST_FREE * facts.disk.total:
        yield "space", {"share": f"{100 * facts.disk.free / facts.disk.total:.0f} %"}


def _bots(facts: FleetFacts) -> Iterator[tuple[str, Args]]:
    """Yield the bots that cannot receive while others can."""
    for bot in facts.bots:
        # Two copies of a service overlap for a moment whenever it is updated.
        overlap = bot.state == "conflict" and bot.poll_age < PATIENCE
        if bot.state in _BROKEN and not overlap:
            yield f"bot-{bot.state} {bot.id}", {"bot": bot.name}


def _is_down(provider: ProviderFacts, now: float) -> bool:
    return bool(provider.failing_since) and now - provider.failing_since > PATIENCE


def _counted(facts: FleetFacts) -> Iterator[tuple[str, int]]:
    restarts = {name: restarts for name, _, restarts in facts.children}
    yield "rebuilt", restarts.get("poller", 0) + facts.rebuilt
    yield "damaged", facts.damaged
    yield "unreadable", facts.unreadable
