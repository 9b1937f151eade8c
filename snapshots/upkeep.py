"""Upkeep of everything at rest: forgetting one actor, sealing anew, mending what is damaged.

Each rewrites files, so it takes its time; the actors concerned must have ended.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from snapshots.cipher import PLAIN
from snapshots.directory import settle_keys
from snapshots.disk import replace
from snapshots.errors import DamagedError
from snapshots.files import ASIDE, archive_of, path_of
from snapshots.parts import Parts

Progress = Callable[[int, int], None]
"""Told how many files are done, and of how many."""

_SEALED: Final = ".sealed"
_LABEL: Final = b"set aside"
_CHUNK: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkept:
    """What an upkeep has done."""

    files: int
    """So many were looked at."""
    changed: int
    """So many of them were rewritten, or set aside."""


class Upkeep:
    """What a store can do to itself as a whole."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def forget(self, key: str) -> None:
        """Remove everything at rest about *key*, and dead letters that do not say whose they are.

        They might be of *key*. When this returns no file holds anything of it any more.
        """
        parts = self._parts
        await parts.letters.forget(lambda letter: letter.get("key") in (key, None))
        numbers = parts.room.numbers_of(key)
        parts.room.claim(numbers)
        parts.writer.absorb(numbers)
        parts.writer.forget(key)
        parts.resting.drop(key)
        parts.entries.pop(key, None)
        parts.owes.pop(key, None)
        await parts.writer.flush()
        await parts.threads.files(parts.files.forget, key)
        await parts.compaction.everything()

    async def rekey(self, progress: Progress) -> Upkept:
        """Seal everything that is not sealed as it would be today; then no older key is needed.

        Raises:
            MissingKeyError: Something is encrypted with a key that is not in the ring.
            OSError: The disk does not take it. What was done stays done; it can be repeated.

        """
        parts = self._parts
        await parts.compaction.everything()
        await parts.letters.forget(lambda _: False)
        done = await self._over_files(self._rekey, progress)
        await parts.threads.files(self._seal_set_aside)
        await parts.threads.files(settle_keys, parts.disk, parts.cipher)
        return done

    async def repair(self, progress: Progress) -> Upkept:
        """Set aside every file that is damaged and write whole ones where something is left.

        Raises:
            MissingKeyError: Something is encrypted with a key that is not in the ring.
            OSError: The disk does not take it. What was done stays done; it can be repeated.

        """
        await self._parts.compaction.everything()
        await self._parts.letters.forget(lambda _: False)
        return await self._over_files(self._mend, progress)

    async def _over_files(self, act: Callable[[str], int], progress: Progress) -> Upkept:
        """Run *act* over every key that has a file, in the thread of files."""

        def all_keys() -> list[str]:
            return list(self._parts.files.keys(list(self._parts.codec.versions)))

        def some(chunk: list[str]) -> int:
            return sum(map(act, chunk))

        keys, changed = await self._parts.threads.files(all_keys), 0
        for start in range(0, len(keys), _CHUNK):
            progress(start, len(keys))
            changed += await self._parts.threads.files(some, keys[start : start + _CHUNK])
        progress(len(keys), len(keys))
        return Upkept(files=len(keys), changed=changed)

    def _rekey(self, key: str) -> int:
        changed, files = 0, self._parts.files
        for path in _generations(key):
            try:
                with contextlib.suppress(FileNotFoundError):
                    changed += files.reseal(path, key)
            except DamagedError as damage:
                files.set_aside(path, str(damage))
        self._parts.disk.remove(f"{path_of(key)}.tmp")
        return changed + self._parts.archive.rewrite(key)

    def _mend(self, key: str) -> int:
        before, codec = self._parts.files.damaged, self._parts.codec
        for path, snapshot in self._parts.files.generations(key):
            try:
                codec.unpack(key, snapshot.version, snapshot.packed)
            except DamagedError as damage:
                self._parts.files.set_aside(path, str(damage))
        self._parts.disk.remove(f"{path_of(key)}.tmp")
        self._parts.disk.remove(f"{archive_of(key)}.tmp")
        self._parts.archive.rewrite(key)
        return self._parts.files.damaged - before

    def _seal_set_aside(self) -> None:
        """Seal damaged files as a whole: their bytes may be readable, though not by us."""
        disk, cipher = self._parts.disk, self._parts.cipher
        for name in disk.names(ASIDE) if cipher.name != PLAIN else ():
            data, stem = disk.read(f"{ASIDE}/{name}"), name.removesuffix(_SEALED)
            if name != stem:
                if cipher.is_current(data):
                    continue
                data = cipher.open(data, _LABEL)
            replace(disk, f"{ASIDE}/{stem}{_SEALED}", cipher.seal(data, _LABEL))
            if name == stem:
                disk.remove(f"{ASIDE}/{name}")
        with contextlib.suppress(FileNotFoundError):
            disk.fsync_dir(ASIDE)


def _generations(key: str) -> Iterator[str]:
    yield path_of(key)
    yield f"{path_of(key)}.prev"
