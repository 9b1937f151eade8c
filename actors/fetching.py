"""Fetching what people sent, for a model; whoever waits for it is told so after a moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from actors.later import Later
from actors.ports import Request
from fsm.content import Media
from fsm.tool_events import Progressed

PATIENCE = 1.0
"""Seconds that a download may take without a word about it; most take less."""

Fetch = Callable[[Media], Awaitable[bytes | Path]]


def announced(
    fetch: Fetch, request: Request, report: Callable[[object], None], later: Later
) -> Fetch:
    """Return *fetch* that reports when it takes long."""
    doing = Progressed(turn=request.turn, attempt=request.attempt, key="progress-fetching")

    async def fetched(media: Media) -> bytes | Path:
        patience = later.after(PATIENCE, partial(report, doing))
        try:
            return await fetch(media)
        finally:
            patience.cancel()

    return fetched
