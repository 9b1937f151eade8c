"""What the gate knows of one peer: its slot, its buckets, its penalty, who waits for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from actors.pacing import Level, Pace, Strain

LEASE: Final = 90.0
"""Seconds after which a slot that was never given back counts as free."""
SLOWEST: Final = 16.0
"""Previews never come more than so many times more slowly than they may."""
BARELY: Final = 1.2
"""A loop that is a little late is a loop at work, and no reason to hold back the first words."""
CALM: Final = 20
"""So many previews without a penalty, and they come a little faster again."""

Run = Callable[[bool], Awaitable[None]]
"""Shows a preview; the argument says that this only refreshes an unchanged one."""


@dataclass(slots=True, kw_only=True)
class Preview:
    """The preview slot of one chat."""

    run: Run
    draft: bool
    """Not an edit: channels count those with the messages."""
    lasts: float
    """Seconds after which it fades unless it is shown again."""
    fresh: bool = True
    shown: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerView:
    """What `/debug` shows of a peer."""

    until: float
    busy_since: float | None
    finals: tuple[str, ...]
    previews: tuple[str, ...]
    slowness: float = 1.0
    """How many times more slowly than usual previews come, since the channel complained."""
    left: float = 0.0
    """Messages and edits that may go out at once."""


class Peer:
    """One chat of a bot with all its topics, because that is what channels limit."""

    __slots__ = (
        "_calm",
        "_pace",
        "_strain",
        "busy_since",
        "drafts",
        "due",
        "finals",
        "granted",
        "last_preview",
        "previews",
        "private",
        "sends",
        "slowness",
        "until",
    )

    def __init__(self, pace: Pace, now: float, *, private: bool, strain: Strain) -> None:
        self._pace = pace
        self._strain = strain
        self._calm = 0
        self.private = private
        self.sends = Level(pace.private if private else pace.group, now)
        self.drafts = Level(pace.draft, now)
        self.until = 0.0
        self.busy_since: float | None = None
        self.finals: dict[str, None] = {}
        self.granted = ""
        """The chat whose slot it is as long as its call has not begun."""
        self.previews: dict[str, Preview] = {}
        self.last_preview = float("-inf")
        self.slowness = 1.0
        self.due = float("inf")
        """When the gate's heap will look at this peer next."""

    def view(self, now: float) -> PeerView:
        """Return what can be seen of it from outside."""
        self.sends.wait(self._pace.private if self.private else self._pace.group, now)
        return PeerView(
            until=self.until,
            busy_since=self.busy_since,
            finals=tuple(self.finals),
            previews=tuple(self.previews),
            slowness=self.slowness,
            left=self.sends.left,
        )

    def wait(self, now: float) -> float:
        """Return the seconds until a final may go out; 0 or less for now."""
        bucket = self._pace.private if self.private else self._pace.group
        return max(self._wait_for_slot(now), self.sends.wait(bucket, now))

    def wait_to_show(self, now: float, *, draft: bool) -> float:
        """Return the seconds until a preview may be shown; 0 or less for now."""
        pace, wait = self._pace, self._wait_for_slot(now)
        if draft:
            # A few come at once, so that the first words are there as soon as they are said.
            usual = self._strain.stretched(pace.gap) * self.slowness
            hurried = self.drafts.left < 1 or usual > pace.gap * BARELY
            gap = self.last_preview + usual - now if hurried else 0.0
            return max(wait, gap, self.drafts.wait(pace.draft, now))
        if self.private:
            bucket, spare, usual = pace.private, pace.spare_private, pace.edit_gap
        else:
            bucket, spare, usual = pace.group, pace.spare, pace.group_gap
        gap = self.last_preview + self._strain.stretched(usual) * self.slowness - now
        return max(wait, gap, self.sends.wait(bucket, now, spare))

    def begin(self, now: float, chat: str) -> None:
        """Take the slot for a final of *chat*."""
        self.busy_since, self.granted = now, chat
        self.sends.take()

    def show(self, slot: Preview, now: float) -> bool:
        """Take the slot for the preview in *slot*; return whether it only refreshes it."""
        refresh, slot.fresh, slot.shown = not slot.fresh, False, now
        self.granted = ""
        self.busy_since = self.last_preview = now
        (self.drafts if slot.draft else self.sends).take()
        return refresh

    def slow_down(self) -> None:
        """A preview met a penalty: they come half as often from now on."""
        self._calm = 0
        self.slowness = min(SLOWEST, self.slowness * 2)

    def calm_down(self) -> None:
        """A preview was shown: after enough of them they may come a little more often again."""
        if self.slowness > 1:
            self._calm += 1
            if self._calm >= CALM:
                self._calm = 0
                self.slowness = max(1.0, self.slowness * 0.9)

    def is_fresh(self, now: float) -> bool:
        """Whether a new record would equal this one."""
        bucket = self._pace.private if self.private else self._pace.group
        self.sends.wait(bucket, now)
        self.drafts.wait(self._pace.draft, now)
        full = self.sends.left >= bucket.burst and self.drafts.left >= self._pace.draft.burst
        return full and self.slowness == 1.0

    def _wait_for_slot(self, now: float) -> float:
        wait = self.until - now
        if self.busy_since is not None:
            wait = max(wait, self.busy_since + LEASE - now)
        return wait
