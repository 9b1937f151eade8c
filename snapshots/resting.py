"""Values of actors that rest, packed small and kept in memory: they come back without a disk.

Nothing is written for it, and nothing is lost with it: the journal or a file has the same value.
So the least recently used can be let go at any time, which is what the bound does.
"""

from __future__ import annotations

import dataclasses
import typing
import zlib
from collections.abc import Collection, Iterator
from typing import Any, Final

from snapshots.codec import Codec, encode

ENOUGH: Final = 64_000_000
"""Bytes that packed values take in memory at the most; see `OVERHEAD`."""
OVERHEAD: Final = 400
"""Bytes that each costs besides: key, records, places in tables (`benchmarks/idle_chats.py`)."""
_LEVEL: Final = 1
"""A third of the bytes; 6 would save 5 % more, for twice the time."""
_RAW: Final = -15  # no header, no checksum: these bytes never leave the process


class Resting(Collection[str]):
    """The packed values, and whose they are."""

    def __init__(self, codec: Codec, most_bytes: int) -> None:
        self._codec = codec
        self._most_bytes = most_bytes
        self._packed: dict[str, bytes] = {}  # least recently used first
        self._known: dict[str, bytes] = {}
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, key: object) -> bool:
        return key in self._packed

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def keep(self, key: str, value: object) -> list[str]:
        """Pack *value*; return the keys that were let go for it."""
        squeezer = zlib.compressobj(_LEVEL, wbits=_RAW, zdict=self._words(key))
        packed = squeezer.compress(self._codec.pack(value)) + squeezer.flush()
        self.drop(key)
        self._packed[key] = packed
        self.bytes += len(packed) + OVERHEAD
        gone = []
        while self.bytes > self._most_bytes:
            gone.append(next(iter(self._packed)))
            self.drop(gone[-1])
        return gone

    def look(self, key: str) -> Any:
        """Return the value of *key*, which stays packed, or None."""
        packed = self._packed.get(key)
        if packed is None:
            return None
        plain = zlib.decompressobj(_RAW, zdict=self._words(key)).decompress(packed)
        return self._codec.unpack(key, self._codec.version(key), plain)

    def drop(self, key: str) -> None:
        """Let go of *key*: it is called back, has a newer value, or is to be forgotten."""
        packed = self._packed.pop(key, None)
        if packed is not None:
            self.bytes -= len(packed) + OVERHEAD

    def _words(self, key: str) -> bytes:
        """Return what values of the kind of *key* have in common; half of a short one is that."""
        kind = key.partition("/")[0]
        if kind not in self._known:
            self._known[kind] = words_of(self._codec.type_of(key))
        return self._known[kind]


def words_of(kind: type) -> bytes:
    """Return the names and defaults of *kind* and all that it is made of, as they are packed."""
    words: dict[type, bytes] = {}

    def look_into(hint: Any) -> None:
        for each in typing.get_args(hint):
            look_into(each)
        if isinstance(hint, type) and dataclasses.is_dataclass(hint) and hint not in words:
            words[hint] = b""
            hints, fields = typing.get_type_hints(hint), dataclasses.fields(hint)
            for field in fields:
                look_into(hints[field.name])
            words[hint] = encode({field.name: _usual(field) for field in fields})

    look_into(kind)
    return b"".join(words.values())


def _usual(field: dataclasses.Field[Any]) -> object:
    """Return the default of *field*, unless that is something large."""
    if field.default is not dataclasses.MISSING:
        return field.default
    return () if field.default_factory is tuple else None
