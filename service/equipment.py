"""Which tools the models get: those of the settings, with the connections they need."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio

from fsm.flow.definition import Definition
from service.observe.watch import Watch
from service.papers import own_tools_of
from service.settings import Settings
from service.settings_errors import CannotStartError
from service.tools import mcp_file
from service.tools.clock import Clock
from service.tools.declared import WITHIN, Tool, tool
from service.tools.fetching import Fetcher
from service.tools.guard import Guard
from service.tools.guides import Suggestions
from service.tools.mcp_file import Plan
from service.tools.mcp_server import McpServer, Standing, is_installed
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
async def opened_toolbox(
    settings: Settings, watch: Watch, flows: Flows = dict
) -> AsyncIterator[Toolbox]:
    """Own the tools' connections for as long as the block lasts; *flows* may be suggested.

    MCP servers are started meanwhile, and their tools offered when they are there.

    Raises:
        CannotStartError: The file of MCP servers does not fit, or nobody can talk to them; or a
            tool of the operator's own does not.

    """
    plans = planned(settings.mcp_servers)
    async with AsyncExitStack() as stack:
        # Addresses of the settings are trusted; those that people and models name are not.
        trusted = await stack.enter_async_context(Fetcher())
        guarded = await stack.enter_async_context(Fetcher(Guard()))
        tools = [*_tools(settings, trusted, guarded)]
        tools += own_tools_of(settings)
        if "guides" in settings.tools and flows():
            tools.append(Suggestions(flows).tool)
        toolbox = Toolbox(tools)
        if plans:
            tasks = await stack.enter_async_context(anyio.create_task_group())
            stack.callback(tasks.cancel_scope.cancel)
            for plan in plans:
                server = McpServer(plan, changed=toolbox.take)
                watch.servers.append(server.standing)
                tasks.start_soon(server.run, name=f"mcp {plan.name}")
        yield toolbox


async def tried(path: Path | None) -> list[Standing]:
    """Start or reach each MCP server in the file *path* once, and return how that went.

    Raises:
        CannotStartError: As `planned`.

    """
    return list(await asyncio.gather(*(McpServer(plan).try_once() for plan in planned(path))))


def planned(path: Path | None) -> tuple[Plan, ...]:
    """Return the MCP servers in the file *path*, none without one.

    Raises:
        CannotStartError: The file does not fit, or the package that it takes is not installed.

    """
    try:
        plans = mcp_file.read(path) if path else ()
    except mcp_file.McpFileError as error:
        raise CannotStartError("problem-mcp", what=str(error)) from None
    if plans and not is_installed():
        raise CannotStartError("problem-mcp-package")
    return plans


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
