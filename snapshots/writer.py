"""The writer: cuts batches from what is new, and syncs them one at a time (group commit).

While one batch is being written the next one gathers; of each key the latest wins. Values are
packed on the event loop when their batch is cut; the thread only seals, frames and writes.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import anyio

from snapshots.batch import Batch, Landing
from snapshots.codec import Codec
from snapshots.dead_letters import DeadLetterFile
from snapshots.disk import is_full
from snapshots.entries import Change, Dirty, Entry, Ticket, Whole
from snapshots.files import Report
from snapshots.journal import Journal, Preamble, Record, record
from snapshots.mail import Intake, Mail, Mailroom
from snapshots.records import Absorbed, Amended, Committed, Forgotten, Kind, Mark
from snapshots.threads import Threads

SOON = 1.25
"""Seconds that a write may wait which need not be at once, unless somebody says otherwise."""
AGAIN = 0.25
"""Seconds between two tries when the disk does not take a batch."""


class Writer:
    """Gathers what is new, and writes it."""

    def __init__(
        self,
        codec: Codec,
        journal: Journal,
        room: Mailroom,
        letters: DeadLetterFile,
        threads: Threads,
        *,
        entries: dict[str, Entry],
        owes: dict[str, float],
        life: int,
        report: Report,
        soon: float = SOON,
    ) -> None:
        """*soon* is how many seconds a write may wait which need not be at once."""
        self._delay = soon
        self._codec = codec
        self._journal = journal
        self._room = room
        self._letters = letters
        self._threads = threads
        self._entries = entries
        self._owes = owes
        self._report = report
        self._urgent: dict[str, Entry] = {}
        self._soon: dict[str, Entry] = {}
        self._soon_at = float("inf")
        self._next = Batch()
        self._cut: Batch | None = None
        self._woken = anyio.Event()
        self.life = life
        self.seqs = itertools.count(1)
        self.failing_since: float | None = None
        self.synced_at = anyio.current_time()
        self.packed = 0

    # -- what is new --------------------------------------------------------------------------

    def dirty(self, entry: Entry, *, soon: bool) -> Dirty:
        """Return where to note what is new about *entry*, and see to it that it is written."""
        dirty = entry.dirty
        if dirty is None:
            dirty = entry.dirty = Dirty()
        if not soon and dirty.waits:
            dirty.waits = False
            self._soon.pop(entry.key, None)
            self._urgent[entry.key] = entry
            self._wake()
        elif dirty.waits and entry.key not in self._soon:
            self._soon[entry.key] = entry
            if self._soon_at == float("inf"):
                self._soon_at = anyio.current_time() + self._delay
                self._wake()
        return dirty

    def intake(self, intake: Intake) -> None:
        """Write accepted updates."""
        self._next.intakes.append(intake)
        self._wake()

    def absorb(self, numbers: Sequence[int]) -> None:
        """Write that updates mean nothing to anybody."""
        self._next.absorbed.extend(numbers)
        self._next.marks.append(record(Kind.ABSORBED, Absorbed(list(numbers))))
        self._wake()

    def bury(self, letter: bytes) -> None:
        """Write a dead letter: before anything that may say it is dealt with."""
        self._next.letters.append(letter)
        self._wake()

    def forget(self, key: str) -> None:
        """Write that nothing of *key* so far may be read again."""
        self._next.marks.append(record(Kind.FORGOTTEN, Forgotten(key)))
        self._wake()

    def mark(self, kind: Kind, at: float) -> None:
        """Write that a life begins or ends."""
        self._next.marks.append(record(kind, Mark(at)))

    async def copy(self, mail: Sequence[Mail]) -> None:
        """Return once *mail*, as far as it is still needed, stands in the newest segment."""
        self._next.copies.extend((each, self._room.copy(each)) for each in mail)
        await self.flush()

    async def flush(self) -> None:
        """Return once everything that is new by now is on disk."""
        ticket = Ticket()
        self._next.tickets.append(ticket)
        self._soon_at = 0.0
        await self.durable(ticket)

    async def durable(self, ticket: Ticket) -> None:
        """Return once *ticket* is kept."""
        done = anyio.Event()
        ticket.when_durable(done.set)
        self._wake()
        await done.wait()

    # -- the loop -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Write batches as they come, until cancelled."""
        while True:
            wait = self._due() - anyio.current_time()
            if wait > 0:
                self._woken = anyio.Event()
                with anyio.move_on_after(wait if wait < 1e9 else None):
                    await self._woken.wait()
            else:
                await self.step()

    async def step(self) -> None:
        """Write one batch, however often it takes; a cancelled one is taken up again."""
        batch = self._cut = self._cut or self._cut_batch()
        while not batch.is_empty:
            try:
                with anyio.CancelScope(shield=True):
                    await self._threads.journal(self._write, batch, self._preamble())
            except OSError as problem:
                await self._failed(batch, problem)
            else:
                self.failing_since = None
                self.synced_at = anyio.current_time()
                break
        self._cut = None
        self._landed(batch)

    @property
    def idle(self) -> bool:
        """Whether nothing at all waits to be written."""
        return self._cut is None and not self._urgent and not self._soon and self._next.is_empty

    @property
    def waiting(self) -> int:
        """How many keys have something that is not on disk."""
        return len(self._urgent) + len(self._soon) + len(self._cut.landings if self._cut else ())

    def _due(self) -> float:
        if self._cut is not None or self._urgent or not self._next.is_empty:
            return 0.0
        return self._soon_at

    def _wake(self) -> None:
        self._woken.set()

    def _cut_batch(self) -> Batch:
        batch, self._next = self._next, Batch()
        if anyio.current_time() >= self._soon_at:
            self._urgent.update(self._soon)
            self._soon, self._soon_at = {}, float("inf")
        entries, self._urgent = self._urgent, {}
        needed = self._room.mail
        batch.copies = [each for each in batch.copies if each[0].n in needed]
        for entry in entries.values():
            self._pack(entry, batch)
        return batch

    def _pack(self, entry: Entry, batch: Batch) -> None:
        dirty = entry.dirty
        assert dirty is not None
        try:
            pieces = list(entry.cut(self._codec, self.life, self.seqs))
        except Exception as problem:  # one value that cannot be packed must not stop the others
            entry.flying = None
            self._report("unpackable", f"{entry.key}: {type(problem).__name__}: {problem}")
            return
        assert entry.flying is not None
        records = [self._record(entry.key, piece, dirty) for piece in pieces]
        batch.landings.append(Landing(entry, entry.flying, records, dirty.owes))
        batch.absorbed.extend(dirty.absorbed)
        batch.tickets.append(dirty.ticket)
        self.packed += 1

    def _record(self, key: str, piece: Whole | Change, dirty: Dirty) -> Record:
        if isinstance(piece, Whole):
            body: Any = Committed(
                key,
                piece.epoch,
                piece.seq,
                dirty.absorbed,
                dirty.owes,
                piece.version,
                piece.packed,
            )
            return record(Kind.COMMITTED, body)
        body = Amended(
            key,
            piece.epoch,
            piece.seq,
            piece.base,
            dirty.owes,
            piece.version,
            piece.name,
            piece.packed,
        )
        return record(Kind.AMENDED, body)

    def _preamble(self) -> Preamble | None:
        if not self._journal.wants_segment:
            return None
        return Preamble(life=self.life, n=self._room.n, records=self._room.offsets())

    def _write(self, batch: Batch, preamble: Preamble | None) -> None:
        if batch.letters:
            self._letters.write(batch.letters)
            batch.letters = []
        records = batch.records()
        if records or preamble is not None:
            self._journal.write(records, preamble)

    def _landed(self, batch: Batch) -> None:
        for landing in batch.landings:
            for piece, written in zip(landing.pieces(), landing.records, strict=True):
                piece.segment = written.place.segment
            landing.entry.landed(landing.layer)
            self._note(landing.entry.key, landing.owes)
        for mail, copied in batch.copies:
            self._room.move(mail, copied.place)
        for intake in batch.intakes:
            self._room.arrived(intake)
        self._room.absorbed(batch.absorbed)
        for ticket in (*batch.tickets, *(intake.ticket for intake in batch.intakes)):
            self._keep(ticket)

    def _keep(self, ticket: Ticket) -> None:
        try:
            ticket.keep()
        except Exception as problem:  # somebody else's callback must not stop the writer
            self._report("callback", f"{type(problem).__name__}: {problem}")

    def _note(self, key: str, owes: float | None) -> None:
        if owes is None:
            self._owes.pop(key, None)
        else:
            self._owes[key] = owes

    async def _failed(self, batch: Batch, problem: OSError) -> None:
        """Refuse what may be refused, tell the operator once, and wait for the next try."""
        if self.failing_since is None:
            self.failing_since = anyio.current_time()
            kind = "disk-full" if is_full(problem) else "disk-error"
            self._report(kind, f"the journal cannot be written: {problem.strerror or problem}")
        for intake in (*batch.intakes, *self._next.intakes):
            self._room.refused(intake, problem)
            self._keep(intake.ticket)
        batch.intakes, self._next.intakes = [], []
        await anyio.sleep(AGAIN)
