"""Media on disk: a cache of what people sent, and what was made for them until it is delivered.

Of what people sent the channel keeps the original, so it is not synced, and losing it costs a
download. What a model made has no other copy: it is synced and pinned until it is let go, and
then it is a part of the cache like the rest. Names are hashes, or the owner's hash and a random
one; contents are sealed like everything else at rest.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import time
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import Final

from snapshots.cipher import Cipher, Plain
from snapshots.errors import DamagedError, MissingKeyError

FOLDER: Final = "media"
LIMIT: Final = 256 << 20
"""Bytes that the cache takes unless told otherwise."""
MADE: Final = "made:"
"""What the reference of something made begins with."""
_PIN: Final = ".pin"
_LONGEST_PIN: Final = 30 * 86400.0
"""Seconds after which nobody will deliver it: a life ended between its making and its commit."""
_MADE: Final = re.compile(r"made:([0-9a-f]{16}-[0-9a-f]{24})")


class MediaCache:
    """Files by reference, the least recently used go first. Calls block: use one thread.

    Only what is not pinned counts, and goes.
    """

    def __init__(self, folder: Path, *, limit: int = LIMIT, cipher: Cipher | None = None) -> None:
        """Keep up to *limit* bytes in *folder*."""
        self._folder = folder
        self._limit = limit
        self._cipher = cipher or Plain()
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._pinned: set[str] = set()
        self.bytes = 0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._look()

    def get(self, ref: str) -> bytes | None:
        """Return the content of *ref*, or None when it is not here (any more)."""
        name = _name(ref)
        if name not in self._sizes and name not in self._pinned:
            return None
        path = self._path(name)
        try:
            data = path.read_bytes()
            content = self._cipher.open(data[4:], _label(name))
            whole = zlib.crc32(data[4:]).to_bytes(4, "big") == data[:4]
        except (OSError, DamagedError, MissingKeyError):
            whole = False
        if name in self._pinned:
            return content if whole else None
        if not whole:
            self._drop(name)
            return None
        self._sizes.move_to_end(name)
        with contextlib.suppress(OSError):
            os.utime(path)  # so that the next life knows the order
        return content

    def keep(self, owner: str, content: bytes) -> str:
        """Keep *content*, made for *owner*, until it is let go; return its reference.

        It is on the disk when this returns.

        Raises:
            OSError: The disk does not take it.

        """
        name = f"{_owner(owner)}-{secrets.token_hex(12)}"
        path = self._folder / f"{name}{_PIN}"
        self._write(path, self._sealed(name, content), synced=True)
        self._pinned.add(name)
        return MADE + name

    def let_go(self, ref: str) -> None:
        """Count *ref* as delivered: from now on it is kept as long as there is room."""
        name = _name(ref)
        if name not in self._pinned:
            return
        with contextlib.suppress(OSError):
            (self._folder / f"{name}{_PIN}").rename(self._folder / name)
            os.utime(self._folder / name)
            self._enlist(name, (self._folder / name).stat().st_size)
        self._pinned.discard(name)

    def forget(self, owner: str) -> None:
        """Remove what was made for *owner*, delivered or not, and everything that people sent.

        Whose the latter is does not show in its name, and it can be downloaded again.
        """
        mine, made = _owner(owner), re.compile(r"[0-9a-f]{16}-")
        for name in [*self._sizes, *self._pinned]:
            if name.startswith(mine) or not made.match(name):
                self._drop(name)

    def put(self, ref: str, content: bytes) -> None:
        """Keep *content* under *ref*, if it fits and the disk takes it."""
        if len(content) > self._limit // 4:
            return
        name = _name(ref)
        self._drop(name)
        data = self._sealed(name, content)
        try:
            self._write(self._folder / name, data, synced=False)
        except OSError:
            return
        self._enlist(name, len(data))

    def clear(self) -> int:
        """Remove everything; return how many files that was."""
        names = [*self._sizes, *self._pinned]
        for name in names:
            self._drop(name)
        return len(names)

    def _sealed(self, name: str, content: bytes) -> bytes:
        body = self._cipher.seal(content, _label(name))
        return zlib.crc32(body).to_bytes(4, "big") + body

    def _write(self, path: Path, data: bytes, *, synced: bool) -> None:
        """Make *path* a file with just *data*, whole or not at all."""
        fresh = path.with_name(f"{path.name}.tmp")
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                if synced:
                    file.flush()
                    os.fsync(file.fileno())
            fresh.rename(path)
            if synced:
                _sync_names(self._folder)
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise

    def _enlist(self, name: str, size: int) -> None:
        self._sizes[name] = size
        self.bytes += size
        self._make_room()

    def _path(self, name: str) -> Path:
        return self._folder / (f"{name}{_PIN}" if name in self._pinned else name)

    def rekey(self) -> int:
        """Seal with the first key of the ring what another one has sealed; return how much.

        What is only cached is removed instead.

        Raises:
            MissingKeyError, DamagedError, OSError: Something pinned cannot be read or written.

        """
        old = []
        for name in [*self._sizes, *self._pinned]:
            with contextlib.suppress(OSError), self._path(name).open("rb") as file:
                if not self._cipher.is_current(file.read(64)[4:]):
                    old.append(name)
        for name in old:
            if name in self._pinned:
                content = self._cipher.open(self._path(name).read_bytes()[4:], _label(name))
                self._write(self._path(name), self._sealed(name, content), synced=True)
            else:
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
                if entry.name.endswith(_PIN):
                    self._pinned.add(entry.name.removesuffix(_PIN))
                    if status.st_mtime < time.time() - _LONGEST_PIN:
                        self._drop(entry.name.removesuffix(_PIN))
                    continue
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
        with contextlib.suppress(OSError):
            self._path(name).unlink(missing_ok=True)
        self._pinned.discard(name)
        self.bytes -= self._sizes.pop(name, 0)


def _name(ref: str) -> str:
    made = _MADE.fullmatch(ref)
    return made[1] if made else hashlib.sha256(ref.encode()).hexdigest()[:40]


def _owner(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:16]


def _sync_names(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _label(name: str) -> bytes:
    return b"media " + name.encode()
