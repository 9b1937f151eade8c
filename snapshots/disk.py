"""The few calls that durability rests on, as a port, so that a test can cut the power."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Protocol


class Appender(Protocol):
    """An open file that only grows."""

    def write(self, data: bytes) -> None:
        """Append *data*, all of it."""

    def sync(self) -> None:
        """Return once everything appended is on the disk."""

    def close(self) -> None:
        """Let go of the file."""


class Disk(Protocol):
    """Files below one directory; paths are relative, with forward slashes.

    Every method may raise OSError.
    """

    def append_to(self, path: str) -> Appender:
        """Open *path* for appending, making it and its folder if need be."""

    def replace(self, path: str, data: bytes, *, keep: str = "") -> None:
        """Make *data* the content of *path*, whole or not at all, on disk when this returns.

        With *keep* the previous content is kept under that path.
        """

    def read(self, path: str) -> bytes:
        """Return the content of *path*."""

    def names(self, folder: str) -> list[str]:
        """Return the names in *folder*, sorted; none if there is no such folder."""

    def rename(self, path: str, to: str) -> None:
        """Rename, on disk when this returns."""

    def remove(self, path: str) -> None:
        """Remove *path*; no error if it is gone already."""


class RealDisk:
    """The disk of this machine. Files are readable by their owner alone."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def append_to(self, path: str) -> Appender:
        """See `Disk`."""
        target = self._root / path
        self._make_folder(target.parent)
        is_new = not target.exists()
        handle = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if is_new:
            _sync_folder(target.parent)
        return _RealAppender(handle)

    def replace(self, path: str, data: bytes, *, keep: str = "") -> None:
        """See `Disk`."""
        target = self._root / path
        self._make_folder(target.parent)
        fresh = target.with_name(target.name + ".tmp")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            _write_all(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        if keep:
            with contextlib.suppress(FileNotFoundError):
                target.rename(self._root / keep)
        fresh.rename(target)
        _sync_folder(target.parent)

    def read(self, path: str) -> bytes:
        """See `Disk`."""
        return (self._root / path).read_bytes()

    def names(self, folder: str) -> list[str]:
        """See `Disk`."""
        try:
            return sorted(os.listdir(self._root / folder))  # noqa: PTH208  (100 000 names)
        except FileNotFoundError:
            return []

    def rename(self, path: str, to: str) -> None:
        """See `Disk`."""
        target = self._root / to
        self._make_folder(target.parent)
        (self._root / path).rename(target)
        _sync_folder(target.parent)

    def remove(self, path: str) -> None:
        """See `Disk`."""
        (self._root / path).unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)  # one by one: parents made by mkdir have no mode
        folder.mkdir(exist_ok=True, mode=0o700)
        _sync_folder(folder.parent)


class _RealAppender:
    def __init__(self, handle: int) -> None:
        self._handle = handle

    def write(self, data: bytes) -> None:
        _write_all(self._handle, data)

    def sync(self) -> None:
        os.fdatasync(self._handle)

    def close(self) -> None:
        os.close(self._handle)


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_full(problem: OSError) -> bool:
    """Whether *problem* says that there is no room."""
    return problem.errno in (errno.ENOSPC, errno.EDQUOT)
