"""Whether the service is there, seen from outside: by its asking for updates."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from service.playground.stage import Stage

GRACE: Final = 1.5
"""Seconds between two calls of ``getUpdates`` that are nothing to worry about."""


class Heartbeat:
    """Knows when the service asks, when it has gone, and for how long it was away."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._asking = 0
        self._alarm: asyncio.TimerHandle | None = None
        self._gone_at: float | None = None
        self.state = "never"

    def begins(self) -> None:
        """Note that a ``getUpdates`` has come in."""
        self._asking += 1
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self.state == "up":
            return
        away = None if self._gone_at is None else round(time.monotonic() - self._gone_at, 1)
        self._gone_at = None
        self._change("up", after=away)

    def ends(self) -> None:
        """Note that a ``getUpdates`` was answered, or that its connection broke."""
        self._asking -= 1
        if self._asking == 0 and self.state == "up":
            since = time.monotonic()
            self._alarm = asyncio.get_running_loop().call_later(GRACE, self._missing, since)

    def killed(self) -> None:
        """Note that somebody has just killed the service."""
        self._gone_at = time.monotonic()
        self._change("killed")

    def _missing(self, since: float) -> None:
        self._alarm = None
        self._gone_at = since
        self._change("down")

    def _change(self, state: str, **more: Any) -> None:
        self.state = state
        self._stage.tell("service", state=state, **more)

    def close(self) -> None:
        """Stop waiting for it."""
        if self._alarm is not None:
            self._alarm.cancel()
