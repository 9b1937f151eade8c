"""The weather of any place, from Open-Meteo, which wants no key."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import msgspec
from yarl import URL

from service.tools.declared import ToolError
from service.tools.fetching import Fetcher

# https://open-meteo.com/en/docs, the table of WMO weather interpretation codes.
_SKIES: Final = {
    0: "clear sky", 1: "mainly clear", 2: "partly cloudy", 3: "overcast", 45: "fog",
    48: "rime fog", 51: "light drizzle", 53: "drizzle", 55: "dense drizzle",
    56: "freezing drizzle", 57: "dense freezing drizzle", 61: "light rain", 63: "rain",
    65: "heavy rain", 66: "freezing rain", 67: "heavy freezing rain", 71: "light snow",
    73: "snow", 75: "heavy snow", 77: "snow grains", 80: "light showers", 81: "showers",
    82: "violent showers", 85: "snow showers", 86: "heavy snow showers", 95: "thunderstorm",
    96: "thunderstorm with hail", 99: "thunderstorm with heavy hail",
}  # fmt: skip
_NOW: Final = "temperature_2m,apparent_temperature,relative_humidity_2m,weather_code,wind_speed_10m"
_DAILY: Final = "weather_code,temperature_2m_max,temperature_2m_min,precipitation_probability_max"


class Weather:
    """Asks for a place, then for its weather."""

    def __init__(self, fetcher: Fetcher, *, places: str, forecast: str) -> None:
        self._fetcher = fetcher
        self._places = URL(places)
        self._forecast = URL(forecast)

    @property
    def functions(self) -> tuple[Callable[..., object], ...]:
        """The functions that are tools."""
        return (self.weather,)

    async def weather(self, place: str, days: int = 3) -> str:
        """Tell the current weather of a place and the forecast for the next days.

        Args:
            place: A city or village, with its state or country if there could be several.
            days: Days of forecast, 1 to 7.

        """
        found = await self._place(place)
        about = {
            "latitude": str(found["latitude"]),
            "longitude": str(found["longitude"]),
            "current": _NOW,
            "daily": _DAILY,
            "timezone": "auto",
            "forecast_days": str(min(7, max(1, days))),
        }
        told = await self._asked(self._forecast / "v1/forecast" % about)
        try:
            return "\n".join([_where(found), _current(told), *_days(told)])
        except (KeyError, TypeError, IndexError):
            raise ToolError("The weather service answered with something else.") from None

    async def _place(self, place: str) -> dict[str, Any]:
        name, *where = [part.strip() for part in re.split("[,，]", place)]
        asked = {"name": name[:100], "count": "10"}
        found = (await self._asked(self._places / "v1/search" % asked)).get("results")
        results = [
            each
            for each in (found if isinstance(found, list) else ())
            if isinstance(each, dict) and "latitude" in each and "longitude" in each
        ]
        if not results:
            raise ToolError(f"No place named {place!r} is known.")
        # The first is the largest; of several that fit as well, too.
        return max(results, key=lambda each: sum(_lies_in(each, part) for part in where))

    async def _asked(self, url: URL) -> dict[str, Any]:
        _, body = await self._fetcher.get(url, accept="application/json")
        try:
            told = msgspec.json.decode(body)
        except msgspec.DecodeError:
            told = None
        if not isinstance(told, dict):
            raise ToolError("The weather service answered with something else.")
        return told


def _lies_in(found: dict[str, Any], part: str) -> bool:
    """Whether *part*, a state or a country, is where the place is."""
    wanted = part.casefold()
    if len(wanted) == 2:
        return wanted == str(found.get("country_code", "")).casefold()
    names = (found.get(name) for name in ("country", "admin1", "admin2", "admin3"))
    return bool(wanted) and any(wanted in str(each or "").casefold() for each in names)


def _where(found: dict[str, Any]) -> str:
    parts = (found.get("name"), found.get("admin1"), found.get("country"))
    return ", ".join(str(part) for part in parts if part)


def _current(told: dict[str, Any]) -> str:
    now = told["current"]
    return (
        f"Now: {_SKIES.get(now['weather_code'], 'unknown')}, {now['temperature_2m']} °C"
        f" (feels like {now['apparent_temperature']} °C), humidity {now['relative_humidity_2m']} %,"
        f" wind {now['wind_speed_10m']} km/h"
    )


def _days(told: dict[str, Any]) -> list[str]:
    days = told["daily"]
    return [
        f"{day}: {_SKIES.get(days['weather_code'][at], 'unknown')},"
        f" {days['temperature_2m_min'][at]} to {days['temperature_2m_max'][at]} °C,"
        f" rain {days['precipitation_probability_max'][at]} %"
        for at, day in enumerate(days["time"])
    ]
