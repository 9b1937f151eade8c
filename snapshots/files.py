"""One snapshot file per actor: checked, versioned, with its previous generation beside it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

import msgpack

from snapshots.disk import Disk
from snapshots.errors import DamagedError

_MAGIC: Final = b"GRSN"
# magic, form, schema version, flags, epoch, seq, length, CRC-32 of the body
_HEAD: Final = struct.Struct("<4sHHIIQII")
_FORM: Final = 1

Report = Callable[[str, str], None]
"""Tells the operator: what sort of trouble, and which file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The content of one file."""

    key: str
    version: int
    epoch: int
    seq: int
    owes: float | None
    packed: bytes


class Files:
    """The snapshot files below `actors/`, spread over 256 folders."""

    def __init__(self, disk: Disk, report: Report) -> None:
        self._disk = disk
        self._report = report
        self.damaged = 0

    def write(self, snapshot: Snapshot) -> bool:
        """Keep *snapshot*, unless the file holds a newer one; return whether it was kept."""
        path = path_of(snapshot.key)
        known = self._read(path)
        if known is not None and (known.epoch, known.seq) > (snapshot.epoch, snapshot.seq):
            return False
        self._disk.replace(path, _encoded(snapshot), keep=f"{path}.prev" if known else "")
        return True

    def read(self, key: str) -> Snapshot | None:
        """Return the newest whole generation of *key*; a damaged one is set aside."""
        path = path_of(key)
        return self._read(path) or self._read(f"{path}.prev")

    def forget(self, key: str) -> None:
        """Remove every generation of *key*."""
        path = path_of(key)
        for name in (path, f"{path}.prev", archive_of(key)):
            self._disk.remove(name)

    def set_aside(self, path: str, why: str) -> None:
        """Take a damaged file out of the way, keep it, and tell the operator."""
        self.damaged += 1
        aside = "damaged/" + path.replace("/", "_")
        try:
            self._disk.rename(path, aside)
        except OSError as problem:
            why = f"{why}; it could not be set aside ({problem.strerror})"
        self._report("damaged-file", f"{path}: {why}")

    def every(self) -> Iterator[Snapshot]:
        """Yield every snapshot; reads all files, so only for rebuilding and for operators."""
        for folder in self._disk.names("actors"):
            for name in self._disk.names(f"actors/{folder}"):
                if name.endswith(".snap"):
                    found = self.read(unquote(name.removesuffix(".snap")))
                    if found is not None:
                        yield found

    def _read(self, path: str) -> Snapshot | None:
        try:
            data = self._disk.read(path)
        except FileNotFoundError:
            return None
        try:
            return _decoded(data)
        except DamagedError as damage:
            self.set_aside(path, str(damage))
            return None


def path_of(key: str) -> str:
    """Return where the snapshot of *key* lies."""
    folder = f"{zlib.crc32(key.encode()) & 0xFF:02x}"
    return f"actors/{folder}/{quote(key, safe='')}.snap"


def archive_of(key: str) -> str:
    """Return where the archive of *key* lies."""
    return path_of(key).removesuffix(".snap") + ".archive"


def _encoded(snapshot: Snapshot) -> bytes:
    body: bytes = msgpack.packb([snapshot.key, snapshot.owes, snapshot.packed], use_bin_type=True)
    head = _HEAD.pack(
        _MAGIC,
        _FORM,
        snapshot.version,
        0,
        snapshot.epoch,
        snapshot.seq,
        len(body),
        zlib.crc32(body),
    )
    return head + body


def _decoded(data: bytes) -> Snapshot:
    if len(data) < _HEAD.size:
        raise DamagedError("it is too short")
    magic, form, version, _flags, epoch, seq, length, check = _HEAD.unpack_from(data)
    body = data[_HEAD.size :]
    if magic != _MAGIC or form != _FORM:
        raise DamagedError("it does not begin like a snapshot of ours")
    if len(body) != length or zlib.crc32(body) != check:
        raise DamagedError("its content does not match its checksum")
    try:
        key, owes, packed = msgpack.unpackb(body, raw=False)
    except (ValueError, msgpack.UnpackException) as problem:
        raise DamagedError(f"it cannot be unpacked ({problem})") from None
    return Snapshot(key=key, version=version, epoch=epoch, seq=seq, owes=owes, packed=packed)
