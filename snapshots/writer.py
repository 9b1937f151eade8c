"""The writer: cuts batches from the backlog, syncs them, compacts the journal into files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio

from snapshots.backlog import Backlog, Latest, Ticket
from snapshots.codec import Codec
from snapshots.disk import Disk, is_full
from snapshots.files import Files, Report, Snapshot
from snapshots.intake import Intake
from snapshots.journal import Journal, Replay, start_frame

COMPACT_AGAIN = 30.0
"""Seconds before a compaction that the disk refused is tried again."""


class Writer:
    """Owns the journal and the files; one task runs it, one thread does its disk work."""

    def __init__(
        self,
        disk: Disk,
        codec: Codec,
        intake: Intake,
        *,
        report: Report,
        segment_bytes: int,
        threads: bool,
    ) -> None:
        self._codec = codec
        self._intake = intake
        self._report = report
        self._threads = threads
        self.files = Files(disk, report)
        self.journal = Journal(disk, segment_bytes, report)
        self.backlog = Backlog(codec)
        self.latest: dict[str, Latest] = {}
        self.owes: dict[str, float] = {}
        self.failing_since: float | None = None
        self.woken = anyio.Event()
        self._seq = 0
        self._carried: tuple[bytes, list[Ticket]] | None = None
        self._compact_at = 0.0
        self._one_thread = anyio.CapacityLimiter(1)

    def recover(self) -> None:
        """Read the index and the live segments; opens no snapshot file."""
        owed = self.journal.read_index()
        if owed is None:
            owed = {each.key: each.owes for each in self.files.every() if each.owes is not None}
        replay = Replay(latest=self.latest, owes=dict(owed), mail=self._intake.mail)
        self.journal.replay(replay)
        self.owes, self._seq = replay.owes, replay.seq
        self._intake.recover(replay)
        self.journal.begin(self._preamble())

    async def run(self) -> None:
        """Write batches as they come, until cancelled."""
        while True:
            wait = self.backlog.due() - anyio.current_time()
            if wait > 0:
                self.woken = anyio.Event()
                with anyio.move_on_after(wait if wait < 1e9 else None):
                    await self.woken.wait()
                continue
            await self._write_batch()
            if self.journal.is_long and anyio.current_time() >= self._compact_at:
                await self._compact()

    async def close(self) -> None:
        """Write everything: the journal, a file for every value that has none, the index."""
        await self._compact()

    def wake(self) -> None:
        """Say that there is something to write."""
        self.woken.set()

    async def durable(self, ticket: Ticket) -> None:
        """Return once *ticket* is kept."""
        done = anyio.Event()
        ticket.when_durable(done.set)
        self.wake()
        await done.wait()

    async def flush(self) -> None:
        """Return once everything that was committed so far is on disk."""
        for dirty in self.backlog.dirty.values():
            dirty.due = 0.0
        tickets = [dirty.ticket for dirty in self.backlog.dirty.values()]
        if self.backlog.raw or self.backlog.absorbed:
            tickets.append(self.backlog.raw_ticket)
        for ticket in tickets:
            await self.durable(ticket)

    async def _write_batch(self) -> None:
        cut = self._carried or self.backlog.cut(anyio.current_time(), self._next_seq, self.latest)
        # Kept until it is written: a cancellation on the way must not lose it.
        self._carried = cut
        batch, tickets = cut
        while batch:
            try:
                with anyio.CancelScope(shield=True):
                    await self.in_thread(self.journal.append, batch)
            except OSError as problem:
                await self._failing(problem)
            else:
                break
        self._carried = self.failing_since = None
        for ticket in tickets:
            ticket.keep()

    async def _failing(self, problem: OSError) -> None:
        """Stop taking updates, tell the operator once, and try again in a moment."""
        if self.failing_since is None:
            self.failing_since = anyio.current_time()
            self._report("disk-full" if is_full(problem) else "disk-error", str(problem.strerror))
        await anyio.sleep(1.0)

    async def _compact(self) -> None:
        """Put what the journal holds into files, and begin a new segment."""
        for dirty in self.backlog.dirty.values():
            dirty.due = 0.0
        await self._write_batch()
        if self._carried is None and self.backlog.due() <= 0:
            await self._write_batch()  # the first one was what a failure had left
        try:
            for key in list(self.latest):
                await self.write_file(key)
            with anyio.CancelScope(shield=True):
                await self.in_thread(self.journal.write_index, dict(self.owes))
                await self.in_thread(self.journal.roll, self._preamble())
        except OSError as problem:
            # The journal still has everything; only its length is a worry.
            self._compact_at = anyio.current_time() + COMPACT_AGAIN
            self._report("disk-full" if is_full(problem) else "disk-error", str(problem.strerror))

    async def write_file(self, key: str) -> None:
        """Put the newest journalled value of *key* into its snapshot file."""
        latest = self.latest.get(key)
        if latest is None:
            return
        packed = latest.packed
        if latest.deltas:
            packed = self._codec.pack(self.unpacked(key))
        snapshot = Snapshot(
            key=key,
            version=latest.version if not latest.deltas else self._codec.version(key),
            epoch=1,
            seq=latest.seq,
            owes=self.owes.get(key),
            packed=packed,
        )
        await self.in_thread(self.files.write, snapshot)
        if self.latest.get(key) is latest and latest.seq == snapshot.seq:
            del self.latest[key]

    def unpacked(self, key: str) -> Any:
        """Return the newest value of *key* that a batch has held."""
        latest = self.latest[key]
        value = self._codec.unpack(key, latest.version, latest.packed)
        for name, packed in latest.deltas:
            value = self._codec.apply(key, value, name, packed)
        return value

    async def in_thread(self, call: Callable[..., Any], *args: Any) -> Any:
        """Run *call* in the one thread that touches the disk."""
        if not self._threads:
            return call(*args)
        # A write that has begun is finished, and its result is known, whatever is cancelled.
        return await anyio.to_thread.run_sync(call, *args, limiter=self._one_thread)

    def _preamble(self) -> bytes:
        """Return what a new segment begins with: what must outlive the segments before it."""
        start = start_frame(self._intake.n, self._seq)
        return b"".join([start, *self._intake.frames()])

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq
