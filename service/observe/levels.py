"""How much is logged: chosen at the start, and changeable while the service runs."""

from __future__ import annotations

import logging
from typing import Final

from service.observe.structured import structlog

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_QUIETER: Final = (
    "transitions",
    "asyncio",
    "aiohttp",
    "aiogram",
    "httpx2",
    "httpcore2",
    "google_genai",
    "openai",
)
"""Libraries whose everyday lines are no event of ours."""
_SILENT: Final = ("mcp",)
"""Libraries whose lines, errors included, hold what people say and what tools answer."""


class _Chosen:
    now = "info"
    at_start = "info"


def start_with(name: str) -> None:
    """Log what is at least as important as *name*; `toggle` comes back to it."""
    _Chosen.at_start = name
    choose(name)


def choose(name: str) -> None:
    """Log from now on what is at least as important as *name*, one of `LEVELS`."""
    _Chosen.now, number = name, LEVELS[name]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(number))
    logging.getLogger().setLevel(number)
    for library in _QUIETER:
        logging.getLogger(library).setLevel(max(number, logging.WARNING))
    for library in _SILENT:
        logging.getLogger(library).setLevel(logging.CRITICAL)


def chosen() -> str:
    """Return the level as it is now."""
    return _Chosen.now


def toggle() -> None:
    """Log everything, or again as much as at the start; what SIGUSR1 does."""
    choose(_Chosen.at_start if _Chosen.now == "debug" else "debug")
    structlog.get_logger().warning("log level", level=_Chosen.now)
