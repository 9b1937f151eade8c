"""Finds the live segments of a journal and tells torn tails from damage.

Each segment names the one before it, so segments that were removed but came back in a power
cut, or that a failing disk left behind, are not part of the chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from snapshots.cipher import Cipher
from snapshots.disk import Disk
from snapshots.errors import DamagedError
from snapshots.frames import Frame, Gap, scan
from snapshots.journal import FOLDER, Segment, opened
from snapshots.records import End, Head, Kind, decode

_NAME = re.compile(r"(\d{8,})-([0-9a-f]{8})\.log")


@dataclass(slots=True)
class Link:
    """One live segment, read."""

    segment: Segment
    frames: list[Frame] = field(repr=False)
    head: Head | None = None
    damaged: int = 0
    """Places at which something that was on the disk is not whole any more."""
    torn: int = 0
    """Bytes at the end that were never known to be on the disk."""


def segments(disk: Disk) -> list[Segment]:
    """Return every segment there is a file for, oldest first."""
    matches = [_NAME.fullmatch(name) for name in disk.names(FOLDER)]
    found = [Segment(int(m[1]), int(m[2], 16)) for m in matches if m]
    return sorted(found, key=lambda each: each.number)


def chain(disk: Disk, cipher: Cipher, found: Sequence[Segment]) -> list[Link]:
    """Return the live ones among *found*, oldest first.

    Raises:
        MissingKeyError: They are encrypted with a key we do not have.

    """
    left = list(found)
    links: list[Link] = []
    sure: int | None = None  # how much of the next segment is known to have been on disk
    while left:
        link = _read(disk, cipher, left.pop(), sure)
        if not links and not link.frames:
            continue  # the power went while it was made
        links.append(link)
        if link.head is None:
            # Damaged at its very beginning: then the one before it is the best guess.
            link.damaged += 1
            sure = None
            continue
        previous, sure = link.head.previous, link.head.previous_size
        left = [each for each in left if each.number <= previous]
        if not left or left[-1].number != previous:
            break
    return links[::-1]


def _read(disk: Disk, cipher: Cipher, segment: Segment, sure: int | None) -> Link:
    data = disk.read(segment.path)
    link = Link(segment, [])
    if sure is not None:
        link.damaged += len(data) < sure
        data = data[:sure]
    for batch in _batches(data, segment.salt):
        if not batch.whole and batch.last and sure is None:
            break
        link.damaged += not batch.whole
        link.frames.extend(batch.frames)
        segment.size = batch.end
    link.torn = len(data) - segment.size
    if sure is not None:
        segment.size, link.torn = sure, 0
    if link.frames and link.frames[0].kind == Kind.HEAD:
        try:
            link.head = decode(Kind.HEAD, opened(cipher, Kind.HEAD, link.frames[0].body))
        except DamagedError:
            link.damaged += 1
    return link


@dataclass(slots=True)
class _Batch:
    frames: list[Frame]
    whole: bool
    end: int
    last: bool = False


def _batches(data: bytes, salt: int) -> Iterator[_Batch]:
    """Yield what was written together; frames without their END make a batch that is not whole."""
    ready: _Batch | None = None
    gathered: list[Frame] = []
    gap = False
    end = 0
    for item in scan(data, salt):
        end = item.end
        if isinstance(item, Gap):
            gap = True
            continue
        if item.kind != Kind.END:
            gathered.append(item)
            continue
        for batch in _ended(item, gathered, gap=gap):
            if ready is not None:
                yield ready
            ready = batch
        gathered, gap = [], False
    if gathered or gap:
        if ready is not None:
            yield ready
        ready = _Batch(gathered, whole=False, end=end)
    if ready is not None:
        ready.last = True
        yield ready


def _ended(item: Frame, gathered: list[Frame], *, gap: bool) -> list[_Batch]:
    mark: End = decode(Kind.END, item.body)
    mine = [each for each in gathered if each.start >= mark.start]
    strays = [each for each in gathered if each.start < mark.start]
    whole = len(mine) == mark.count
    batches = [_Batch(mine, whole=whole, end=item.end)]
    if strays or (gap and whole):
        # The END of the batch before is missing, or all of it.
        batches.insert(0, _Batch(strays, whole=False, end=mark.start))
    return batches
