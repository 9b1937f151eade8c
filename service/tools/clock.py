"""What time it is, anywhere; no network."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Final

from actors.ports import Setting
from service.tools.declared import ToolError

_AREAS: Final = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe",
                 "Indian", "Pacific")  # fmt: skip
_ALSO: Final = {
    "beijing": "Asia/Shanghai",
    "peking": "Asia/Shanghai",
    "bombay": "Asia/Kolkata",
    "mumbai": "Asia/Kolkata",
    "delhi": "Asia/Kolkata",
    "san francisco": "America/Los_Angeles",
    "washington": "America/New_York",
    "munich": "Europe/Berlin",
    "hamburg": "Europe/Berlin",
    "milan": "Europe/Rome",
    "gmt": "UTC",
    "北京": "Asia/Shanghai",
    "上海": "Asia/Shanghai",
    "东京": "Asia/Tokyo",
    "伦敦": "Europe/London",
    "纽约": "America/New_York",
    "巴黎": "Europe/Paris",
    "柏林": "Europe/Berlin",
}


def zone_of(place: str) -> tzinfo:
    """Return the time zone of a name such as `Asia/Tokyo`, or of a city that one is named after.

    Raises:
        ToolError: There is no such zone.

    """
    wanted = " ".join(place.replace("_", " ").split()).casefold()
    city = wanted.partition(",")[0]
    found = (_names().get(each) or _ALSO.get(each) for each in (wanted, city))
    name = next(filter(None, found), None)
    if name is None:
        raise ToolError(f"No time zone is known for {place!r}; try a name like Asia/Tokyo.")
    return UTC if name == "UTC" else zoneinfo.ZoneInfo(name)


@cache
def _names() -> dict[str, str]:
    """Return zones by their name and by their city, in small letters."""
    zones = sorted(zoneinfo.available_timezones())
    cities = {
        name.rpartition("/")[2].replace("_", " ").casefold(): name
        for name in zones
        if name.startswith(_AREAS)
    }
    return {**cities, **{name.replace("_", " ").casefold(): name for name in zones}}


def shown(at: float, zone: tzinfo) -> str:
    """Return a wall time as people and models read it."""
    return datetime.fromtimestamp(at, zone).strftime("%A, %Y-%m-%d %H:%M (UTC%z)")


class Clock:
    """Tells the time in the zone of the service, or in any other."""

    def __init__(self, zone: str) -> None:
        self.zone = zone_of(zone)
        self._name = zone

    @property
    def functions(self) -> tuple[Callable[..., object], ...]:
        """The functions that are tools."""
        return (self.current_time,)

    async def current_time(self, setting: Setting, place: str = "") -> str:
        """Tell the current date and time. Use it for anything that depends on today or now.

        Args:
            place: A time zone such as Asia/Tokyo, or a big city; empty for the person's own time.

        """
        zone = zone_of(place) if place.strip() else self.zone
        return f"{shown(setting.now, zone)}, {place.strip() or self._name}"
