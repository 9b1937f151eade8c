"""What to do about a crash: a decision is a value, and a policy is arithmetic.

Nothing here acts. A policy is asked with lists of numbers, so it is tested with lists of
numbers, and the part of the runtime that obeys it stays thin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Skip:
    """The message becomes a dead letter; the actor goes on at once."""


@dataclass(frozen=True, slots=True)
class Retry:
    """The actor goes on after *delay* seconds; the message is tried once more, no oftener."""

    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The actor stands still, its effects are cancelled, until somebody releases it."""

    crashes: int = 1


@dataclass(frozen=True, slots=True)
class Escalate:
    """The trouble is bigger than this child: intake pauses, then the system ends."""

    crashes: int = 1


Decision: TypeAlias = Skip | Retry | Quarantine | Escalate
Verdict: TypeAlias = Skip | Quarantine | Escalate | None
"""What a table may say about an error; None leaves it to backoff and intensity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartPolicy:
    """Try again at once, then more and more slowly, then not at all.

    ``RestartPolicy(tolerates=3, within=60)`` forgives three crashes in any sixty seconds;
    the fourth puts the actor into quarantine (OTP: intensity and period). The delays double
    from *first* up to *longest*, with full jitter, and begin anew after *within* seconds of
    quiet. *decide* may overrule all this for an error it knows.
    """

    tolerates: int = 3
    within: float = 60.0
    first: float = 0.5
    longest: float = 30.0
    decide: Callable[[BaseException], Verdict] = lambda _: None

    def after(self, crashes: Sequence[float], now: float, jitter: float) -> Retry | Quarantine:
        """Return what to do about a crash at *now*, given all of them, this one included.

        *jitter* is a random number between 0 and 1.
        """
        recent = len(self.recent(crashes, now))
        if recent > self.tolerates:
            return Quarantine(recent)
        if recent <= 1:
            return Retry()
        # The exponent is bounded: 2.0 ** 1024 is an OverflowError, not a long delay.
        return Retry(jitter * min(self.longest, self.first * 2.0 ** min(recent - 2, 60)))

    def recent(self, crashes: Sequence[float], now: float) -> list[float]:
        """Return those of *crashes* that still count at *now*."""
        return [at for at in crashes if at > now - self.within]

    def decision(
        self, error: BaseException, crashes: Sequence[float], now: float, jitter: float
    ) -> Decision:
        """Return what to do about *error*: the severest word of the table, else `after`."""
        verdicts = [word for leaf in leaves(error) if (word := self.decide(leaf)) is not None]
        limit = self.after(crashes, now, jitter)
        return max((*verdicts, limit), key=lambda word: _SEVERITY.index(type(word)))


_SEVERITY: list[type[Decision]] = [Retry, Skip, Quarantine, Escalate]


def leaves(error: BaseException) -> Iterator[BaseException]:
    """Yield the errors that *error* is made of; groups may be nested in groups."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error


def by_type(
    table: Mapping[type[BaseException], Skip | Quarantine | Escalate],
) -> Callable[[BaseException], Verdict]:
    """Return a ``decide`` that reads *table*; the first row that fits wins."""

    def decide(error: BaseException) -> Verdict:
        return next((word for kind, word in table.items() if isinstance(error, kind)), None)

    return decide
