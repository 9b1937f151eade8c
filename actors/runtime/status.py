"""How an actor stands: a set of bits. Zero means idle, so that one test finds the usual case."""

from __future__ import annotations

from typing import Final

QUEUED: Final = 1  # stands in the run queue, or is being visited
LOADING: Final = 2  # its state is on the way; mail waits
BACKOFF: Final = 4  # crashed a moment ago; mail waits
SUSPENDED: Final = 8  # somebody asked it to stand still
QUARANTINED: Final = 16  # crashed too often; stands still until released
RETIRING: Final = 32  # is being written away
REPLAYING: Final = 64  # loaded, but not resumed yet: replayed mail goes first
SPILLED: Final = 128  # older mail waits outside, so newer mail has to queue up behind it
HELD: Final = LOADING | BACKOFF | SUSPENDED | QUARANTINED | RETIRING

_NAMES: Final = {
    QUARANTINED: "quarantined",
    SUSPENDED: "suspended",
    BACKOFF: "backoff",
    LOADING: "loading",
    RETIRING: "retiring",
    REPLAYING: "replaying",
    QUEUED: "queued",
}


def named(bits: int) -> str:
    """Return what to call a status: the most telling bit decides."""
    return next((name for bit, name in _NAMES.items() if bits & bit), "idle")
