"""What was used and what it cost, by day: added up by the rules, for a chat, a person, or all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

DAY: Final = 86_400
DAYS: Final = 31
"""Days that are kept one by one; the total goes back to the beginning."""
CENT: Final = 10_000
"""Costs are whole millionths of a dollar: added up in any order they give the same sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What calls of a model used."""

    calls: int = 0
    prompt: int = 0
    """Tokens read, those from the provider's cache included."""
    cached: int = 0
    output: int = 0
    """Tokens written, thoughts included."""
    cost: int = 0
    """Millionths of a dollar."""

    @property
    def cached_share(self) -> int | None:
        """Per cent of what was read that came from the cache; None where nothing was read."""
        return round(100 * self.cached / self.prompt) if self.prompt else None

    def __add__(self, other: Spending) -> Spending:
        """Return both together."""
        return Spending(
            calls=self.calls + other.calls,
            prompt=self.prompt + other.prompt,
            cached=self.cached + other.cached,
            output=self.output + other.output,
            cost=self.cost + other.cost,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """An event of the rules: a call of a model has ended unheard, and this is what it took."""

    spending: Spending


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What one day took."""

    number: int
    """Days since the beginning of 1970, in UTC."""
    spent: Spending


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was used so far."""

    total: Spending = field(default_factory=Spending)
    days: tuple[Day, ...] = ()
    """The last days on which anything was used, oldest first."""

    def on(self, now: float) -> Spending:
        """Return what the day of *now* took so far."""
        number = int(now // DAY)
        return next((day.spent for day in self.days if day.number == number), Spending())


def added(usage: Usage, spent: Spending, now: float) -> Usage:
    """Return *usage* after *spent* at wall time *now*."""
    number = int(now // DAY)
    others = tuple(day for day in usage.days if number - DAYS < day.number and day.number != number)
    today = Day(number=number, spent=usage.on(now) + spent)
    return Usage(total=usage.total + spent, days=(*others, today))


def dollars(cost: int) -> str:
    """Return *cost* as people write it: cents where there are any, more digits for less."""
    if cost and cost < CENT:
        return f"${cost / 1_000_000:.5f}".rstrip("0")
    return f"${cost / 1_000_000:.2f}"
