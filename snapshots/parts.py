"""What a store is made of, and what it tells of itself."""

from __future__ import annotations

from dataclasses import dataclass

from snapshots.archive import Archive
from snapshots.cipher import Cipher
from snapshots.codec import Codec
from snapshots.compaction import Compaction
from snapshots.dead_letters import DeadLetters
from snapshots.disk import Disk
from snapshots.entries import Entry
from snapshots.files import Files, Report
from snapshots.in_hand import InHand
from snapshots.journal import Journal
from snapshots.mail import Mailroom
from snapshots.resting import Resting
from snapshots.threads import Threads
from snapshots.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """How the store is doing, for operators."""

    segments: int
    journal_bytes: int
    unabsorbed: int
    unwritten: int
    """Keys that have something which is not on disk."""
    resting: int
    """Values that are kept packed in memory, and what they take there."""
    resting_bytes: int
    damaged: int
    """Files and records that were found damaged in this life."""
    syncs: int
    """Of the journal."""
    synced_at: float
    """When the last batch was on disk, on the clock of the event loop."""
    failing_since: float | None
    """Since when nothing has been taken: the disk refuses, or the journal is over its bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a store is made of; put together by `open_store`."""

    codec: Codec
    journal: Journal
    files: Files
    archive: Archive
    room: Mailroom
    writer: Writer
    compaction: Compaction
    letters: DeadLetters
    threads: Threads
    disk: Disk
    cipher: Cipher
    in_hand: InHand
    resting: Resting
    entries: dict[str, Entry]
    owes: dict[str, float]
    report: Report
    full: type[Exception]
    most_bytes: int
    damaged: int = 0
