"""A cache bounded by bytes, for what is costly to encode and cheap to encode again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")


class LruBytes(Generic[V]):
    """Keeps the values that were used last, up to *most* bytes in all.

    A value larger than a quarter of the whole is not kept: it would push out everything else.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[str, tuple[V, int]] = OrderedDict()
        self.size = 0

    def get(self, key: str) -> V | None:
        """Return the value of *key* and remember that it was used."""
        entry = self._held.get(key)
        if entry is None:
            return None
        self._held.move_to_end(key)
        return entry[0]

    def put(self, key: str, value: V, size: int) -> None:
        """Keep *value*, which takes *size* bytes, and drop what was not used for longest."""
        self.drop(key)
        if size > self._most // 4:
            return
        self._held[key] = value, size
        self.size += size
        while self.size > self._most:
            _, (_, gone) = self._held.popitem(last=False)
            self.size -= gone

    def drop(self, key: str) -> None:
        """Forget *key*, if it is there."""
        entry = self._held.pop(key, None)
        if entry is not None:
            self.size -= entry[1]

    def __len__(self) -> int:
        return len(self._held)
