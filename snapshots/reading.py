"""Puts the newest value of a key together, from its file, the journal and what is yet unwritten."""

from __future__ import annotations

import zlib
from typing import Any

from snapshots.entries import NEVER, Entry, Layer, Stamp, changed
from snapshots.errors import DamagedError
from snapshots.files import Snapshot, newest
from snapshots.parts import Parts


class Reading:
    """Reads values."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._codec = parts.codec

    def from_file(self, key: str) -> tuple[Snapshot, Any] | None:
        """Return the newest whole generation of *key* and its value; for a thread."""

        def unpack(each: Snapshot) -> Any:
            return self._codec.unpack(key, each.version, each.packed)

        return newest(self._parts.files, key, unpack)

    def composed(self, key: str, found: tuple[Snapshot, Any] | None) -> Any:
        """Return the newest value there is: from the journal or *found* in a file, and changes."""
        entry = self._parts.entries.get(key)
        if entry is not None and entry.dirty is not None and entry.dirty.has_value:
            entry.known = True
            return entry.dirty.value
        layers = entry.layers if entry is not None else None
        if found is None and layers is None:
            return None
        entry = self._parts.entries.setdefault(key, Entry(key))
        entry.known = True
        value, stamp = (found[1], found[0].stamp) if found else (None, NEVER)
        if entry.layer is not None:
            entry.layer = entry.layer.after(stamp)  # the file has all that is older
            layers = entry.layers
        if layers is not None and layers.whole is not None and layers.whole.stamp > stamp:
            whole = layers.whole
            try:
                value, stamp = self._codec.unpack(key, whole.version, whole.packed), whole.stamp
            except DamagedError as damage:
                self._parts.report("damaged-record", f"{key}: {damage}")
        entry.stamp, entry.base = max(entry.stamp, stamp), max(entry.base, stamp)
        if found is not None and layers is None:
            entry.filed = zlib.crc32(found[0].packed)
        return self._changed(entry, value, stamp, layers) if value is not None else None

    def _changed(self, entry: Entry, value: Any, stamp: Stamp, layers: Layer | None) -> Any:
        changes = layers.changes if layers is not None else []
        try:
            value = changed(self._codec, entry.key, value, stamp, changes)
        except DamagedError as damage:
            self._parts.report("damaged-record", f"{entry.key}: {damage}")
        for delta, _ in entry.dirty.deltas if entry.dirty is not None else ():
            value = self._codec.applied(entry.key, value, delta)
        return value
