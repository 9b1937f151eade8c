"""A cache of media: what was downloaded need not be downloaded again while there is room.

The channel keeps the original, so nothing here is synced and losing it costs a download. Names are
hashes, contents are sealed like everything else at rest.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import Final

from snapshots.cipher import Cipher, Plain
from snapshots.errors import DamagedError, MissingKeyError

FOLDER: Final = "media"
LIMIT: Final = 256 << 20
"""Bytes that the cache takes unless told otherwise."""


class MediaCache:
    """Files by reference, the least recently used go first. Calls block: use one thread."""

    def __init__(self, folder: Path, *, limit: int = LIMIT, cipher: Cipher | None = None) -> None:
        """Keep up to *limit* bytes in *folder*."""
        self._folder = folder
        self._limit = limit
        self._cipher = cipher or Plain()
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self.bytes = 0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._look()

    def get(self, ref: str) -> bytes | None:
        """Return the content of *ref*, or None when it is not here (any more)."""
        name = _name(ref)
        if name not in self._sizes:
            return None
        try:
            data = (self._folder / name).read_bytes()
            content = self._cipher.open(data[4:], _label(name))
            whole = zlib.crc32(data[4:]).to_bytes(4, "big") == data[:4]
        except (OSError, DamagedError, MissingKeyError):
            whole = False
        if not whole:
            self._drop(name)
            return None
        self._sizes.move_to_end(name)
        with contextlib.suppress(OSError):
            os.utime(self._folder / name)  # so that the next life knows the order
        return content

    def put(self, ref: str, content: bytes) -> None:
        """Keep *content* under *ref*, if it fits and the disk takes it."""
        if len(content) > self._limit // 4:
            return
        name = _name(ref)
        self._drop(name)
        body = self._cipher.seal(content, _label(name))
        data = zlib.crc32(body).to_bytes(4, "big") + body
        fresh = self._folder / f"{name}.tmp"
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            fresh.rename(self._folder / name)
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            return
        self._sizes[name] = len(data)
        self.bytes += len(data)
        self._make_room()

    def clear(self) -> int:
        """Remove everything; return how many files that was."""
        names = list(self._sizes)
        for name in names:
            self._drop(name)
        return len(names)

    def rekey(self) -> int:
        """Remove what the first key of the ring has not sealed; return how many files that was."""
        old = []
        for name in self._sizes:
            with contextlib.suppress(OSError), (self._folder / name).open("rb") as file:
                if not self._cipher.is_current(file.read(64)[4:]):
                    old.append(name)
        for name in old:
            self._drop(name)
        return len(old)

    def _look(self) -> None:
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(".tmp"):
                    Path(entry.path).unlink(missing_ok=True)
                    continue
                status = entry.stat()
                found.append((status.st_mtime, entry.name, status.st_size))
        for _, name, size in sorted(found):
            self._sizes[name] = size
            self.bytes += size
        self._make_room()

    def _make_room(self) -> None:
        for name in list(self._sizes):
            if self.bytes <= self._limit:
                break
            self._drop(name)

    def _drop(self, name: str) -> None:
        if name in self._sizes:
            with contextlib.suppress(OSError):
                (self._folder / name).unlink(missing_ok=True)
            self.bytes -= self._sizes.pop(name)


def _name(ref: str) -> str:
    return hashlib.sha256(ref.encode()).hexdigest()[:40]


def _label(name: str) -> bytes:
    return b"media " + name.encode()
