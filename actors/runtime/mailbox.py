"""Where messages wait for one actor: a lane for the system, a lane for people.

The system lane (effect results, timers, reports) is never dropped and always read first.
The user lane is strictly first in, first out, and bounded; what happens when it is full is
an `Overflow`, and what became of a message is a `Delivery`. Nothing is lost silently.
"""

from __future__ import annotations

from enum import Enum


class Overflow(Enum):
    """What to do with a message for a full mailbox."""

    SPILL = "spill"
    """Leave it where it also stands (the journal) and read it again when the mailbox drains."""
    COALESCE = "coalesce"
    """Let it replace a waiting one of the same key at any time; refuse it if there is none."""
    DROP_OLDEST = "drop oldest"
    """The oldest waiting one becomes a dead letter."""
    REJECT = "reject"
    """Refuse it; the sender is told by the return value."""


class Delivery(Enum):
    """What became of a message that was told."""

    ACCEPTED = "accepted"
    COALESCED = "coalesced"
    SPILLED = "spilled"
    REJECTED = "rejected"
    QUARANTINED = "quarantined"
    """Refused, because it was an ask and its actor stands still until it is released."""
    CLOSED = "closed"
    """The system has shut down."""
