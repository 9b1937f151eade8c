"""What is known about a crash, in the manner of OTP's proc_lib."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field

from actors.runtime.inspection import Statistics
from actors.runtime.ref import Ref
from actors.runtime.supervision import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class CrashReport:
    """Who crashed over what, what came before, what waits, and what was decided.

    `render` leaves out what people wrote, and what errors say (they may quote it), unless
    *content* is asked for.
    """

    at: float
    during: str
    """Activation, a hook, or the name of the message's type."""
    error: BaseException = field(repr=False)
    decision: Decision
    actor: Statistics
    """The actor as it was then: its last turns, its mail, its effects and timers."""
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
            *(f"  before: {turn.message} {turn.outcome} at {turn.at:.3f}" for turn in actor.trace),
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
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )


def _listed(words: Iterator[str]) -> str:
    return ", ".join(words) or "none"
