"""The index of keys that owe something: what a start reads instead of all the snapshots."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

import msgspec

from snapshots.chain import Link
from snapshots.cipher import Cipher
from snapshots.disk import Disk, replace
from snapshots.errors import DamagedError
from snapshots.files import Files, Report

PATH: Final = "owes"
_LABEL: Final = b"owes"
Progress = Callable[[int], None]


class Index(msgspec.Struct, array_like=True):
    """What the journal forgets when a segment is removed."""

    life: int
    n: int
    below: int
    """It was written to remove the segments below this number."""
    owes: dict[str, float]


def write(disk: Disk, cipher: Cipher, index: Index) -> None:
    """Keep *index*, whole or not at all; on disk when this returns."""
    body = cipher.seal(msgspec.msgpack.encode(index), _LABEL)
    replace(disk, PATH, zlib.crc32(body).to_bytes(4, "big") + body)


def read(disk: Disk, cipher: Cipher, report: Report) -> Index | None:
    """Return the index, or None if there is none that is whole."""
    try:
        data = disk.read(PATH)
    except FileNotFoundError:
        return None
    try:
        return _parsed(data, cipher)
    except (DamagedError, msgspec.MsgspecError) as damage:
        report("damaged-file", f"{PATH}: {damage}; it is rebuilt from the snapshots")
        return None


def needed(links: list[Link], files: Files, kinds: list[str]) -> bool:
    """Whether the journal alone does not tell everything: segments were removed before."""
    if not links:
        return next(iter(files.keys(kinds)), None) is not None
    first = links[0].head
    return first is None or first.previous > 0


def rebuild(files: Files, kinds: list[str], progress: Progress) -> Index:
    """Return what the snapshots say; reads the heads of them all, and says how far it is."""
    found = Index(0, 0, 0, {})
    for number, key in enumerate(files.keys(kinds), start=1):
        owed, epoch = files.head(key)
        if owed is not None:
            found.owes[key] = owed
        found.life = max(found.life, epoch)
        if number % 1000 == 0:
            progress(number)
    return found


def _parsed(data: bytes, cipher: Cipher) -> Index:
    if zlib.crc32(data[4:]).to_bytes(4, "big") != data[:4]:
        raise DamagedError("its content does not match its checksum")
    return msgspec.msgpack.decode(cipher.open(data[4:], _LABEL), type=Index)
