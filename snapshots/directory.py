"""The data directory: one owner at a time, and never older code on newer data."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from snapshots.disk import RealDisk
from snapshots.errors import DataDirectoryInUseError, NewerDataError


class Directory:
    """A claim on *path* for data of version *newest* or older."""

    def __init__(self, path: Path, newest: int) -> None:
        self._path = path
        self._newest = newest
        self._handle: int | None = None

    def claim(self) -> None:
        """Take the lock and check the format.

        Raises:
            DataDirectoryInUseError: Another process has the lock.
            NewerDataError: The data were written by a newer version.

        """
        self._path.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(handle)
            what = (
                f"The data directory {self._path} is in use by process {owner}: "
                "stop that one, or set GREENROOM_DATA_DIR to another directory."
            )
            raise DataDirectoryInUseError(what) from None
        self._handle = handle
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._check_format()

    def release(self) -> None:
        """Give the lock back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _check_format(self) -> None:
        path = self._path / "format"
        found = int(path.read_text()) if path.exists() else 0
        if found > self._newest:
            self.release()
            what = (
                f"The data in {self._path} were written by a newer version (format {found}, "
                f"this one knows {self._newest}): nothing was touched, please upgrade."
            )
            raise NewerDataError(what)
        if found < self._newest:
            RealDisk(self._path).replace("format", f"{self._newest}\n".encode())
