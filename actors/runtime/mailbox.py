"""Where messages wait for one actor: a lane for the system, a lane for people.

The system lane (effect results, timers, reports) is never dropped and always read first.
The user lane is strictly first in, first out, and bounded by ``Kind.capacity``. Mail for a
full one spills, if the kind can read it again (``Kind.refill``), and is refused if not; what
became of a message is a `Delivery`. Nothing is lost silently.
"""

from __future__ import annotations

from enum import Enum


class Delivery(Enum):
    """What became of a message that was told."""

    ACCEPTED = "accepted"
    SPILLED = "spilled"
    """The mailbox is full; it stays where it also stands and is read again in its order."""
    REJECTED = "rejected"
    """The mailbox is full."""
    QUARANTINED = "quarantined"
    """Refused, because it was an ask and its actor stands still until it is released."""
    CLOSED = "closed"
    """The system has shut down."""
