"""What is known about a crash, in the manner of OTP's proc_lib."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from actors.runtime.actor import Actor, Envelope
from actors.runtime.ref import Ref
from actors.runtime.supervision import Decision
from actors.runtime.trace import Traced, Traces


@dataclass(frozen=True, slots=True, kw_only=True)
class CrashReport:
    """Who crashed over what, what came before, what waits, and what was decided.

    `render` leaves out what people wrote, and what errors say (they may quote it), unless
    *content* is asked for.
    """

    ref: Ref
    at: float
    during: str
    """Activation, retirement, refill, or the name of the message's type."""
    error: BaseException = field(repr=False)
    crashes: int
    decision: Decision
    trace: tuple[Traced, ...]
    mailbox: dict[str, int]
    effects: tuple[str, ...]
    timers: tuple[str, ...]
    message: object = field(default=None, repr=False)
    state: object = field(default=None, repr=False)

    def render(self, *, content: bool = False) -> str:
        """Return the report as text for an operator."""
        lines = [
            f"crash report: {self.ref} during {self.during}, crash {self.crashes} in a row",
            f"  decision: {self.decision}",
            *(f"  cause: {line}" for line in chain(self.error, content=content)),
            f"  mailbox: {_listed(self.mailbox)}",
            f"  effects: {', '.join(self.effects) or 'none'}",
            f"  timers: {', '.join(self.timers) or 'none'}",
            *(f"  before: {turn.message} {turn.outcome} at {turn.at:.3f}" for turn in self.trace),
        ]
        if content:
            lines += [f"  message: {self.message!r}", f"  state: {self.state!r}"]
        return "\n".join(lines)


def report(
    actor: Actor, at: float, during: str, error: BaseException, decision: Decision, message: object
) -> CrashReport:
    """Return the report of a crash of *actor*."""
    extra = actor.extra
    return CrashReport(
        ref=actor.cell.ref(actor.key),
        at=at,
        during=during,
        error=error,
        crashes=len(extra.crashes) if extra else 0,
        decision=decision,
        trace=Traces.of(actor),
        mailbox=waiting(actor),
        effects=tuple(extra.effects) if extra else (),
        timers=tuple(timer.name for timer in actor.cell.timers.of(actor.key)),
        message=message,
        state=actor.state,
    )


def waiting(actor: Actor) -> dict[str, int]:
    """Return how many messages of which type wait for *actor*."""
    mail = (*(actor.system or ()), *(actor.user or ()))
    return dict(Counter(type(_opened(message)).__name__ for message in mail))


def _opened(mail: object) -> object:
    return mail.message if type(mail) is Envelope else mail


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
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "empty"
