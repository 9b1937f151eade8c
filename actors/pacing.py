"""How fast a peer may be called: token buckets, and the figures that fill them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A rate: *burst* calls at once, then one every *every* seconds. `every=0`: no limit."""

    burst: float
    every: float

    def scaled(self, factor: float) -> Bucket:
        """Return the same rate with a pause *factor* times as long."""
        return replace(self, every=self.every * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the gate lets calls through; every number is a setting.

    The figures are Telegram's published advice (about 1 message a second in a private chat,
    20 a minute in a group); edits count as messages, drafts have a bucket of their own.
    """

    private: Bucket = Bucket(burst=4, every=1.0)
    group: Bucket = Bucket(burst=5, every=4.0)
    """Together at most 20 in any minute."""
    draft: Bucket = Bucket(burst=3, every=0.5)
    spare: float = 2.0
    """In groups previews stop when only so many calls are left: they are for finals."""
    spare_private: float = 2.0
    """The same where an answer grows by edits in a private chat."""
    gap: float = 0.5
    """Seconds between two drafts of a peer, at least."""
    edit_gap: float = 1.5
    """Seconds between two edits that show an answer growing in a private chat."""
    group_gap: float = 2.0
    """The same in a group."""

    def scaled(self, factor: float) -> Pace:
        """Return the same pace with every pause *factor* times as long."""
        return replace(
            self,
            private=self.private.scaled(factor),
            group=self.group.scaled(factor),
            draft=self.draft.scaled(factor),
            gap=self.gap * factor,
            edit_gap=self.edit_gap * factor,
            group_gap=self.group_gap * factor,
        )


UNPACED: Final = Pace(
    private=Bucket(burst=1, every=0),
    group=Bucket(burst=1, every=0),
    draft=Bucket(burst=1, every=0),
    spare=0,
    spare_private=0,
    gap=0,
    edit_gap=0,
    group_gap=0,
)
"""No buckets and no pauses, for load tests; penalties are obeyed all the same."""

FINEST: Final = 1e-6
"""Seconds; a shorter wait is none: added to wall seconds it would be rounded away, and waiting
until then would be waiting for now, for ever."""


class Level:
    """What is left in a bucket."""

    __slots__ = ("at", "left")

    def __init__(self, bucket: Bucket, now: float) -> None:
        self.left = bucket.burst
        self.at = now

    def wait(self, bucket: Bucket, now: float, spare: float = 0.0) -> float:
        """Return the seconds until a call may pass and leave *spare* behind; 0 for now."""
        if not bucket.every:
            self.left = bucket.burst
            return 0.0
        self.left = min(bucket.burst, self.left + (now - self.at) / bucket.every)
        self.at = now
        wait = (1.0 + spare - self.left) * bucket.every
        return wait if wait > FINEST else 0.0

    def take(self) -> None:
        """Count one call."""
        self.left -= 1.0


class Strain:
    """How late the loop comes to what is due: previews give way before anything else suffers.

    Smoothed over about the last ten looks. A loop that is 20 ms late shows previews half as
    often; however late it is, a person sees something new every `LONGEST_GAP` seconds.
    """

    __slots__ = ("late",)

    def __init__(self) -> None:
        self.late = 0.0
        """Seconds."""

    def note(self, late: float) -> None:
        """Take in that something was *late* by so many seconds."""
        self.late += (min(max(late, 0.0), LATEST) - self.late) * SMOOTHING

    def stretched(self, gap: float) -> float:
        """Return how long the *gap* between two previews has to be now."""
        return max(gap, min(gap * (1.0 + self.late / TOLERATED), LONGEST_GAP))


TOLERATED: Final = 0.02
LATEST: Final = 1.0
"""What a jump of the wall clock, or a machine that slept, may count for at most."""
SMOOTHING: Final = 0.1
LONGEST_GAP: Final = 1.8
