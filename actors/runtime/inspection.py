"""Looking inside without disturbing anybody (OTP: sys). Nothing here waits for a handler."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import NamedTuple

from actors.runtime.actor import NAMES, Actor, Extra, opened
from actors.runtime.cell import Cell
from actors.runtime.ref import Ref

_LENGTH = 16
_OWNERS = 1024


@dataclass(frozen=True, slots=True)
class Traced:
    """One turn: when, about what sort of message, and how it ended. Never the content."""

    at: float
    message: str
    outcome: str


class Traces:
    """Lends short rings to whoever runs; when all are lent, the oldest passes on.

    So the memory is bounded, however many actors there are. In a crowd some go without, since
    making rings costs more than turns; a crash is always noted.
    """

    def __init__(self, owners: int = _OWNERS) -> None:
        self._spare = owners
        self._owners: deque[Actor] = deque()
        self.left = 0
        """How many may pass on in this slice of the dispatcher."""

    def lend(self, actor: Actor) -> None:
        """Give *actor* a ring."""
        if self._spare:
            self._spare -= 1
        else:
            self.left -= 1
            self._owners.popleft().ring = None
        actor.ring = deque(maxlen=_LENGTH)
        self._owners.append(actor)

    def note(self, actor: Actor, now: float, message: object, outcome: str) -> None:
        """Note what became of a turn that was not the usual one."""
        if actor.ring is None:
            self.lend(actor)
        assert actor.ring is not None, "nobody is refused here"
        actor.ring.append((now, type(message), outcome))

    @staticmethod
    def of(actor: Actor) -> tuple[Traced, ...]:
        """Return the last turns of *actor*, oldest first."""
        return tuple(Traced(at, kind.__name__, outcome) for at, kind, outcome in actor.ring or ())


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
    extra = actor.extra or Extra()
    system, user = actor.system or (), actor.user or ()
    return Statistics(
        ref=cell.ref(key),
        status=status(actor),
        system_mail=len(system),
        user_mail=len(user),
        spilled=extra.spilled,
        mailbox=dict(Counter(type(opened(mail)).__name__ for mail in (*system, *user))),
        effects=tuple(
            EffectView(name, one.wish.tag, one.since, one.started)
            for name, one in extra.effects.items()
        ),
        timers=timers,
        crashes=len(extra.crashes),
        last_error=extra.error,
        backoff_until=extra.backoff.at if extra.backoff else None,
        trace=Traces.of(actor),
    )


class ChildView(NamedTuple):
    """A long-running child."""

    name: str
    alive: bool
    restarts: int


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
    by_status = dict(Counter(map(status, cell.actors.values())))
    size = len(cell.actors)
    return KindView(cell.name, size, by_status, len(cell.timers), cell.bytes, cell.counted())
