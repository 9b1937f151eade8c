"""Opens a data directory: claims it, reads the index and the journal, starts the writer.

A start opens no snapshot. Reading them all happens only when the index is lost.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from snapshots import index
from snapshots.archive import Archive
from snapshots.chain import Link, chain, segments
from snapshots.cipher import Cipher, Plain
from snapshots.codec import Codec
from snapshots.compaction import Compaction
from snapshots.dead_letters import DeadLetterFile, DeadLetters
from snapshots.directory import Claim, check_format, check_keys, raise_format, raise_keys
from snapshots.disk import Disk, Folders, RealDisk
from snapshots.errors import StoreFullError
from snapshots.files import Files, Report
from snapshots.in_hand import InHand, slot_file, slot_in_memory
from snapshots.journal import FOLDER, Journal, Segment
from snapshots.mail import KeyOf, Mailroom
from snapshots.parts import Parts
from snapshots.records import Kind
from snapshots.replay import Replay
from snapshots.resting import ENOUGH, Resting
from snapshots.store import Store
from snapshots.threads import Threads
from snapshots.writer import SOON, Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long the journal may be, how much is kept in memory, and what may take how long."""

    segment_bytes: int = 4 << 20
    segments: int = 4
    """So many stay, besides the one being written; the older ones are compacted."""
    most_bytes: int = 512 << 20
    """Above this nothing is accepted: compaction does not keep up, or never succeeds."""
    resting_bytes: int = ENOUGH
    """Packed values of actors that rest."""
    ending: float = 5.0
    """Seconds that an end in good order may take for writing files; the journal has it all."""
    soon: float = SOON
    """Seconds that a write may wait which need not be at once."""


BOUNDS = Bounds()


@asynccontextmanager
async def open_store(
    path: Path,
    codec: Codec,
    *,
    key_of: KeyOf,
    accepted: Callable[..., Any],
    report: Report,
    full: type[Exception] = StoreFullError,
    cipher: Cipher | None = None,
    progress: Callable[[int], None] = lambda _: None,
    bounds: Bounds = BOUNDS,
) -> AsyncIterator[Store]:
    """Own the data directory *path* for as long as the block lasts.

    *key_of(bot, update)* names the actor that an update is for, "" if it means nothing;
    *accepted(n=, bot=, update=)* makes what `accept` and `pending` return;
    *report(kind, sentence)* tells the operator of trouble (from any thread); *progress(files)* is
    called while a lost index is rebuilt.

    Raises:
        DataDirectoryInUseError: Another process owns it.
        NewerDataError: A newer version of the program wrote it; nothing was touched.
        MissingKeyError: It is encrypted with a key that *cipher* does not have; nothing was
            touched.
        OSError: The disk cannot be read or written.

    """
    claim = Claim(path, codec.versions)
    try:
        async with open_on(
            RealDisk(path),
            codec,
            key_of=key_of,
            accepted=accepted,
            report=report,
            full=full,
            cipher=cipher,
            progress=progress,
            bounds=bounds,
            in_hand=slot_file(path / "in-hand"),
            threads=True,
        ) as store:
            yield store
    finally:
        claim.release()


@asynccontextmanager
async def open_on(
    disk: Disk,
    codec: Codec,
    *,
    key_of: KeyOf,
    accepted: Callable[..., Any],
    report: Report,
    full: type[Exception] = StoreFullError,
    cipher: Cipher | None = None,
    progress: Callable[[int], None] = lambda _: None,
    bounds: Bounds = BOUNDS,
    in_hand: InHand | None = None,
    threads: bool = False,
) -> AsyncIterator[Store]:
    """Run a store on any disk; without *threads* for one in memory. See `open_store`."""
    opener = _Opener(disk, codec, cipher or Plain(), report, Threads(real=threads))
    await opener.threads.files(opener.read, progress)
    parts = opener.parts(key_of, accepted, full, bounds, in_hand or slot_in_memory())
    problem: Exception | None = None
    lasting = [anyio.CancelScope(shield=True) for _ in range(2)]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_within, lasting[0], parts.writer.run)
        tasks.start_soon(_within, lasting[1], parts.compaction.run)
        try:
            yield Store(parts)
        except Exception as raised:  # goes on below, without a group around it
            problem = raised
        finally:
            try:
                with anyio.move_on_after(bounds.ending, shield=True):
                    await _end(parts)
            finally:
                for scope in lasting:  # nothing else ends them: they had to serve the end, too
                    scope.cancel()
    parts.journal.close()
    parts.in_hand.close()
    if problem is not None:
        raise problem


async def _within(scope: anyio.CancelScope, run: Callable[[], Awaitable[None]]) -> None:
    """Run *run* until *scope* is cancelled, and by nothing else."""
    with scope:
        await run()


async def _end(parts: Parts) -> None:
    """Write everything: first the journal, then files for what only the journal has."""
    parts.writer.mark(Kind.STOP, time.time())
    await parts.writer.flush()
    try:
        await parts.compaction.everything()
    except OSError as problem:
        parts.report("disk-error", f"the journal could not be compacted: {problem}")


class _Opener:
    """Reads what is there, without changing it until all of it is understood."""

    def __init__(
        self, disk: Disk, codec: Codec, cipher: Cipher, report: Report, threads: Threads
    ) -> None:
        self._disk = disk
        self._codec = codec
        self._cipher = cipher
        self._report = report
        self._files = Files(disk, cipher, report)
        self._replay = Replay()
        self._found: Sequence[Segment] = ()
        self._links: list[Link] = []
        self.threads = threads

    def read(self, progress: Callable[[int], None]) -> None:
        """Read the index and the live segments."""
        kinds = list(self._codec.versions)
        formats = check_format(self._disk, self._codec.versions)
        keys = check_keys(self._disk, self._cipher)
        self._found = segments(self._disk)
        self._links = chain(self._disk, self._cipher, self._found)
        known = index.read(self._disk, self._cipher, self._report)
        if self._found:
            # What a killed life wrote may not be on the disk yet, though it can be read.
            for segment in self._found:
                self._disk.fsync(segment.path)
            self._disk.fsync_dir(FOLDER)
        if known is not None and self._is_fresh(known):
            self._replay.owes = dict(known.owes)
        elif index.needed(self._links, self._files, kinds):
            if known is None:
                self._report("index-rebuilt", "the index of who owes what is lost or out of date")
            known = index.rebuild(self._files, kinds, progress)
            self._replay.owes = known.owes
        if known is not None:
            self._replay.life, self._replay.n = known.life, known.n
        self._replay.read(self._links, self._cipher)
        self._tell()
        raise_format(self._disk, formats, self._codec.versions)
        raise_keys(self._disk, keys, self._cipher)
        self._tidy()
        for key in self._replay.forgotten - self._replay.entries.keys():
            self._files.forget(key)  # a kill may have come between the word and the deed

    def parts(
        self,
        key_of: KeyOf,
        accepted: Callable[..., Any],
        full: type[Exception],
        bounds: Bounds,
        in_hand: InHand,
    ) -> Parts:
        """Return everything a store is made of."""
        replay, threads = self._replay, self.threads
        journal = Journal(self._disk, self._cipher, bounds.segment_bytes)
        last = self._found[-1].number if self._found else 0
        journal.take_over([link.segment for link in self._links], last)
        room = Mailroom(journal, key_of, accepted)
        room.recover(replay.bots, replay.mail, replay.n)
        letters = DeadLetterFile(self._disk, self._cipher)
        shared: dict[str, Any] = {
            "entries": replay.entries,
            "owes": replay.owes,
            "report": self._report,
        }
        writer = Writer(
            self._codec,
            journal,
            room,
            letters,
            threads,
            life=replay.life + 1,
            soon=bounds.soon,
            **shared,
        )
        writer.mark(Kind.START, time.time())
        compaction = Compaction(
            self._disk,
            self._cipher,
            self._codec,
            journal,
            self._files,
            room,
            writer,
            threads,
            keep=bounds.segments,
            **shared,
        )
        return Parts(
            codec=self._codec,
            journal=journal,
            files=self._files,
            archive=Archive(self._disk, self._cipher, self._codec, self._files, self._report),
            room=room,
            writer=writer,
            compaction=compaction,
            letters=DeadLetters(letters, writer, threads, room.key_of_number),
            threads=threads,
            disk=self._disk,
            cipher=self._cipher,
            in_hand=in_hand,
            resting=Resting(self._codec, bounds.resting_bytes),
            full=full,
            most_bytes=bounds.most_bytes,
            damaged=replay.damaged,
            **shared,
        )

    def _is_fresh(self, known: index.Index) -> bool:
        """Whether *known* was written after everything that the journal has lost."""
        first = self._links[0].head if self._links else None
        return first is None or known.below > first.previous

    def _tell(self) -> None:
        if self._replay.damaged:
            what = f"{self._replay.damaged} places in the journal are not whole; the rest is used"
            self._report("damaged-record", what)
        for link in self._links:
            if link.torn:
                # The end of a write that was cut short; it was never acknowledged.
                self._report("torn-tail", f"{link.segment.path}: {link.torn} bytes")

    def _tidy(self) -> None:
        """Remove segments that were removed before, or never came to count."""
        Folders(self._disk).ensure(FOLDER)
        live = {link.segment.number for link in self._links}
        for segment in self._found:
            if segment.number not in live:
                self._disk.remove(segment.path)
        self._disk.fsync_dir(FOLDER)
