"""Keeps the journal short: what an old segment still holds goes into files, or forward.

One segment at a time, the oldest first, beside the writer. Quiet keys get their snapshot file;
busy ones have left the segment by themselves. Unabsorbed mail is copied forward, so nothing pins a
segment. The segment is removed when files, copies and the index are all on the disk.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import anyio

from snapshots import index
from snapshots.cipher import Cipher
from snapshots.codec import Codec
from snapshots.disk import Disk, is_full
from snapshots.entries import Change, Entry, Layer, Stamp, Whole, changed
from snapshots.errors import DamagedError
from snapshots.files import Files, Report, Snapshot, newest
from snapshots.journal import Journal
from snapshots.mail import Mailroom
from snapshots.threads import Threads
from snapshots.writer import Writer

AGAIN = 30.0
"""Seconds before a compaction that the disk refused is tried again."""
_CHUNK = 64


@dataclass(slots=True)
class _Task:
    """What one file needs: taken on the loop, used in the thread."""

    entry: Entry
    key: str
    whole: Whole | None
    changes: list[Change]
    owes: float | None


class Compaction:
    """Removes the oldest segments."""

    def __init__(
        self,
        disk: Disk,
        cipher: Cipher,
        codec: Codec,
        journal: Journal,
        files: Files,
        room: Mailroom,
        writer: Writer,
        threads: Threads,
        *,
        entries: dict[str, Entry],
        owes: dict[str, float],
        report: Report,
        keep: int,
    ) -> None:
        """So many segments as *keep* stay, besides the one being written."""
        self._disk = disk
        self._cipher = cipher
        self._codec = codec
        self._journal = journal
        self._files = files
        self._room = room
        self._writer = writer
        self._threads = threads
        self._entries = entries
        self._owes = owes
        self._report = report
        self._keep = keep
        self._lock = anyio.Lock()

    async def run(self) -> None:
        """Compact as often as the journal is too long, until cancelled."""
        while True:
            try:
                while self._is_long:
                    await self.oldest()
            except OSError as problem:
                # The journal still has everything; only its length is a worry.
                kind = "disk-full" if is_full(problem) else "disk-error"
                self._report(kind, f"the journal cannot be compacted: {problem}")
                await anyio.sleep(AGAIN)
            await anyio.sleep(1.0)

    async def everything(self) -> None:
        """Put everything into files, so that the journal is one short segment."""
        self._journal.roll()
        await self._writer.flush()
        last = self._journal.current
        while min(self._journal.segments) < last:
            await self.oldest()

    @property
    def _is_long(self) -> bool:
        """Whether the journal has grown over its measure, and shortening it would gain anything.

        Mail that waits has to stay: with twice its size as a margin, copying it forward costs
        no more than writing it did.
        """
        if len(self._journal.segments) == 1:
            return False  # it is being written: the next write begins another one
        waiting = 2 * self._room.bytes
        return (
            self._journal.total_bytes > (self._keep + 1) * self._journal.segment_bytes + waiting
            or len(self._journal.segments)
            > 4 * (self._keep + 1) + waiting // self._journal.segment_bytes
        )

    async def oldest(self) -> None:
        """Remove the oldest segment, once nothing of it is needed.

        Raises:
            OSError: The disk does not take it; nothing was removed.

        """
        async with self._lock:
            number = min(self._journal.segments)
            if number == self._journal.current:
                return
            keys = [
                key
                for key, entry in self._entries.items()
                if entry.layer is not None and entry.layer.oldest == number
            ]
            for start in range(0, len(keys), _CHUNK):
                await self.file(keys[start : start + _CHUNK])
            mail = self._room.in_segment(number)
            for start in range(0, len(mail), 512):
                await self._writer.copy(mail[start : start + 512])
            await self._index(number + 1)
            await self._threads.journal(self._journal.remove, number)

    async def file(self, keys: Sequence[str]) -> None:
        """Put what the journal holds of *keys* into their snapshot files.

        Raises:
            OSError: The disk does not take it.

        """
        tasks = []
        for key in keys:
            entry = self._entries.get(key)
            if entry is not None and (layer := entry.layer) is not None:
                tasks.append(
                    _Task(entry, key, layer.whole, list(layer.changes), self._owes.get(key))
                )
        for task, stamp, check in await self._threads.files(self._write_all, tasks):
            self._filed(task.entry, stamp, check)

    async def _index(self, below: int) -> None:
        fresh = index.Index(self._writer.life, self._room.n, below, dict(self._owes))
        await self._threads.files(index.write, self._disk, self._cipher, fresh)

    def _write_all(self, tasks: Sequence[_Task]) -> list[tuple[_Task, Stamp, int]]:
        written = []
        for task in tasks:
            snapshot = self._snapshot(task)
            if snapshot is not None:
                self._files.write(snapshot)
                written.append((task, snapshot.stamp, zlib.crc32(snapshot.packed)))
            else:
                # Nothing of it can be read: it must not keep the segment for ever.
                last = task.changes[-1].stamp if task.changes else (task.whole or _NONE).stamp
                written.append((task, last, 0))
        return written

    def _snapshot(self, task: _Task) -> Snapshot | None:
        key, whole = task.key, task.whole
        try:
            if whole is not None and not task.changes:
                epoch, seq, version, packed = whole.epoch, whole.seq, whole.version, whole.packed
            else:
                epoch, seq, packed = self._composed(key, whole, task.changes)
                version = self._codec.version(key)
        except DamagedError as damage:
            self._report("damaged-record", f"{key}: {damage}")
            return None
        return Snapshot(
            key=key, version=version, epoch=epoch, seq=seq, owes=task.owes, packed=packed
        )

    def _composed(
        self, key: str, whole: Whole | None, changes: Sequence[Change]
    ) -> tuple[int, int, bytes]:
        if whole is not None:
            value, stamp = self._codec.unpack(key, whole.version, whole.packed), whole.stamp
        else:
            found = newest(
                self._files, key, lambda each: self._codec.unpack(key, each.version, each.packed)
            )
            if found is None:
                raise DamagedError("there is no value for its changes")
            value, stamp = found[1], found[0].stamp
        value = changed(self._codec, key, value, stamp, changes)
        epoch, seq = max(stamp, changes[-1].stamp)
        return epoch, seq, self._codec.pack(value)

    def _filed(self, entry: Entry, stamp: Stamp, check: int) -> None:
        """Keep of *entry* only what is newer than its file."""
        layer: Layer | None = entry.layer.after(stamp) if entry.layer is not None else None
        entry.layer = layer
        if layer is None and entry.flying is None and entry.dirty is None:
            entry.filed = check
            if not entry.known:
                self._entries.pop(entry.key, None)


_NONE = Whole(0, 0, 0, b"")
__all__ = ["Compaction"]
