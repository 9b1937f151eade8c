"""Which tools the models get: those of the settings, with the connections they need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fsm.flow.definition import Definition
from service.settings import Settings
from service.tools.clock import Clock
from service.tools.declared import WITHIN, Tool, tool
from service.tools.fetching import Fetcher
from service.tools.guard import Guard
from service.tools.guides import Suggestions
from service.tools.news import News
from service.tools.pages import Pages
from service.tools.pictures import PATIENCE, draw_picture
from service.tools.reminders import Reminders
from service.tools.toolbox import Toolbox
from service.tools.units import convert_units
from service.tools.weather import Weather

Flows = Callable[[], Mapping[str, Definition]]
"""Returns the guided flows in force."""


@asynccontextmanager
async def opened_toolbox(settings: Settings, flows: Flows = dict) -> AsyncIterator[Toolbox]:
    """Own the tools' connections for as long as the block lasts; *flows* may be suggested."""
    async with AsyncExitStack() as stack:
        # Addresses of the settings are trusted; those that people and models name are not.
        trusted = await stack.enter_async_context(Fetcher())
        guarded = await stack.enter_async_context(Fetcher(Guard()))
        tools = [*_tools(settings, trusted, guarded)]
        if "guides" in settings.tools and flows():
            tools.append(Suggestions(flows).tool)
        yield Toolbox(tools)


def _tools(settings: Settings, trusted: Fetcher, guarded: Fetcher) -> Iterable[Tool]:
    """Yield the chosen tools, always in the same order: requests begin with them."""
    clock = Clock(settings.time_zone)
    weather = Weather(trusted, places=settings.places_url, forecast=settings.weather_url)
    every: dict[str, tuple[tuple[Any, ...], str]] = {
        "time": (clock.functions, "progress-tool"),
        "units": ((convert_units,), "progress-tool"),
        "reminders": (Reminders(clock.zone).functions, "progress-tool"),
        "weather": (weather.functions, "progress-weather"),
        "news": (News(trusted, settings.news_feeds).functions, "progress-news"),
        "pages": (Pages(guarded).functions, "progress-page"),
        "pictures": ((draw_picture,), "progress-drawing"),
    }
    for name, (functions, doing) in every.items():
        if name in settings.tools:
            within = PATIENCE if name == "pictures" else WITHIN
            for function in functions:
                yield tool(function, doing=doing, within=within)
