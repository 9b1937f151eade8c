"""What happens inside, told to whoever counts or logs: one frozen record per event.

Only what should not happen is told; turns, effects, comings and goings are counted in `Counts`.
No record shows the content of a message unless it is asked to.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from actors.runtime.inspection import Statistics, Traced
    from actors.runtime.ref import Ref
    from actors.runtime.supervision import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class CrashReport:
    """A turn or an activation raised: who crashed over what, what waits, what was decided.

    It is in the manner of OTP's proc_lib. `render` leaves out what people wrote, and what
    errors say (they may quote it), unless *content* is asked for.
    """

    at: float
    during: str
    """Activation, a hook, or the name of the message's type."""
    error: BaseException = field(repr=False)
    decision: Decision
    actor: Statistics
    """The actor as it was then: its mail, its effects and timers."""
    trace: tuple[Traced, ...] = ()
    """Its last turns."""
    message: object = field(default=None, repr=False)
    state: object = field(default=None, repr=False)

    @property
    def ref(self) -> Ref:
        """Who crashed."""
        return self.actor.ref

    def render(self, *, content: bool = False) -> str:
        """Return the report as text for an operator."""
        actor = self.actor
        lines = [
            f"crash report: {actor.ref} during {self.during}, crash {actor.crashes} in a row",
            f"  decision: {self.decision}",
            *(f"  cause: {line}" for line in chain(self.error, content=content)),
            f"  mailbox: {_listed(f'{n} {name}' for name, n in actor.mailbox.items())}",
            f"  effects: {_listed(effect.name for effect in actor.effects)}",
            f"  timers: {_listed(timer.name for timer in actor.timers)}",
            *(f"  before: {turn.message} {turn.outcome} at {turn.at:.3f}" for turn in self.trace),
        ]
        if content:
            lines += [f"  message: {self.message!r}", f"  state: {self.state!r}"]
        return "\n".join(lines)


def chain(error: BaseException, *, content: bool = False) -> Iterator[str]:
    """Yield a line for *error* and for everything that caused it, innermost place included."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)
        place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        said = f": {current}" if content else ""
        yield f"{type(current).__name__}{place}{said}"
        if isinstance(current, BaseExceptionGroup):
            for inner in current.exceptions:
                yield from (f"  {line}" for line in chain(inner, content=content))
        hidden = None if current.__suppress_context__ else current.__context__
        current = current.__cause__ or hidden


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"


class Reason(Enum):
    """Why nobody handled a message."""

    POISON = "poison"
    """It crashed its turn twice."""
    SKIPPED = "skipped"
    """The policy's table said so at its first crash."""
    REJECTED = "rejected"
    """A full mailbox refused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message that will not be handled, and why.

    The latest are kept in memory. What must not be lost with the process is the observer's to
    keep: it is told of every one.
    """

    number: int
    at: float
    ref: Ref
    reason: Reason
    message: object = field(repr=False)
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An actor crashed too often and stands still."""

    ref: Ref
    crashes: int


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """A long-running child ended; None for *restarts_in* means that it stays so."""

    name: str
    error: BaseException
    restarts_in: float | None


@dataclass(frozen=True, slots=True)
class Faulty:
    """Something that must not raise did (a hook, the observer); the runtime went on."""

    what: str
    error: BaseException


@dataclass(frozen=True, slots=True)
class Escalating:
    """The system is about to end; intake pauses."""

    reason: str


Happening: TypeAlias = CrashReport | DeadLetter | Quarantined | ChildEnded | Faulty | Escalating
Observer: TypeAlias = Callable[[Happening], None]
"""Is told what happens. Must be quick; what it raises is told once more, as `Faulty`."""


@dataclass(slots=True)
class Counts:
    """How often what has happened to the actors of one kind, since the start.

    Of the user lanes: told = accepted + spilled + rejected + closed, and
    accepted + refilled = handled + dropped + what still waits.
    """

    turns: int = 0
    """Of both lanes, crashed ones included."""
    spilled: int = 0
    rejected: int = 0
    closed: int = 0
    dropped: int = 0
    refilled: int = 0
    handled: int = 0
    crashes: int = 0
    poisoned: int = 0
    quarantined: int = 0
    activations: int = 0
    retirements: int = 0
    effects_started: int = 0
    effects_ended: int = 0
    effects_failed: int = 0
    effects_cancelled: int = 0
    effects_covered: int = 0
    late_reports: int = 0
    stale_timers: int = 0
    unheard_replies: int = 0
    faults: int = 0
