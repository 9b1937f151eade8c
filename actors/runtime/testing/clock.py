"""A clock for tests on loops whose own clock cannot be moved."""

from __future__ import annotations


class ManualClock:
    """Stands still until somebody moves it."""

    def __init__(self, at: float = 1_700_000_000.0) -> None:
        self._at = at

    def now(self) -> float:
        """Return where it stands."""
        return self._at

    def advance(self, seconds: float) -> None:
        """Move it forward."""
        if seconds < 0:
            raise ValueError(f"time does not run backwards, so not by {seconds} s")
        self._at += seconds
