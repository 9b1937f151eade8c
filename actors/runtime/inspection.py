"""Looking inside without disturbing anybody (OTP: sys). Nothing here waits for a handler."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from actors.runtime import status
from actors.runtime.actor import opened
from actors.runtime.ref import Ref

if TYPE_CHECKING:
    from actors.runtime.cell import Cell

REMEMBERED = 4096
"""How many turns, of all actors together, are remembered."""
_SHOWN = 16

Entry: TypeAlias = tuple["Cell", str, float, type, str]
"""A turn as the runtime remembers it: the kind at work, the key, and what `Traced` shows."""


class Traced(NamedTuple):
    """One turn: when, about what sort of message, and how it ended. Never the content."""

    at: float
    message: str
    outcome: str


class EffectView(NamedTuple):
    """An effect in flight; not *started* means that its commit is not on disk yet."""

    name: str
    tag: Hashable
    since: float
    started: bool


class TimerView(NamedTuple):
    """A timer that is set."""

    name: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What an actor is doing, without a word of what it is about."""

    ref: Ref
    status: str
    """Idle, queued, loading, replaying, backoff, suspended, quarantined, retiring or absent."""
    system_mail: int = 0
    user_mail: int = 0
    spilled: int = 0
    mailbox: dict[str, int] = field(default_factory=dict)
    """How many messages of which type wait."""
    effects: tuple[EffectView, ...] = ()
    timers: tuple[TimerView, ...] = ()
    crashes: int = 0
    last_error: BaseException | None = field(default=None, repr=False)
    backoff_until: float | None = None


def trace(cell: Cell, key: str) -> tuple[Traced, ...]:
    """Return the last turns of one actor, oldest first, as far as they are remembered."""
    mine = [entry[2:] for entry in cell.engine.history if entry[1] == key and entry[0] is cell]
    return tuple(Traced(at, kind.__name__, outcome) for at, kind, outcome in mine[-_SHOWN:])


def statistics(cell: Cell, key: str) -> Statistics:
    """Return what the actor of *key* is doing; one that is not in memory has timers at most."""
    ref, actor = cell.ref(key), cell.actors.get(key)
    timers = tuple(TimerView(one.wish.name, one.wish.at) for one in cell.timers.of(key))
    if actor is None:
        return Statistics(ref=ref, status="absent", timers=timers)
    system, user, effects = actor.system or (), actor.user or (), actor.effects or {}
    return Statistics(
        ref=ref,
        status=status.named(actor.status),
        system_mail=len(system),
        user_mail=len(user),
        spilled=actor.spilled,
        mailbox=dict(Counter(type(opened(mail)).__name__ for mail in (*system, *user))),
        effects=tuple(
            EffectView(name, one.wish.tag, one.since, one.started) for name, one in effects.items()
        ),
        timers=timers,
        crashes=len(actor.crashes),
        last_error=actor.error,
        backoff_until=actor.backoff.at if actor.backoff else None,
    )


class ChildView(NamedTuple):
    """A long-running child."""

    name: str
    alive: bool
    restarts: int
    lost: bool
    """Given up: it ended too often, and the others go on without it."""


class KindView(NamedTuple):
    """All actors of one kind: how many, how many in which status, and what was counted."""

    name: str
    actors: int
    by_status: dict[str, int]
    timers: int
    bytes: int
    counts: dict[str, int]


class Tree(NamedTuple):
    """The whole system at a glance."""

    children: tuple[tuple[ChildView, ...], ...]
    kinds: tuple[KindView, ...]
    effects: int
    deadlines: int
    dead_letters: dict[str, int]


def kind_view(cell: Cell) -> KindView:
    """Return what there is of one kind; walks over its actors."""
    by_status = dict(Counter(status.named(actor.status) for actor in cell.actors.values()))
    size, timers, bytes_ = len(cell.actors), len(cell.timers), cell.retirement.bytes
    return KindView(cell.name, size, by_status, timers, bytes_, cell.counted())
