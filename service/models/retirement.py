"""Models that their provider has given notice of: until when they answer, and what comes after.

What the provider says with its answers counts more than the table, which is as old as this copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final

LEAD: Final = timedelta(days=60)
"""How long before the day operators want to know."""

ANNOUNCED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "gemini-2.5-flash": ("2026-12-01", "gemini-3.5-flash-lite"),
        "gemini-2.5-pro": ("2026-12-01", "gemini-3.8-flash"),
        "gemini-3-pro-image-preview": ("2026-06-25", "gemini-3-pro-image"),
        "gemini-3-pro-preview": ("2026-03-09", "gemini-3.1-pro-preview"),
        "gemini-3.1-flash-image-preview": ("2026-06-25", "gemini-3.1-flash-image"),
        "gemini-3.1-flash-lite": ("2027-05-07", ""),
        "gemini-3.1-flash-lite-preview": ("2026-05-25", "gemini-3.1-flash-lite"),
    }
)
"""Day and successor, from Google's page of deprecations as of November 2026."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """The end of a model."""

    model: str
    day: date
    successor: str = ""
    """What the provider recommends instead, where it does."""

    @property
    def args_for_person(self) -> dict[str, str]:
        """What the sentence's placeholders stand for."""
        other = self.successor or "none"
        return {"model": self.model, "day": self.day.isoformat(), "successor": other}


def near(
    models: Iterable[str], now: float, said: Mapping[str, str] | None = None
) -> tuple[Retirement, ...]:
    """Return those of *models* that end soon, or have ended, at wall time *now*.

    *said* are the days that providers have told themselves, by model.
    """
    latest = datetime.fromtimestamp(now, UTC).date() + LEAD
    found = (_of(model, (said or {}).get(model, "")) for model in dict.fromkeys(models))
    return tuple(each for each in found if each is not None and each.day <= latest)


def _of(model: str, said: str) -> Retirement | None:
    announced, successor = ANNOUNCED.get(model, ("", ""))
    for day in (said, announced):
        try:
            return Retirement(model=model, day=date.fromisoformat(day), successor=successor)
        except ValueError:  # nothing was said, or not in a way that we understand
            continue
    return None
