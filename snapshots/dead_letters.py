"""Dead letters on disk: what nobody could handle, kept for an operator to read and replay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgpack

from snapshots.disk import Appender, Disk
from snapshots.records import read_bodies, seal

PATH = "dead-letters"


class DeadLetterFile:
    """Grows by one checked record per letter."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._appender: Appender | None = None

    def bury(self, record: Mapping[str, Any]) -> None:
        """Keep *record*, which must be plain data; it is on disk when this returns.

        Raises:
            OSError: It is not.

        """
        if self._appender is None:
            self._appender = self._disk.append_to(PATH)
        self._appender.write(seal(msgpack.packb(dict(record), use_bin_type=True, default=repr)))
        self._appender.sync()

    def read(self) -> list[dict[str, Any]]:
        """Return every letter, oldest first."""
        try:
            data = self._disk.read(PATH)
        except FileNotFoundError:
            return []
        return [
            msgpack.unpackb(body, raw=False, strict_map_key=False) for body in read_bodies(data)
        ]
