"""The few calls that durability rests on, as a port, so that a test can cut the power."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    """Files below one directory; paths are relative, with forward slashes, "" is the directory.

    Nothing is durable before it is synced: content by `fsync`, names (new, renamed, removed)
    by `fsync_dir` of their folder. Every method may raise OSError.
    """

    def append(self, path: str, data: bytes | bytearray) -> None:
        """Append *data*, all of it, to *path*, making the file if need be; it is kept open."""

    def release(self, path: str) -> None:
        """Close *path* if an append has left it open."""

    def write(self, path: str, data: bytes) -> None:
        """Make *path* a file with just *data*."""

    def fsync(self, path: str) -> None:
        """Return once the content of *path* is on the disk."""

    def fsync_dir(self, folder: str) -> None:
        """Return once the names in *folder* are on the disk."""

    def rename(self, path: str, to: str) -> None:
        """Give *path* another name, in place of what has that name already."""

    def remove(self, path: str) -> None:
        """Remove *path*; no error if it is gone already."""

    def make_dir(self, folder: str) -> None:
        """Make *folder*, whose parent exists; no error if it is there already."""

    def read(self, path: str, start: int = 0, length: int | None = None) -> bytes:
        """Return the content of *path*, or the *length* bytes from *start* on."""

    def names(self, folder: str) -> list[str]:
        """Return the names in *folder*, sorted; none if there is no such folder."""


class Folders:
    """Makes folders, and makes sure that they will still be there."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._sure: set[str] = {""}

    def ensure(self, folder: str) -> None:
        """Return once *folder* exists on the disk.

        Once per life and folder the parent is synced, even if the folder exists: an earlier
        life may have been killed between making and syncing it.
        """
        if folder in self._sure:
            return
        parent = folder.rpartition("/")[0]
        self.ensure(parent)
        self._disk.make_dir(folder)
        self._disk.fsync_dir(parent)
        self._sure.add(folder)


def replace(disk: Disk, path: str, data: bytes, *, keep: str = "") -> None:
    """Make *data* the content of *path*, whole or not at all, on disk when this returns.

    With *keep* the content so far stays, under that name in the same folder.
    """
    fresh = f"{path}.tmp"
    disk.write(fresh, data)
    disk.fsync(fresh)
    if keep:
        with contextlib.suppress(FileNotFoundError):
            disk.rename(path, keep)
    disk.rename(fresh, path)
    disk.fsync_dir(path.rpartition("/")[0])


def is_full(problem: OSError) -> bool:
    """Whether *problem* says that there is no room."""
    return problem.errno in (errno.ENOSPC, errno.EDQUOT)


class RealDisk:
    """The disk of this machine. Files are readable by their owner alone."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._open: dict[str, int] = {}
        root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def append(self, path: str, data: bytes | bytearray) -> None:
        """See `Disk`."""
        handle = self._open.get(path)
        if handle is None:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            handle = self._open[path] = os.open(self._at(path), flags, 0o600)
        _write_all(handle, data)

    def release(self, path: str) -> None:
        """See `Disk`."""
        if (handle := self._open.pop(path, None)) is not None:
            os.close(handle)

    def write(self, path: str, data: bytes) -> None:
        """See `Disk`."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        handle = os.open(self._at(path), flags, 0o600)
        try:
            _write_all(handle, data)
        finally:
            os.close(handle)

    def fsync(self, path: str) -> None:
        """See `Disk`."""
        if (handle := self._open.get(path)) is not None:
            _sync_data(handle)
            return
        _sync(self._at(path), os.O_RDONLY)

    def fsync_dir(self, folder: str) -> None:
        """See `Disk`."""
        _sync(self._at(folder), os.O_RDONLY | os.O_DIRECTORY)

    def rename(self, path: str, to: str) -> None:
        """See `Disk`."""
        os.rename(self._at(path), self._at(to))  # noqa: PTH104  (strings: this is a hot path)

    def remove(self, path: str) -> None:
        """See `Disk`."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._at(path))  # noqa: PTH108

    def make_dir(self, folder: str) -> None:
        """See `Disk`."""
        with contextlib.suppress(FileExistsError):
            os.mkdir(self._at(folder), 0o700)  # noqa: PTH102

    def read(self, path: str, start: int = 0, length: int | None = None) -> bytes:
        """See `Disk`."""
        handle = os.open(self._at(path), os.O_RDONLY | os.O_CLOEXEC)
        try:
            size = length if length is not None else os.fstat(handle).st_size
            return os.pread(handle, size, start)
        finally:
            os.close(handle)

    def names(self, folder: str) -> list[str]:
        """See `Disk`."""
        try:
            return sorted(os.listdir(self._at(folder)))  # noqa: PTH208  (100 000 names)
        except FileNotFoundError:
            return []

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root


_sync_data = getattr(os, "fdatasync", os.fsync)


def _sync(path: str, flags: int) -> None:
    handle = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes | bytearray) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
