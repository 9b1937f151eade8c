"""Looking at a data directory without changing or claiming anything: fine beside a service.

A file is replaced as a whole and a segment goes only when files hold what it held; whatever is
read here is therefore whole, and as old as the moment it was read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from snapshots import index
from snapshots.archive import Archive
from snapshots.chain import Link, chain, segments
from snapshots.cipher import Cipher
from snapshots.codec import Codec
from snapshots.dead_letters import DeadLetterFile
from snapshots.directory import check_format, check_keys
from snapshots.disk import Disk
from snapshots.entries import NEVER, Stamp, changed
from snapshots.errors import DamagedError
from snapshots.files import Files, Snapshot, archive_of, path_of
from snapshots.journal import opened
from snapshots.records import Kind, decode
from snapshots.replay import Replay

_TRIES: Final = 20
"""Compaction beside us may take a segment away while we read; then we look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of one key, without its value."""

    key: str
    stamp: Stamp
    owes: float | None
    size: int
    """Bytes of the newest whole value, as it is packed."""
    in_journal: bool
    """Whether the journal has something newer than the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not whole, and what a start would do about it."""

    path: str
    what: str
    remedy: str
    """`rest`, `previous`, `lost`, `aside`, `rebuild` or `tail`; only the last is no damage."""

    @property
    def is_damage(self) -> bool:
        """Whether something that was on the disk is not whole any more."""
        return self.remedy != "tail"


class Inspection:
    """What stands in a data directory."""

    def __init__(self, disk: Disk, codec: Codec, cipher: Cipher) -> None:
        """Read the journal.

        Raises:
            NewerDataError: A newer version of the program wrote the data.
            MissingKeyError: They are encrypted with a key that *cipher* does not have.

        """
        check_format(disk, codec.versions)
        check_keys(disk, cipher)
        self._disk = disk
        self._codec = codec
        self._cipher = cipher
        self._reports: list[str] = []
        self._files = Files(disk, cipher, self._report)
        self._archive = Archive(disk, cipher, codec, self._files, self._report)
        self._letters = DeadLetterFile(disk, cipher)
        self.links: list[Link] = []
        self.journal = Replay()
        self._read_journal()

    def all_keys(self) -> list[str]:
        """Return every key of which something is kept."""
        files = self._files.keys(list(self._codec.versions))
        return sorted({*files, *self.journal.entries})

    def kept(self, key: str) -> Kept | None:
        """Return what is kept of *key*, or None."""
        entry = self.journal.entries.get(key)
        found = next(self._whole(key), None)
        stamp = max(found.stamp if found else NEVER, entry.stamp if entry else NEVER)
        if stamp == NEVER:
            return None
        newer = entry is not None and (found is None or entry.stamp > found.stamp)
        layer = entry.layer if entry is not None and newer else None
        whole = (layer.whole if layer is not None else None) or found
        return Kept(
            key=key,
            stamp=stamp,
            owes=self.journal.owes.get(key) if newer or found is None else found.owes,
            size=len(whole.packed) if whole else 0,
            in_journal=newer,
        )

    def value(self, key: str) -> Any:
        """Return the newest value of *key* that is whole, or None."""
        value, stamp = None, NEVER
        for snapshot in self._whole(key):
            value = self._codec.unpack(key, snapshot.version, snapshot.packed)
            stamp = snapshot.stamp
            break
        entry = self.journal.entries.get(key)
        layer = entry.layer if entry is not None else None
        if layer is not None and layer.whole is not None and layer.whole.stamp > stamp:
            stamp = layer.whole.stamp
            value = self._codec.unpack(key, layer.whole.version, layer.whole.packed)
        if layer is not None and value is not None:
            value = changed(self._codec, key, value, stamp, layer.changes)
        return value

    def undone(self) -> tuple[Mapping[str, float], Mapping[str, int]]:
        """Return who owes something and when, and how many updates wait, by bot.

        As a start would find it that has an index; reads no snapshot.
        """
        known = index.read(self._disk, self._cipher, self._report)
        replay = Replay(owes=dict(known.owes) if known is not None else {})
        replay.read(self.links, self._cipher)
        return replay.owes, Counter(mail.bot for mail in replay.mail.values())

    def archived(self, key: str) -> list[Any]:
        """Return what the archive of *key* holds, oldest first."""
        return self._archive.read(key)

    def letters(self) -> list[dict[str, Any]]:
        """Return every dead letter, oldest first."""
        return self._letters.read()

    def records(self) -> Iterator[tuple[int, Kind, Any]]:
        """Yield the number of the segment, the kind and the content of each record, in order."""
        for link in self.links:
            for frame in link.frames:
                body = opened(self._cipher, frame.kind, frame.body)
                yield link.segment.number, Kind(frame.kind), decode(frame.kind, body)

    def findings(self, progress: Callable[[int, int], None]) -> Iterator[Finding]:
        """Read everything and yield what is not whole; tells *progress* how many keys of how many.

        Raises:
            MissingKeyError: Something is encrypted with a key that is not in the ring.

        """
        yield from self._in_journal()
        index.read(self._disk, self._cipher, self._report)
        yield from self._reported("rebuild")
        for lost in self._letters.damage():
            yield Finding(path="dead-letters", what=lost, remedy="rest")
        keys = self.all_keys()
        for number, key in enumerate(keys):
            progress(number, len(keys))
            yield from self._in_files(key)
            self._archive.read(key)
            yield from self._reported("rest", archive_of(key))
        progress(len(keys), len(keys))

    # -- helpers ------------------------------------------------------------------------------

    def _report(self, _kind: str, detail: str) -> None:
        self._reports.append(detail)

    def _reported(self, remedy: str, path: str = index.PATH) -> Iterator[Finding]:
        for detail in self._reports:
            yield Finding(path=path, what=detail.removeprefix(f"{path}: "), remedy=remedy)
        self._reports.clear()

    def _read_journal(self) -> None:
        for left in reversed(range(_TRIES)):
            try:
                self.links = chain(self._disk, self._cipher, segments(self._disk))
            except FileNotFoundError:
                if not left:
                    raise
            else:
                break
        self.journal.read(self.links, self._cipher)

    def _whole(self, key: str) -> Iterator[Snapshot]:
        """Yield the generations of *key* that can be read, newest first; tells of no others."""
        for path in (path_of(key), f"{path_of(key)}.prev"):
            try:
                found = self._files.read(path, key)
                if found is not None:
                    self._codec.unpack(key, found.version, found.packed)
                    yield found
            except DamagedError:
                continue

    def _in_journal(self) -> Iterator[Finding]:
        for link in self.links:
            if link.torn:
                what = f"{link.torn} bytes at its end were never acknowledged"
                yield Finding(path=link.segment.path, what=what, remedy="tail")
            if link.damaged:
                what = f"{link.damaged} places are not whole"
                yield Finding(path=link.segment.path, what=what, remedy="rest")
        for entry in self.journal.entries.values():
            whole = entry.layer.whole if entry.layer is not None else None
            try:
                if whole is not None:
                    self._codec.unpack(entry.key, whole.version, whole.packed)
            except DamagedError as damage:
                yield Finding(path="journal", what=str(damage), remedy="previous")

    def _in_files(self, key: str) -> Iterator[Finding]:
        path, usable = path_of(key), next(self._whole(key), None) is not None
        for each in (path, f"{path}.prev"):
            try:
                found = self._files.read(each, key)
                if found is not None:
                    self._codec.unpack(key, found.version, found.packed)
            except DamagedError as damage:
                remedy = "aside" if each != path else "previous" if usable else "lost"
                yield Finding(path=each, what=str(damage), remedy=remedy)
