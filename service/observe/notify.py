"""Tells systemd that we are ready, alive, or about to end (sd_notify, without a library)."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping
from typing import Final

_LEAST: Final = 1.0
"""Seconds between two signs of life, at least."""


class Notify:
    """Speaks to the socket at *address*; without one it says nothing."""

    def __init__(self, address: str) -> None:
        # "@name" is a name in the kernel's own space, which has no file.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._said_at = 0.0

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Notify:
        """Return the one that systemd has asked for, if it has."""
        return cls(environment.get("NOTIFY_SOCKET", ""))

    def ready(self) -> None:
        """Say that we serve."""
        self._say(b"READY=1")

    def stopping(self) -> None:
        """Say that we are about to end."""
        self._say(b"STOPPING=1")

    def alive(self) -> None:
        """Give a sign of life; called as often as one likes."""
        now = time.monotonic()
        if self._address and now - self._said_at >= _LEAST:
            self._said_at = now
            self._say(b"WATCHDOG=1")

    def _say(self, what: bytes) -> None:
        if not self._address:
            return
        with (
            contextlib.suppress(OSError),  # nobody listens: no reason to stop serving
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line,
        ):
            line.setblocking(False)
            line.sendto(what, self._address)
