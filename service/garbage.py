"""Python's cycle collector, told what kind of program this is.

By default it looks for cycles after every 700 new objects, and through everything that is alive
whenever that has grown by a quarter. A service with thousands of chats in memory makes few cycles
and keeps much: that cost a fifth of the CPU of a turn, and stopped the loop for up to 400 ms.
`python -m benchmarks.standard_turn` shows what it costs now.
"""

from __future__ import annotations

import gc
from typing import Final

_THRESHOLDS: Final = (100_000, 10, 20)
"""How many more objects there must be until the young are looked through, such looks until the
middle-aged are, and such until the old are. Hundreds of answers under way are tens of thousands of
objects that come and go: looking at them finds nothing, because an answer leaves no cycles. What
does leave some takes about ten megabytes at most."""


def collect_seldom() -> None:
    """Collect as seldom as suits a service; also spares a start the looks while it imports."""
    gc.set_threshold(*_THRESHOLDS)


def spare_what_is_here() -> None:
    """Never look again at what exists now: code, settings and texts live as long as the process."""
    gc.freeze()
