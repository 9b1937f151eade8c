"""Gives up on a silent stream with one timer for all its reads; a timeout for each costs more."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable


class Watchdog:
    """Calls *hang_up* once, when something that was expected by a certain time did not come.

    Times are those of the running event loop. The timer is set anew only when it rings, or for
    an earlier time: each read just notes until when it may take.
    """

    def __init__(
        self, hang_up: Callable[[], None], loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        self._hang_up = hang_up
        self._loop = loop or asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._by = math.inf
        self.barked = False
        """Whether it has hung up."""

    def expect(self, by: float) -> None:
        """Hang up at *by*, unless something else is expected, or nothing, before."""
        self._by = by
        if self._timer is None or by < self._timer.when():
            self._set()

    def rest(self) -> None:
        """Expect nothing: what has come is being dealt with."""
        self._by = math.inf

    def close(self) -> None:
        """Never bark again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self) -> None:
        self.close()
        self._timer = self._loop.call_at(self._by, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._loop.time() >= self._by:
            self.barked = True
            self._hang_up()
        elif self._by < math.inf:
            self._set()
