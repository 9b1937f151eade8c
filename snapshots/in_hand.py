"""Which update is in hand: a slot that outlives the process, but need not outlive the power.

An update whose own turn was running at two abnormal ends in a row is to be set aside: it may be
what ends the process. Mail that merely waited is innocent.
"""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path
from typing import Final, Protocol

_SLOT: Final = struct.Struct("<QQQ")  # in hand now; suspected at the last start; how often
DEADLY: Final = 2
"""Abnormal ends in a row, with the same update in hand, that make it a poison."""


class InHand(Protocol):
    """Remembers the update of the running turn."""

    @property
    def poison(self) -> int | None:
        """The number of the update to set aside, found at the start."""

    def enter(self, n: int) -> None:
        """The turn of update *n* begins; costs less than a microsecond."""

    def leave(self) -> None:
        """It ended, well or badly, but in this process."""

    def close(self) -> None:
        """The life ends in good order."""


class Slot:
    """Implements `InHand` on memory that something else keeps."""

    def __init__(self, memory: mmap.mmap | bytearray) -> None:
        self._memory = memory
        current, suspect, times = _SLOT.unpack_from(memory)
        times = (times + 1 if current == suspect else 1) if current else 0
        self.poison: int | None = current if times >= DEADLY else None
        _SLOT.pack_into(memory, 0, 0, current, times)

    def enter(self, n: int) -> None:
        """See `InHand`."""
        struct.pack_into("<Q", self._memory, 0, n)

    def leave(self) -> None:
        """See `InHand`."""
        struct.pack_into("<Q", self._memory, 0, 0)

    def close(self) -> None:
        """See `InHand`."""
        _SLOT.pack_into(self._memory, 0, 0, 0, 0)
        if isinstance(self._memory, mmap.mmap):
            self._memory.close()


def slot_file(path: Path) -> Slot:
    """Return the slot in the file *path*, made if need be."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(handle).st_size < _SLOT.size:
            os.ftruncate(handle, _SLOT.size)
        return Slot(mmap.mmap(handle, _SLOT.size))
    finally:
        os.close(handle)


def slot_in_memory() -> Slot:
    """Return a slot that remembers nothing for longer than the process."""
    return Slot(bytearray(_SLOT.size))
