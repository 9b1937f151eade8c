"""How many people use the bot: counted exactly, without keeping who they are.

Of each person a keyed hash is kept with the last day they were seen; the key never leaves the
value, and whoever has been away for a month is forgotten. Days are UTC.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from actors.runtime.behaviour import Committed, Turn
from snapshots import Store

DAY: Final = 86_400
MONTH: Final = 30
_DAYS_KEPT: Final = 60
KEY: Final = "audience"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who was seen when, as far as anybody may know."""

    key: bytes = b""
    people: Mapping[bytes, int] = field(default_factory=dict, repr=False)
    """Hash of a person, and the last day they were seen."""
    daily: tuple[tuple[int, int], ...] = ()
    """Day and how many were active, oldest first."""

    def active(self, today: int, days: int) -> int:
        """Return how many people were seen in the *days* days up to *today*."""
        return sum(1 for last in self.people.values() if last > today - days)

    def by_day(self, today: int, days: int) -> list[int]:
        """Return how many people were active on each of the *days* days up to *today*."""
        known = dict(self.daily)
        return [known.get(day, 0) for day in range(today - days + 1, today + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Somebody was active on a day, for the first time on it."""

    person: bytes
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A person has done something; told to the actor, and not kept."""

    person: str


def apply(audience: Audience, seen: Seen) -> Audience:
    """Return *audience* after *seen*; the same when that was known."""
    last = audience.people.get(seen.person, 0)
    if last >= seen.day:
        return audience
    people = dict(audience.people)
    people[seen.person] = seen.day
    daily = dict(audience.daily)
    if seen.day not in daily:  # a new day: whoever was away for a month goes
        people = {each: day for each, day in people.items() if day > seen.day - MONTH}
    daily[seen.day] = daily.get(seen.day, 0) + 1
    kept = sorted(daily.items())[-_DAYS_KEPT:]
    return replace(audience, people=people, daily=tuple(kept))


class Counting:
    """What the `fleet` actor is made of."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._today = 0
        self._seen: set[str] = set()

    def is_new(self, person: str, now: float) -> bool:
        """Whether *person* has not been told of today; most updates end here, in a microsecond."""
        today = int(now // DAY)
        if today != self._today:
            self._today, self._seen = today, set()
        if not person or person in self._seen:
            return False
        self._seen.add(person)
        return True

    @staticmethod
    def initial(_key: str) -> Audience:
        """Return the value of a house that nobody has visited."""
        return Audience(key=secrets.token_bytes(16))

    def turn(
        self, audience: Audience, message: Came, now: float
    ) -> tuple[Audience, Sequence[object]]:
        """Count one person."""
        return apply(audience, _seen(audience, message, now)), ()

    def commit(self, turn: Turn[Audience]) -> Committed[Audience]:
        """Keep what has changed: the first time all of it, then each newcomer by a small record."""
        before, after = turn.before, turn.after
        key = f"fleet/{KEY}"
        ticket = None
        if after is not before and not before.people:
            ticket = self._store.commit(key, after)
        elif after is not before:
            ticket = self._store.amend(key, _seen(before, turn.message, turn.now))
        return Committed(state=after, effects=turn.effects, ticket=ticket)

    async def load(self, key: str) -> Audience | None:
        """Return the value as it was left."""
        value = await self._store.load(f"fleet/{key}")
        return value if isinstance(value, Audience) else None


def _seen(audience: Audience, message: object, now: float) -> Seen:
    assert isinstance(message, Came)
    hashed = hashlib.blake2s(message.person.encode(), key=audience.key, digest_size=8).digest()
    return Seen(person=hashed, day=int(now // DAY))
