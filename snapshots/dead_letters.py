"""Dead letters on disk: what nobody could handle, kept for an operator to read and replay."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from snapshots.cipher import Cipher
from snapshots.codec import decode, encode
from snapshots.disk import Disk, replace
from snapshots.errors import DamagedError
from snapshots.frames import Frame, frame, scan

if TYPE_CHECKING:
    from snapshots.threads import Threads
    from snapshots.writer import Writer

PATH: Final = "dead-letters"
OLDER: Final = "dead-letters.1"
_SALT: Final = zlib.crc32(PATH.encode())
_LABEL: Final = b"dead letter"
_KIND: Final = 1


class DeadLetterFile:
    """Two files of bounded size: when the newer one is full it takes the place of the older."""

    def __init__(self, disk: Disk, cipher: Cipher, *, limit: int = 8 << 20) -> None:
        self._disk = disk
        self._cipher = cipher
        self._half = limit // 2
        self._size: int | None = None

    def write(self, letters: Sequence[bytes]) -> None:
        """Append packed *letters*; on disk when this returns.

        Raises:
            OSError: They are not.

        """
        data = b"".join(
            frame(_KIND, self._cipher.seal(letter, _LABEL), _SALT) for letter in letters
        )
        # The first time in a life the name is synced as well: a kill may have come before that.
        fresh = not self._size
        size = self._size if self._size is not None else len(self._content(PATH))
        self._size = None  # unknown, until all of this has gone well
        if size and size + len(data) > self._half:
            self._disk.release(PATH)
            self._disk.rename(PATH, OLDER)
            size, fresh = 0, True
        try:
            self._disk.append(PATH, data)
            self._disk.fsync(PATH)
            if fresh:
                self._disk.fsync_dir("")
        finally:
            self._disk.release(PATH)
        self._size = size + len(data)

    def read(self) -> list[dict[str, Any]]:
        """Return every letter, oldest first; damaged ones are left out."""
        return [each for path in (OLDER, PATH) for each in self._letters(self._content(path))]

    def damage(self) -> list[str]:
        """Return a sentence for every place in the files that is no whole letter."""
        found = []
        for path in (OLDER, PATH):
            items = list(scan(self._content(path), _SALT))
            if lost := len(items) - len(self._letters(self._content(path))):
                found.append(f"{lost} places of {path} are no whole letter")
        return found

    def forget(self, is_of: Callable[[Mapping[str, Any]], bool]) -> None:
        """Remove the letters for which *is_of* says so; they are off the disk afterwards."""
        for path in (OLDER, PATH):
            content = self._content(path)
            kept = [each for each in self._letters(content) if not is_of(each)]
            if content:
                data = b"".join(
                    frame(_KIND, self._cipher.seal(encode(each), _LABEL), _SALT) for each in kept
                )
                replace(self._disk, path, data)
        self._size = None

    def _content(self, path: str) -> bytes:
        try:
            return self._disk.read(path)
        except FileNotFoundError:
            return b""

    def _letters(self, content: bytes) -> list[dict[str, Any]]:
        found = []
        for item in scan(content, _SALT):
            if isinstance(item, Frame):
                try:
                    found.append(decode(self._cipher.open(item.body, _LABEL)))
                except DamagedError:
                    continue
        return found


_pack: Final = msgspec.msgpack.Encoder(enc_hook=repr).encode


class DeadLetters:
    """What the application sees of the file."""

    def __init__(
        self,
        file: DeadLetterFile,
        writer: Writer,
        threads: Threads,
        key_of: Callable[[object], str],
    ) -> None:
        """*key_of(n)* tells whose the update number *n* is, for letters that only name that."""
        self._key_of = key_of
        self._file = file
        self._writer = writer
        self._threads = threads

    def bury(self, record: Mapping[str, Any]) -> None:
        """Keep *record*: plain data, anything else as its `repr`. Never waits.

        It is on the disk before any commit that comes after it. Under `key` it says whose it is.
        """
        if "key" not in record and (key := self._key_of(record.get("n"))):
            record = {"key": key, **record}
        try:
            letter = _pack(dict(record))
        except (UnicodeEncodeError, OverflowError):
            letter = encode(dict(record))
        self._writer.bury(letter)

    async def read(self) -> list[dict[str, Any]]:
        """Return every letter, oldest first."""
        await self._writer.flush()
        return await self._threads.journal(self._file.read)

    async def forget(self, is_of: Callable[[Mapping[str, Any]], bool]) -> None:
        """Remove the letters for which *is_of* says so."""
        await self._writer.flush()
        await self._threads.journal(self._file.forget, is_of)
