"""Archives: what left an actor's working value, in a file of its own that only grows."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import repeat
from typing import Any, Final

import msgspec

from snapshots.cipher import Cipher
from snapshots.codec import ARCHIVED, Codec
from snapshots.disk import Disk, replace
from snapshots.errors import DamagedError
from snapshots.files import Files, Report, archive_of
from snapshots.frames import Frame, Gap, frame, scan

_KIND: Final = 1


class Archive:
    """Appends and reads; the schema is the one registered as `archived`."""

    def __init__(
        self, disk: Disk, cipher: Cipher, codec: Codec, files: Files, report: Report
    ) -> None:
        self._disk = disk
        self._cipher = cipher
        self._codec = codec
        self._files = files
        self._report = report

    def append(self, key: str, things: Sequence[Any]) -> None:
        """Append *things*; they are on disk when this returns.

        Raises:
            OSError: They are not; a part of them may be.

        """
        path, salt, version = archive_of(key), _salt(key), self._codec.version(ARCHIVED)
        self._files.make_folder(path)
        data = b"".join(
            frame(_KIND, self._sealed(key, version, self._codec.pack(each)), salt)
            for each in things
        )
        try:
            self._disk.append(path, data)
            self._disk.fsync(path)
            self._disk.fsync_dir(path.rpartition("/")[0])
        finally:
            self._disk.release(path)

    def read(self, key: str) -> list[Any]:
        """Return everything in the archive of *key*, oldest first; damaged parts are left out.

        A crash between an append and the commit that follows may have archived a thing twice.
        """
        path = archive_of(key)
        try:
            data = self._disk.read(path)
        except FileNotFoundError:
            return []
        things: dict[bytes, Any] = {}
        for item in scan(data, _salt(key)):
            if not isinstance(item, Frame):
                # Mostly the beginning of an append that a crash cut short, and repeated.
                self._report("torn-tail", f"{path}: {item.end - item.start} bytes are no record")
                continue
            try:
                body = self._cipher.open(item.body, _label(key))
                version, packed = msgspec.msgpack.decode(body, type=tuple[int, bytes])
                things[packed] = self._codec.unpack(ARCHIVED, version, packed)
            except (DamagedError, msgspec.MsgspecError) as damage:
                self._report("damaged-file", f"{path}: {damage}")
        return list(things.values())

    def rewrite(self, key: str) -> bool:
        """Seal everything anew and leave out what is damaged, if there is need for either.

        A damaged one is copied to the files that were set aside first. Return whether there was.

        Raises:
            MissingKeyError: A part of it is encrypted with a key we do not have.

        """
        path, salt = archive_of(key), _salt(key)
        try:
            items = list(scan(self._disk.read(path), salt))
        except FileNotFoundError:
            return False
        whole = [body for body in map(self._body, repeat(key), items) if body is not None]
        current = all(isinstance(i, Frame) and self._cipher.is_current(i.body) for i in items)
        if current and len(whole) == len(items):
            return False
        if len(whole) < len(items):
            self._files.set_aside(path, "parts of it are not whole", copy=True)
        sealed = (self._cipher.seal(body, _label(key)) for body in whole)
        replace(self._disk, path, b"".join(frame(_KIND, each, salt) for each in sealed))
        return True

    def _body(self, key: str, item: Frame | Gap) -> bytes | None:
        try:
            return self._cipher.open(item.body, _label(key)) if isinstance(item, Frame) else None
        except DamagedError:
            return None

    def _sealed(self, key: str, version: int, packed: bytes) -> bytes:
        return self._cipher.seal(msgspec.msgpack.encode((version, packed)), _label(key))


def _salt(key: str) -> int:
    return zlib.crc32(b"archive " + key.encode())


def _label(key: str) -> bytes:
    return b"archive " + key.encode()
