"""When an ended service is started again: a rule about numbers, without processes."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the keeper keeps trying."""

    first: float = 0.5
    """Seconds before the first restart; every quick failure doubles them."""
    longest: float = 30.0
    quick: float = 10.0
    """A life of fewer seconds was a quick failure; a longer one forgives the earlier ones."""
    tolerates: int = 6
    """After so many quick failures in a row it gives up."""
    grace: float = 10.0
    """Seconds that the service has for its end, before it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    """How often in a row the service has failed quickly."""

    failures: int = 0

    def after(self, lived: float, patience: Patience) -> Restarts:
        """Return the count after a life of *lived* seconds that ended badly."""
        quick = lived < patience.quick
        return replace(self, failures=self.failures + 1 if quick else 0)

    def delay(self, patience: Patience) -> float | None:
        """Return the seconds to wait before the next start; None means: give up."""
        if self.failures >= patience.tolerates:
            return None
        return float(min(patience.longest, patience.first * 2 ** max(0, self.failures - 1)))
