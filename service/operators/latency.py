"""How long people wait: percentiles of a list of seconds."""

from __future__ import annotations

from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value that *share* (0 to 1) of *values* do not exceed; None of none.

    The nearest rank: always a value that has really occurred.
    """
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -int(-share * len(ordered) // 1) - 1))]
