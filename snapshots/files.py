"""One snapshot file per key: checked, versioned, with its previous generation beside it."""

from __future__ import annotations

import contextlib
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote

from snapshots.cipher import Cipher
from snapshots.disk import Disk, Folders, replace
from snapshots.errors import DamagedError

_MAGIC: Final = b"GRSNAP\x00\x01"
# magic, schema version, flags, epoch, seq, owes (NaN: nothing), length and CRC-32 of the body
_HEAD: Final = struct.Struct(">8sHHQQdII")
_CHECK: Final = struct.Struct(">I")
_HEAD_SIZE: Final = _HEAD.size + _CHECK.size
_OURS: Final = re.compile(r"\.(snap(\.prev)?|archive)$")
ASIDE: Final = "damaged"
"""The folder of what was set aside."""

Report = Callable[[str, str], None]
"""Tells the operator: what sort of trouble, and a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The content of one file."""

    key: str
    version: int
    epoch: int
    seq: int
    owes: float | None
    packed: bytes = field(repr=False)

    @property
    def stamp(self) -> tuple[int, int]:
        """Its place in time."""
        return self.epoch, self.seq


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    version: int
    epoch: int
    seq: int
    owes: float | None
    length: int
    check: int


class Files:
    """The snapshot files: `<kind>/<two digits>/<name>.snap`."""

    def __init__(self, disk: Disk, cipher: Cipher, report: Report) -> None:
        self._disk = disk
        self._cipher = cipher
        self._report = report
        self._folders = Folders(disk)
        self._synced: set[str] = set()
        """Folders in which every name that can be seen is known to be on the disk."""
        self.damaged = 0

    def write(self, snapshot: Snapshot) -> bool:
        """Keep *snapshot*, unless the file holds a newer one; return whether it was kept."""
        path = path_of(snapshot.key)
        self.make_folder(path)
        known = self._header(path)
        if known is not None and (known.epoch, known.seq) > snapshot.stamp:
            self._make_sure(path)
            return False
        body = self._cipher.seal(snapshot.packed, _label(snapshot.key))
        keep = f"{path}.prev" if known is not None else ""
        try:
            replace(self._disk, path, _head(snapshot, body) + body, keep=keep)
        except OSError:
            self._synced.discard(_folder(path))
            raise
        return True

    def _make_sure(self, path: str) -> None:
        """Return once the names beside *path* are on the disk.

        A killed life, or a disk that failed, may have left a name that can be seen and would
        not survive; what builds on that file would be lost with it. Once per life and folder.
        """
        folder = _folder(path)
        if folder not in self._synced:
            with contextlib.suppress(FileNotFoundError):
                self._disk.fsync_dir(folder)
            self._synced.add(folder)

    def generations(self, key: str) -> Iterator[tuple[str, Snapshot]]:
        """Yield the whole generations of *key* with their paths, newest first.

        Raises:
            MissingKeyError: They are encrypted with a key we do not have.

        """
        self._make_sure(path_of(key))
        for path in (path_of(key), f"{path_of(key)}.prev"):
            try:
                found = self.read(path, key)
            except DamagedError as damage:
                self.set_aside(path, str(damage))
                continue
            if found is not None:
                yield path, found

    def read(self, path: str, key: str) -> Snapshot | None:
        """Return what is in *path*, None if there is no such file.

        Raises:
            DamagedError: It is no whole snapshot.

        """
        try:
            data = self._disk.read(path)
        except FileNotFoundError:
            return None
        header, body = _parsed(data), data[_HEAD_SIZE:]
        if len(body) != header.length or zlib.crc32(body) != header.check:
            raise DamagedError("its content does not match its checksum")
        return Snapshot(
            key=key,
            version=header.version,
            epoch=header.epoch,
            seq=header.seq,
            owes=header.owes,
            packed=self._cipher.open(body, _label(key)),
        )

    def reseal(self, path: str, key: str) -> bool:
        """Seal the content of *path* as it would be today; return whether that was needed.

        Raises:
            DamagedError: It is no whole snapshot.
            MissingKeyError: It is encrypted with a key we do not have.

        """
        if self._cipher.is_current(self._disk.read(path, _HEAD_SIZE, 64)):
            return False
        if (found := self.read(path, key)) is not None:
            body = self._cipher.seal(found.packed, _label(key))
            replace(self._disk, path, _head(found, body) + body)
        return True

    def set_aside(self, path: str, why: str, *, copy: bool = False) -> None:
        """Take a damaged file out of the way (or a *copy* of it), keep it, tell the operator."""
        self.damaged += 1
        try:
            self._folders.ensure(ASIDE)
            taken = set(self._disk.names(ASIDE))
            name = path.replace("/", "_")
            free = next(f"{name}.{i}" for i in range(1, 10_000) if f"{name}.{i}" not in taken)
            if copy:
                self._disk.write(f"{ASIDE}/{free}", self._disk.read(path))
                self._disk.fsync(f"{ASIDE}/{free}")
            else:
                self._disk.rename(path, f"{ASIDE}/{free}")
            self._disk.fsync_dir(ASIDE)
        except (OSError, StopIteration) as problem:
            why = f"{why}; it could not be set aside ({problem})"
        self._report("damaged-file", f"{path}: {why}")

    def forget(self, key: str) -> None:
        """Remove every generation of *key*, its archive, and what was set aside of it."""
        path = path_of(key)
        for name in (path, f"{path}.prev", f"{path}.tmp", archive_of(key)):
            self._disk.remove(name)
        with contextlib.suppress(FileNotFoundError):
            self._disk.fsync_dir(path.rpartition("/")[0])
        marks = (path.replace("/", "_"), archive_of(key).replace("/", "_"))
        for name in self._disk.names(ASIDE):
            if name.startswith(marks):
                self._disk.remove(f"{ASIDE}/{name}")
        with contextlib.suppress(FileNotFoundError):
            self._disk.fsync_dir(ASIDE)

    def keys(self, kinds: list[str]) -> Iterator[str]:
        """Yield every key that has a file; lists folders and reads no file."""
        for kind in kinds:
            for folder in self._disk.names(kind):
                names = self._disk.names(f"{kind}/{folder}")
                stems = {name[: match.start()] for name in names if (match := _OURS.search(name))}
                for stem in sorted(stems):
                    yield f"{kind}/{unquote(stem)}"

    def head(self, key: str) -> tuple[float | None, int]:
        """Return what the newest whole generation of *key* owes and its epoch; reads no more."""
        for path in (path_of(key), f"{path_of(key)}.prev"):
            if (header := self._header(path)) is not None:
                return header.owes, header.epoch
        return None, 0

    def make_folder(self, path: str) -> None:
        """Return once the folder of *path* is on the disk."""
        self._folders.ensure(_folder(path))

    def _header(self, path: str) -> _Header | None:
        try:
            return _parsed(self._disk.read(path, 0, _HEAD_SIZE))
        except FileNotFoundError:
            return None
        except DamagedError as damage:
            self.set_aside(path, str(damage))
            return None


def path_of(key: str) -> str:
    """Return where the snapshot of *key* lies."""
    kind, _, name = key.partition("/")
    return f"{kind}/{zlib.crc32(key.encode()) & 0xFF:02x}/{quote(name, safe='')}.snap"


def archive_of(key: str) -> str:
    """Return where the archive of *key* lies."""
    return path_of(key).removesuffix(".snap") + ".archive"


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _label(key: str) -> bytes:
    return b"snapshot " + key.encode()


def _head(snapshot: Snapshot, body: bytes) -> bytes:
    owes = float("nan") if snapshot.owes is None else snapshot.owes
    head = _HEAD.pack(
        _MAGIC,
        snapshot.version,
        0,
        snapshot.epoch,
        snapshot.seq,
        owes,
        len(body),
        zlib.crc32(body),
    )
    return head + _CHECK.pack(zlib.crc32(head))


def _parsed(data: bytes) -> _Header:
    if len(data) < _HEAD_SIZE:
        raise DamagedError("it is too short")
    magic, version, _flags, epoch, seq, owes, length, check = _HEAD.unpack_from(data)
    if magic != _MAGIC:
        raise DamagedError("it does not begin like a snapshot of ours")
    if _CHECK.unpack_from(data, _HEAD.size)[0] != zlib.crc32(data[: _HEAD.size]):
        raise DamagedError("its head does not match its checksum")
    return _Header(
        version=version,
        epoch=epoch,
        seq=seq,
        owes=None if owes != owes else owes,  # NaN means: nothing
        length=length,
        check=check,
    )


def newest(
    files: Files, key: str, unpack: Callable[[Snapshot], Any]
) -> tuple[Snapshot, Any] | None:
    """Return the newest generation of *key* that *unpack* can read, and its value.

    One that cannot be unpacked is set aside like one whose checksum is wrong.
    """
    for path, snapshot in files.generations(key):
        try:
            return snapshot, unpack(snapshot)
        except DamagedError as damage:
            files.set_aside(path, str(damage))
    return None
