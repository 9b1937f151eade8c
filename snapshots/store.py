"""The store: accepted updates and the values of actors, on one journal and many files.

Everything that must be durable goes through the journal in batches. A snapshot file is the
journal's compaction for one key: written when the key is retired, or before a segment goes.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import anyio

from snapshots.entries import Entry, Ticket
from snapshots.files import Snapshot
from snapshots.mail import Intake
from snapshots.parts import Parts, Statistics
from snapshots.reading import Reading
from snapshots.upkeep import Upkeep


class Store:
    """Implements the port of the actors. Made by `open_store`; lives on one event loop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._codec = parts.codec
        self._room = parts.room
        self._writer = parts.writer
        self._entries = parts.entries
        self._reading = Reading(parts)
        self._retiring: dict[str, Any] = {}
        self._over_since: float | None = None
        self.dead_letters = parts.letters
        self.in_hand = parts.in_hand
        self.resting = parts.resting
        self.upkeep = Upkeep(parts)

    # -- intake -------------------------------------------------------------------------------

    async def accept(
        self, bot: str, updates: Sequence[Mapping[str, Any]], *, next_offset: int | None
    ) -> list[Any]:
        """Put *updates* into the journal; they are on disk when this returns.

        Updates that were accepted before (by `update_id`, among the last 1000) are left out.

        Raises:
            Exception: The one given as *full*: the disk does not take more, nothing was accepted.

        """
        if self._is_over_its_bound:
            raise self._parts.full("the journal has grown over its bound")
        intake, fresh, others = self._room.take(bot, updates, next_offset)
        if intake.records:
            self._writer.intake(intake)
            await self._arrival(intake)
        for other in others:
            await self._arrival(other)
        return fresh

    @property
    def _is_over_its_bound(self) -> bool:
        over = self._parts.journal.total_bytes > self._parts.most_bytes
        if not over:
            self._over_since = None
        elif self._over_since is None:
            self._over_since = anyio.current_time()
        return over

    async def _arrival(self, intake: Intake) -> None:
        if not intake.ticket.durable:
            await self._writer.durable(intake.ticket)
        if intake.problem is not None:
            why = intake.problem.strerror or str(intake.problem)
            raise self._parts.full(f"the journal cannot be written: {why}") from intake.problem

    def offset(self, bot: str) -> int | None:
        """Return the offset to ask from, or None if *bot* has never asked."""
        return self._room.offset(bot)

    def absorb(self, *numbers: int) -> None:
        """Count updates as dealt with that mean nothing to any actor."""
        self._room.claim(numbers)
        self._writer.absorb(numbers)

    def pending(self, key: str, most: int, after: int = 0) -> list[Any]:
        """Return up to *most* unabsorbed updates of *key* with n > *after*, in order."""
        return self._room.pending(key, most, after)

    def update(self, n: int) -> Any:
        """Return the unabsorbed update number *n*, or None."""
        return self._room.update(n)

    def unabsorbed(self) -> list[Any]:
        """Return every accepted update that no actor has dealt with, in order."""
        return self._room.unabsorbed()

    def waiting(self) -> Mapping[str, int]:
        """Return how many accepted updates no actor has dealt with, by the bot that got them."""
        return self._room.by_bot()

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
        """Keep *value* as the newest of *key*; never waits.

        *soon* allows up to two seconds before the write, unless it absorbs something.
        """
        entry = self._entries.get(key)
        if entry is None:
            self._codec.version(key)  # an unknown kind is told to whoever commits it
            entry = self._entries[key] = Entry(key)
        entry.known = True
        self.resting.drop(key)
        dirty = self._writer.dirty(entry, soon=soon and not absorbed)
        dirty.value, dirty.has_value, dirty.owes = value, True, owes
        dirty.deltas.clear()
        if absorbed:
            dirty.absorbed.extend(absorbed)
            self._room.claim(absorbed)
        return dirty.ticket

    def amend(
        self, key: str, delta: object, *, owes: float | None = None, soon: bool = False
    ) -> Ticket:
        """Keep a small change to the newest value of *key*; never waits.

        Raises:
            LookupError: Nobody has loaded or committed *key* in this life.

        """
        entry = self._entries.get(key)
        if entry is None or not entry.known:
            raise LookupError(f"{key} has no value to change")
        self.resting.drop(key)
        dirty = self._writer.dirty(entry, soon=soon)
        dirty.owes = owes
        if dirty.has_value:
            dirty.value = self._codec.applied(key, dirty.value, delta)
        else:
            dirty.amend(delta, soon=soon)
        return dirty.ticket

    async def load(self, key: str) -> Any:
        """Return the newest whole value of *key*, or None when there is none."""
        while True:
            if key in self.resting:
                value = self.resting.look(key)
                self.resting.drop(key)
                return value
            if key in self._retiring:
                self._entries.setdefault(key, Entry(key)).known = True
                return self._retiring[key]
            entry = self._entries.get(key)
            layers = entry.layers if entry is not None else None
            if entry is not None and entry.known and (entry.has_value or (layers and layers.whole)):
                return self._reading.composed(key, None)
            layer = entry.layer if entry is not None else None
            found = await self._parts.threads.reads(self._reading.from_file, key)
            now = self._entries.get(key)
            if now is entry and (now.layer if now is not None else None) is layer:
                return self._reading.composed(key, found)
            # Meanwhile a compaction has moved something from the journal into the file.

    def owing(self) -> Mapping[str, float]:
        """Return the keys that must act by themselves, and when (0: now)."""
        return dict(self._parts.owes)

    def rest(self, key: str, value: object) -> None:
        """Keep *value*, which was committed or loaded, packed: its actor leaves the memory.

        Nothing is written for it; the least recently used are let go when all take too much.
        """
        self._entries.setdefault(key, Entry(key)).known = True
        for gone in self.resting.keep(key, value):
            entry = self._entries[gone]
            entry.known = False
            if entry.layers is None and entry.dirty is None:
                del self._entries[gone]

    async def retire(self, key: str, value: object) -> None:
        """Write *value* into the snapshot file of *key*: nobody will need it for a while.

        Costs nothing when the file has that value already.

        Raises:
            OSError: The disk does not take it; nothing is lost, what was committed still counts.

        """
        self.resting.drop(key)
        entry = self._entries.setdefault(key, Entry(key))
        entry.known = False
        packed = self._codec.pack(value)
        check = zlib.crc32(packed)
        if entry.filed != check or entry.dirty is not None:
            self._retiring[key] = value
            try:
                await self._file(entry, packed)
            except OSError:
                entry.known = True
                raise
            finally:
                del self._retiring[key]
        if not entry.known and entry.layers is None and entry.dirty is None:
            self._entries.pop(key, None)

    async def _file(self, entry: Entry, packed: bytes) -> None:
        if entry.dirty is not None or entry.flying is not None:
            # First what it absorbed, then the file: the other way round a crash would have
            # the consequence twice.
            await self._writer.flush()
        epoch, seq = entry.next_stamp(self._writer.life, self._writer.seqs)
        snapshot = Snapshot(
            key=entry.key,
            version=self._codec.version(entry.key),
            epoch=epoch,
            seq=seq,
            owes=self._parts.owes.get(entry.key),
            packed=packed,
        )
        await self._parts.threads.files(self._parts.files.write, snapshot)
        entry.base = max(entry.base, (epoch, seq))
        entry.layer = entry.layer.after((epoch, seq)) if entry.layer is not None else None
        entry.filed = zlib.crc32(packed) if entry.layers is None and entry.dirty is None else None

    # -- everything else ----------------------------------------------------------------------

    async def archive(self, key: str, turns: Sequence[Any]) -> None:
        """Append *turns* to the archive of *key*; they are on disk when this returns."""
        await self._parts.threads.files(self._parts.archive.append, key, list(turns))

    async def archived(self, key: str) -> list[Any]:
        """Return what the archive of *key* holds, oldest first."""
        return await self._parts.threads.reads(self._parts.archive.read, key)

    async def forget(self, key: str) -> None:
        """Remove everything at rest about *key*: mail, journal, files, archive, dead letters.

        The journal is rewritten for it, so this takes a moment. Its actor must have ended.
        """
        await self.upkeep.forget(key)

    async def flush(self) -> None:
        """Return once everything that was committed so far is on disk."""
        await self._writer.flush()

    @property
    def failing_since(self) -> float | None:
        """Since when nothing can be accepted, on the loop's clock; None while all is well."""
        since = self._writer.failing_since
        if since is None and self._is_over_its_bound:
            since = self._over_since
        return since

    def statistics(self) -> Statistics:
        """Return how the store is doing; walks over the mail that waits."""
        return Statistics(
            segments=len(self._parts.journal.segments),
            journal_bytes=self._parts.journal.total_bytes,
            unabsorbed=self._room.count(),
            unwritten=self._writer.waiting,
            resting=len(self.resting),
            resting_bytes=self.resting.bytes,
            damaged=self._parts.damaged + self._parts.files.damaged,
            syncs=self._parts.journal.syncs,
            synced_at=self._writer.synced_at,
            failing_since=self.failing_since,
        )


__all__ = ["Parts", "Statistics", "Store"]
