"""What an actor is made of: a state, a function, and the words a turn may answer with.

A turn is ``behaviour(state, message, now) -> (state, effects)``: synchronous, pure and
instant. Whatever waits is an effect. The runtime understands the effects of this module;
every other object among a turn's effects is an intention, which ``Kind.perform`` turns
into effects of this module once the new state has been kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field, fields
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from actors.runtime.supervision import RestartPolicy

if TYPE_CHECKING:
    from actors.runtime.ref import Ref

S = TypeVar("S")
M = TypeVar("M")

Report: TypeAlias = Callable[[object], None]
"""Puts a message into the system lane of the actor that owns the effect."""


class Effect:
    """Marks what the runtime itself knows how to do."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Reply(Effect):
    """Answers the ask in hand; when the message was merely told, nobody hears it (counted)."""

    value: object


@dataclass(frozen=True, slots=True)
class Tell(Effect):
    """Leaves *message* for another actor once this turn is committed."""

    ref: Ref
    message: object


@dataclass(frozen=True, slots=True)
class Perform(Effect):
    """Runs something that waits, as a task owned by the actor.

    ``run(report)`` may report any number of messages while it works; what it returns, unless
    None, is reported last. All of them arrive in the system lane. An exception arrives as
    `EffectFailed`; so does a *timeout* (seconds), with a TimeoutError. `Cancel` is silent.

    Starting an effect under a name that is taken cancels the older one first; from
    ``Kind.resume`` the older one is left alone instead, since it covers what is owed.
    With *durable* the effect waits until the commit that asked for it is on disk.
    """

    name: str
    run: Callable[[Report], Awaitable[object]]
    timeout: float | None = None
    durable: bool = False
    tag: Hashable = None


@dataclass(frozen=True, slots=True)
class Cancel(Effect):
    """Ends the effect of this name, if there is one; nothing is heard from it any more."""

    name: str


@dataclass(frozen=True, slots=True)
class SetTimer(Effect):
    """Delivers *message* to the system lane at *at* (wall seconds of the system's clock).

    A timer of the same name is replaced. Timers outlive crashes and passivation, not the
    process: a deadline that must is data in the state, and ``Kind.resume`` sets it again.
    A *staged* timer dies as soon as ``Kind.stage(state)`` is another (OTP: state timeout).
    """

    name: str
    at: float
    message: object
    staged: bool = False


@dataclass(frozen=True, slots=True)
class ClearTimer(Effect):
    """Forgets the timer of this name, even one that is due in this very instant."""

    name: str


@dataclass(frozen=True, slots=True)
class EffectFailed:
    """An effect of ours raised *error*, or ran into its timeout."""

    name: str
    tag: Hashable
    error: BaseException


class Ticket(Protocol):
    """Tells when a commit has reached the disk."""

    @property
    def durable(self) -> bool:
        """Whether it has."""

    def when_durable(self, callback: Callable[[], None]) -> None:
        """Call *callback* on the loop when it has; at once if it has already."""


class Turn(NamedTuple, Generic[S]):
    """One turn, as ``Kind.commit`` sees it before anybody else does."""

    key: str
    message: object
    """The message, or `Resumed`, `Replaced` or `Poisoned` where no mail caused the turn."""
    before: S
    after: S
    effects: Sequence[object]
    now: float


class Committed(NamedTuple, Generic[S]):
    """What ``Kind.commit`` kept, possibly amended, and how to learn when it is on disk."""

    state: S
    effects: Sequence[object]
    ticket: Ticket | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """Stands for the message in the turn of ``Kind.resume``."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Stands for the message in the turn made by ``ActorSystem.replace_state``."""


@dataclass(frozen=True, slots=True)
class Poisoned:
    """Stands for the message in the turn of ``Kind.poisoned``; *message* went to the dead."""

    message: object
    error: BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class Passivation(Generic[S]):
    """When an actor that nobody talks to leaves the memory.

    After *idle* seconds, or earlier, least recently used first, when the kind has more than
    *limit* actors or, judged by *size*, more than *limit_bytes* of state in memory.
    """

    idle: float
    limit: int
    limit_bytes: int | None = None
    size: Callable[[S], int] | None = None

    def __post_init__(self) -> None:
        if self.limit_bytes is not None and self.size is None:
            raise ValueError("limit_bytes was given without size, which has to measure the bytes")


class InHand(Protocol):
    """Remembers outside the process which message a turn is about (a memory-mapped slot)."""

    def enter(self, key: str, message: object) -> None:
        """Take note of *message*, and of no other: its turn begins."""

    def leave(self) -> None:
        """Forget it: the turns of this visit ended, well or badly, but in this process."""


_WAITING = {"load", "retire"}  # the hooks that may be coroutines


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[S, M]):
    """Everything that the actors of one kind have in common. docs/actors.md explains each."""

    behaviour: Callable[[S, M, float], tuple[S, Sequence[object]]]
    initial: Callable[[str], S]

    # What becomes of a turn.
    perform: Callable[[Ref, object, S], Sequence[Effect]] | None = None
    commit: Callable[[Turn[S]], Committed[S] | None] | None = None
    slot: InHand | None = None
    stage: Callable[[S], Hashable] | None = None

    # Coming and going.
    load: Callable[[str], Awaitable[S | None]] | None = None
    replayed: Callable[[M], bool] = lambda _: False
    resume: Callable[[S, float], tuple[S, Sequence[object]]] | None = None
    passivation: Passivation[S] | None = None
    may_retire: Callable[[S], bool] = lambda _: True
    retire: Callable[[str, S], Awaitable[None]] | None = None

    # The user lane.
    capacity: int = 64
    refill: Callable[[str, int], Sequence[M]] | None = None
    """Returns at most so many of the messages that have spilled, the oldest first."""

    # Crashes.
    policy: RestartPolicy = field(default_factory=RestartPolicy)
    poisoned: Callable[[S, M, BaseException], tuple[S, Sequence[object]]] | None = None
    urgent: Callable[[M], bool] | None = None
    """User mail for which this is true ends a running backoff (a Stop should not wait for it)."""

    def __post_init__(self) -> None:
        """Refuse what could only fail later."""
        if self.capacity < 1:
            raise ValueError(f"a mailbox holds at least one message, not {self.capacity}")
        for name in {item.name for item in fields(self)} - _WAITING:
            # A coroutine is true and is not a pair: it would fail late, or never.
            if iscoroutinefunction(getattr(self, name)):
                raise TypeError(f"{name} must be a plain function: a turn does not wait")
