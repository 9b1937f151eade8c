"""The data directory: one owner at a time, and never older code on newer data."""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from snapshots.cipher import Cipher
from snapshots.disk import Disk, RealDisk, replace
from snapshots.errors import (
    DataDirectoryInUseError,
    MissingKeyError,
    NewerDataError,
    UnusableDirectoryError,
)

FORMAT: Final = 1
"""Of the files themselves: raised when older code could not read them at all."""
_FORMAT: Final = "format"
_KEYS: Final = "keys"


class Claim:
    """The lock on a data directory; held until `release`."""

    def __init__(self, path: Path, versions: Mapping[str, int]) -> None:
        """Take the lock, for data of *versions* or older.

        Raises:
            DataDirectoryInUseError: Another process has it.
            NewerDataError: The data were written by a newer version; nothing was touched.
            UnusableDirectoryError: It cannot be made or written.

        """
        if path.is_dir():
            check_format(RealDisk(path), versions, str(path))
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._handle = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            what = f"The data directory {path} cannot be written: {error.strerror}."
            raise UnusableDirectoryError(str(path), what) from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = _owner(self._handle)
            os.close(self._handle)
            what = (
                f"The data directory {path} is in use by process {owner}: "
                "stop that one, or set GREENROOM_DATA_DIR to another directory."
            )
            raise DataDirectoryInUseError(str(path), what, owner) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._handle)


def owner(path: Path) -> str:
    """Return the number of the process that owns the data directory *path*, or nothing.

    The lock is shared for some microseconds to find out: a service that starts in that very instant
    is told that somebody has it.

    Raises:
        OSError: The lock cannot be looked at.

    """
    try:
        handle = os.open(path / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _owner(handle)
    finally:
        os.close(handle)
    return ""


def _owner(handle: int) -> str:
    return os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"


def check_format(disk: Disk, versions: Mapping[str, int], path: str = "") -> dict[str, int]:
    """Return the versions that the directory has seen; writes nothing.

    Raises:
        NewerDataError: One of them is newer than in *versions*.

    """
    found = _read(disk)
    for name, version in found.items():
        known = {"files": FORMAT, **versions}.get(name, 0)
        if version > known:
            what = (
                f"The data were written by a newer version of Greenroom ({name} of version "
                f"{version}, this one knows {known or 'none'}): nothing was touched, "
                "please upgrade."
            )
            raise NewerDataError(path, what)
    return found


def raise_format(disk: Disk, found: Mapping[str, int], versions: Mapping[str, int]) -> None:
    """Say that data of *versions* may be written from now on; on disk when this returns."""
    now = {**found, **versions, "files": FORMAT}
    if now != found:
        _write(disk, _FORMAT, json.dumps(now, sort_keys=True))


def check_keys(disk: Disk, cipher: Cipher) -> list[str]:
    """Return the names of the keys that something here may be sealed with; writes nothing.

    Raises:
        MissingKeyError: *cipher* does not know one of them: a file would be found unreadable
            later, in the middle of the day.

    """
    names = _content(disk, _KEYS).split()
    for name in names:
        if not cipher.knows(name):
            raise MissingKeyError(name)
    return names


def raise_keys(disk: Disk, found: Sequence[str], cipher: Cipher) -> None:
    """Say that *cipher* may seal from now on; on disk when this returns."""
    if cipher.name not in found:
        _write_keys(disk, [*found, cipher.name])


def settle_keys(disk: Disk, cipher: Cipher) -> None:
    """Say that nothing is sealed with any other key any more; on disk when this returns."""
    _write_keys(disk, [cipher.name])


def _write_keys(disk: Disk, names: Sequence[str]) -> None:
    _write(disk, _KEYS, " ".join(names))


def _read(disk: Disk) -> dict[str, int]:
    try:
        found = json.loads(_content(disk, _FORMAT) or "{}")
        return {str(name): int(version) for name, version in found.items()}
    except (ValueError, AttributeError, TypeError):
        return {}


def _write(disk: Disk, path: str, line: str) -> None:
    """Make *line* the content of *path*, with its checksum in a second line."""
    replace(disk, path, f"{line}\n{zlib.crc32(line.encode()):08x}\n".encode())


def _content(disk: Disk, path: str) -> str:
    """Return the line in *path*; empty if it is damaged, or there is none.

    A damaged one says nothing, so it forbids nothing: one flipped bit must not turn version 1
    into version 3, and keep the service from starting. Every file has its own version, too.
    """
    try:
        line, _, check = disk.read(path).decode(errors="replace").partition("\n")
    except FileNotFoundError:
        return ""
    return line if check.strip() == f"{zlib.crc32(line.encode()):08x}" else ""
