"""Looking inside without disturbing anybody (OTP: sys). Nothing here waits for a handler."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from actors.runtime.actor import NAMES, Actor
from actors.runtime.cell import Cell
from actors.runtime.ref import Ref
from actors.runtime.reports import waiting
from actors.runtime.trace import Traced, Traces


@dataclass(frozen=True, slots=True)
class EffectView:
    """An effect in flight; not *started* means that its commit is not on disk yet."""

    name: str
    tag: Hashable
    since: float
    started: bool


@dataclass(frozen=True, slots=True)
class TimerView:
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
    effects: tuple[EffectView, ...] = ()
    timers: tuple[TimerView, ...] = ()
    crashes: int = 0
    last_error: BaseException | None = field(default=None, repr=False)
    backoff_until: float | None = None
    trace: tuple[Traced, ...] = ()


def status(actor: Actor) -> str:
    """Return what to call the status of *actor*."""
    return next((name for bit, name in NAMES.items() if actor.status & bit), "idle")


def statistics(cell: Cell, key: str) -> Statistics:
    """Return what the actor of *key* is doing; one that is not in memory has timers at most."""
    timers = tuple(TimerView(timer.name, timer.at) for timer in cell.timers.of(key))
    actor = cell.actors.get(key)
    if actor is None:
        return Statistics(ref=cell.ref(key), status="absent", timers=timers)
    extra = actor.extra
    effects = extra.effects.values() if extra is not None else ()
    return Statistics(
        ref=cell.ref(key),
        status=status(actor),
        system_mail=len(actor.system or ()),
        user_mail=len(actor.user or ()),
        spilled=extra.spilled if extra is not None else 0,
        mailbox=waiting(actor),
        effects=tuple(
            EffectView(one.wish.name, one.wish.tag, one.since, one.started) for one in effects
        ),
        timers=timers,
        crashes=len(extra.crashes) if extra is not None else 0,
        last_error=extra.error if extra is not None else None,
        backoff_until=extra.backoff.at if extra is not None and extra.backoff else None,
        trace=Traces.of(actor),
    )


@dataclass(frozen=True, slots=True)
class ChildView:
    """A long-running child."""

    name: str
    alive: bool
    restarts: int


@dataclass(frozen=True, slots=True)
class KindView:
    """All actors of one kind: how many, how many in which status, and what was counted."""

    name: str
    actors: int
    by_status: dict[str, int]
    timers: int
    bytes: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Tree:
    """The whole system at a glance."""

    children: tuple[tuple[ChildView, ...], ...]
    kinds: tuple[KindView, ...]
    effects: int
    deadlines: int
    dead_letters: dict[str, int]


def kind_view(cell: Cell) -> KindView:
    """Return what there is of one kind; walks over its actors."""
    by_status: dict[str, int] = {}
    for actor in cell.actors.values():
        name = status(actor)
        by_status[name] = by_status.get(name, 0) + 1
    return KindView(
        cell.name,
        len(cell.actors),
        by_status,
        len(cell.timers),
        cell.bytes,
        cell.counted(),
    )
