"""The pulse of the event loop: how late it is, and an end with a report when it has stopped.

A loop that is stuck cannot help itself: no supervisor on it runs either. So a thread watches
the beats; when none has come for too long it prints what every thread is doing and ends the
process with a code that makes its keeper (or systemd) start it again.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import anyio

from service import exits
from service.observe.notify import Notify

BEAT: Final = 0.25
"""Seconds between two beats."""
STUCK: Final = 30.0
"""Seconds without a beat after which the process ends."""
_KEPT: Final = 240
"""Beats of which the lag is remembered: one minute."""

End = Callable[[int], object]


class Pulse:
    """Measures how late the loop wakes us. *observe* gets each lag, in seconds."""

    def __init__(
        self,
        observe: Callable[[float], None] = lambda _: None,
        *,
        notify: Notify | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._observe = observe
        self._notify = notify or Notify("")
        self._clock = clock
        self._lags: deque[float] = deque(maxlen=_KEPT)
        self.beaten_at = clock()
        """When the loop last ran, on the monotonic clock."""

    @property
    def lag(self) -> float:
        """The greatest lag of the last minute, in seconds."""
        return max(self._lags, default=0.0)

    def silence(self) -> float:
        """Return for how many seconds the loop has not run."""
        return self._clock() - self.beaten_at

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            before = self._clock()
            await anyio.sleep(BEAT)
            self.beat(self._clock() - before - BEAT)

    def beat(self, lag: float) -> None:
        """Take note of one beat that came *lag* seconds late."""
        self.beaten_at = self._clock()
        lag = max(0.0, lag)
        self._lags.append(lag)
        self._observe(lag)
        self._notify.alive()


class Watchdog:
    """Ends the process when *pulse* has stopped; use it in ``with``."""

    def __init__(self, pulse: Pulse, *, stuck: float = STUCK, end: End = os._exit) -> None:
        self._pulse = pulse
        self._stuck = stuck
        self._end = end
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> Watchdog:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=1)

    def _watch(self) -> None:
        slept = time.monotonic()
        while not self._stop.wait(min(1.0, self._stuck / 10)):
            # A machine that was suspended has stopped us as well: that says nothing of the loop.
            paused = time.monotonic() - slept > self._stuck / 2
            slept = time.monotonic()
            if not paused and self._pulse.silence() > self._stuck:
                report(self._pulse.silence())
                self._end(exits.BROKEN)
                return


def report(silence: float) -> None:
    """Print what every thread is doing; places only, no values."""
    # Straight to stderr: the log's own locks may be what everybody waits for.
    with contextlib.suppress(OSError, ValueError):
        told = f"the event loop has not run for {silence:.0f} s; what every thread is doing:\n"
        sys.stderr.write(told)
        sys.stderr.flush()
        faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
