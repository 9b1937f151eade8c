"""The store: accepted updates and the values of actors, on one journal and many files.

Everything that must be durable goes through the journal in batches: while one batch is being
written, the next one gathers (group commit). Snapshot files are the journal's compaction.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import msgpack

from snapshots.backlog import SOON, Ticket
from snapshots.codec import Codec
from snapshots.dead_letters import DeadLetterFile
from snapshots.directory import Directory
from snapshots.disk import Disk, RealDisk
from snapshots.errors import DamagedError, StoreFullError
from snapshots.files import Report, Snapshot, archive_of
from snapshots.intake import Intake
from snapshots.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """How the store is doing, for operators."""

    segments: int
    journal_bytes: int
    unabsorbed: int
    unwritten: int
    damaged: int
    syncs: int
    failing_since: float | None


class Store:
    """Implements the port of the actors. Made by `open_store`; lives on one event loop."""

    def __init__(
        self,
        disk: Disk,
        codec: Codec,
        *,
        key_of: Callable[[str, Mapping[str, Any]], str],
        accepted: Callable[..., Any],
        report: Report,
        full: type[Exception] = StoreFullError,
        segment_bytes: int = 16 << 20,
        threads: bool = True,
    ) -> None:
        self._disk = disk
        self._codec = codec
        self.intake = Intake(key_of, accepted)
        self._report = report
        self._full = full
        self._writer = Writer(
            disk,
            codec,
            self.intake,
            report=report,
            segment_bytes=segment_bytes,
            threads=threads,
        )
        self.dead_letters = DeadLetterFile(disk)
        self._backlog = self._writer.backlog
        self._latest = self._writer.latest
        self.recover = self._writer.recover
        self.run = self._writer.run
        self.close = self._writer.close

    # -- intake -------------------------------------------------------------------------------

    async def accept(
        self, bot: str, updates: Sequence[Mapping[str, Any]], *, next_offset: int | None
    ) -> list[Any]:
        """Put *updates* into the journal; they are on disk when this returns.

        Raises:
            Exception: The one given as *full*: the disk does not take more, nothing was accepted.

        """
        if self._writer.failing_since is not None:
            raise self._full("the journal cannot be written at the moment")
        fresh, frames = self.intake.take(bot, updates, next_offset)
        self._backlog.raw.extend(frames)
        await self._writer.durable(self._backlog.raw_ticket)
        return fresh

    def offset(self, bot: str) -> int | None:
        """Return the offset to ask from, or None if *bot* has never asked."""
        return self.intake.offset(bot)

    def absorb(self, *numbers: int) -> None:
        """Count updates as dealt with that mean nothing to any actor."""
        self.intake.absorb(numbers)
        self._backlog.absorbed.extend(numbers)
        self._writer.wake()

    def pending(self, key: str, most: int, after: int = 0) -> Sequence[Any]:
        """Return unabsorbed updates of *key* with n > *after*, in order."""
        return self.intake.pending(key, most, after)

    def update(self, n: int) -> Any:
        """Return the unabsorbed update number *n*, or None."""
        mail = self.intake.mail.get(n)
        return self.intake.opened(mail).update if mail else None

    def unabsorbed(self) -> Sequence[Any]:
        """Return every accepted update that no actor has dealt with, in order."""
        return self.intake.unabsorbed()

    # -- values -------------------------------------------------------------------------------

    def commit(
        self,
        key: str,
        value: object,
        *,
        absorbed: Sequence[int] = (),
        owes: float | None = None,
        soon: bool = False,
    ) -> Ticket:
        """Keep *value* as the newest of *key*; never waits."""
        self.intake.absorb(absorbed)
        self._note(key, owes)
        ticket = self._backlog.commit(key, value, absorbed, owes, self._due(soon=soon))
        self._writer.wake()
        return ticket

    def amend(
        self, key: str, delta: object, *, owes: float | None = None, soon: bool = False
    ) -> Ticket:
        """Keep a small change to the newest value of *key*; never waits."""
        self._note(key, owes)
        dirty = self._backlog.dirty.get(key)
        if key not in self._latest and not (dirty and dirty.has_value):
            # Its value is in a file only; the journal needs a whole one to build on.
            value = self._codec.applied(key, self._unpacked_file(key), delta)
            ticket = self._backlog.commit(key, value, (), owes, self._due(soon=soon))
        else:
            ticket = self._backlog.amend(key, delta, owes, self._due(soon=soon))
        self._writer.wake()
        return ticket

    async def load(self, key: str) -> Any:
        """Return the newest whole value of *key*, or None."""
        if key in self._backlog.dirty or key in self._latest:
            return self._backlog.newest(key, lambda: self._writer.unpacked(key))
        snapshot = await self._writer.in_thread(self._writer.files.read, key)
        return self._from_file(key, snapshot) if snapshot else None

    def owing(self) -> Mapping[str, float]:
        """Return the keys that must act by themselves, and when (0: now)."""
        return dict(self._writer.owes)

    async def archive(self, key: str, turns: Sequence[Any]) -> None:
        """Append *turns* to the archive of *key*; on disk when this returns."""
        packed = b"".join(
            msgpack.packb([1, self._codec.pack(turn)], use_bin_type=True) for turn in turns
        )
        await self._writer.in_thread(self._append, archive_of(key), packed)

    async def retire(self, key: str, value: object) -> None:
        """Write *value* into the snapshot file of *key*."""
        self.commit(key, value, owes=self._writer.owes.get(key))
        await self.flush()
        await self._writer.write_file(key)

    async def flush(self) -> None:
        """Return once everything that was committed so far is on disk."""
        await self._writer.flush()

    def statistics(self) -> Statistics:
        """Return how the store is doing."""
        return Statistics(
            segments=len(self._writer.journal.segments),
            journal_bytes=self._writer.journal.total_bytes,
            unabsorbed=len(self.intake.mail),
            unwritten=len(self._backlog.dirty),
            damaged=self._writer.files.damaged,
            syncs=self._writer.journal.syncs,
            failing_since=self._writer.failing_since,
        )

    def _note(self, key: str, owes: float | None) -> None:
        if owes is None:
            self._writer.owes.pop(key, None)
        else:
            self._writer.owes[key] = owes

    def _due(self, *, soon: bool) -> float:
        return anyio.current_time() + SOON if soon else 0.0

    def _unpacked_file(self, key: str) -> Any:
        snapshot = self._writer.files.read(key)
        if snapshot is None:
            raise DamagedError(f"{key} has no value to change")
        return self._codec.unpack(key, snapshot.version, snapshot.packed)

    def _from_file(self, key: str, snapshot: Snapshot) -> Any:
        try:
            return self._codec.unpack(key, snapshot.version, snapshot.packed)
        except DamagedError as damage:
            self._report("damaged-file", f"{key}: {damage}")
            return None

    def _append(self, path: str, data: bytes) -> None:
        appender = self._disk.append_to(path)
        try:
            appender.write(data)
            appender.sync()
        finally:
            appender.close()


@asynccontextmanager
async def open_store(
    path: Path,
    codec: Codec,
    *,
    key_of: Callable[[str, Mapping[str, Any]], str],
    accepted: Callable[..., Any],
    report: Report,
    full: type[Exception] = StoreFullError,
) -> AsyncIterator[Store]:
    """Own the data directory *path* for as long as the block lasts.

    *accepted(n=, bot=, update=)* makes what `accept` and `pending` return.

    Raises:
        DataDirectoryInUseError: Another process owns it.
        NewerDataError: A newer version of the program wrote it; nothing was touched.

    """
    directory = Directory(path, codec.newest)
    directory.claim()
    try:
        disk = RealDisk(path)
        store = Store(disk, codec, key_of=key_of, accepted=accepted, report=report, full=full)
        store.recover()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(store.run)
            try:
                yield store
            finally:
                tasks.cancel_scope.cancel()
                with anyio.move_on_after(20, shield=True):
                    await store.close()
    finally:
        directory.release()


__all__ = ["Statistics", "Store", "open_store"]
