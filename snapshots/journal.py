"""The journal: segments that only grow; what is written is synced before it counts.

A segment is `journal/<number>-<salt>.log`. A batch of records ends with an END record that
says where the batch began and how many records it has, so a batch counts whole or not at all. A
segment begins with a HEAD that names the segment before it and how much of that was on disk.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from snapshots.cipher import Cipher
from snapshots.disk import Disk
from snapshots.errors import DamagedError
from snapshots.frames import frame, one
from snapshots.records import Body, End, Head, Kind, encode

FOLDER: Final = "journal"


class Place(NamedTuple):
    """Where a record lies."""

    segment: int
    offset: int
    length: int


NOWHERE: Final = Place(0, 0, 0)


@dataclass(slots=True, eq=False)
class Record:
    """A record on its way to the disk, and where it has come to lie."""

    kind: Kind
    body: bytes
    place: Place = NOWHERE


@dataclass(slots=True)
class Segment:
    """One file of the journal."""

    number: int
    salt: int
    size: int = 0

    @property
    def path(self) -> str:
        """Where it lies."""
        return f"{FOLDER}/{self.number:08d}-{self.salt:08x}.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preamble:
    """What a new segment begins with, besides the name of the one before it."""

    life: int
    n: int
    records: Sequence[Record] = ()


class Journal:
    """Writes batches, one at a time, from whatever thread; reads single records."""

    def __init__(self, disk: Disk, cipher: Cipher, segment_bytes: int) -> None:
        self._disk = disk
        self._cipher = cipher
        self.segment_bytes = segment_bytes
        self._last = 0
        self._broken = True
        self.segments: dict[int, Segment] = {}
        self.syncs = 0

    def take_over(self, segments: Sequence[Segment], last: int) -> None:
        """Go on after *segments*; *last* is the highest number ever seen."""
        self.segments = {each.number: each for each in segments}
        self._last = last

    @property
    def total_bytes(self) -> int:
        """Bytes in all segments."""
        return sum(each.size for each in self.segments.values())

    @property
    def current(self) -> int:
        """Number of the newest segment, 0 if there is none."""
        return max(self.segments, default=0)

    @property
    def wants_segment(self) -> bool:
        """Whether the next batch has to begin a new one."""
        return self._broken or self.segments[self.current].size >= self.segment_bytes

    def roll(self) -> None:
        """Let the next batch begin a new segment."""
        self._broken = True

    def write(self, records: Sequence[Record], preamble: Preamble | None) -> None:
        """Append *records* as one batch, in a new segment if there is a *preamble*; sync it.

        Raises:
            OSError: It is not known to be on disk. The next batch needs a preamble: nothing is
                written behind what may be torn, and a sync that failed is never trusted again.

        """
        if preamble is None:
            segment = self.segments[self.current]
        else:
            self._last += 1
            segment = Segment(self._last, secrets.randbits(32))
            records = [self._head(preamble), *preamble.records, *records]
        data = self._framed(segment, records)
        self._broken = True
        try:
            self._disk.append(segment.path, data)
            self._disk.fsync(segment.path)
            if preamble is not None:
                self._disk.fsync_dir(FOLDER)
        except OSError:
            self._disk.release(segment.path)
            raise
        self._broken = False
        self.syncs += 1
        if preamble is not None:
            if self.segments:
                self._disk.release(self.segments[self.current].path)
            self.segments[segment.number] = segment
        segment.size += len(data)

    def read(self, place: Place) -> bytes:
        """Return the body of the record at *place*.

        Raises:
            DamagedError: It is not whole any more.

        """
        segment = self.segments[place.segment]
        data = self._disk.read(segment.path, place.offset, place.length)
        found = one(data, segment.salt)
        if found is None:
            raise DamagedError(f"{segment.path} is damaged at {place.offset}")
        return opened(self._cipher, found.kind, found.body)

    def remove(self, number: int) -> None:
        """Remove a segment that nobody needs any more; on disk when this returns."""
        self._disk.remove(self.segments[number].path)
        self._disk.fsync_dir(FOLDER)
        del self.segments[number]

    def close(self) -> None:
        """Let go of the file."""
        if self.segments:
            self._disk.release(self.segments[self.current].path)

    def _head(self, preamble: Preamble) -> Record:
        previous = self.segments[self.current] if self.segments else Segment(0, 0)
        head = Head(preamble.life, preamble.n, previous.number, previous.size)
        return record(Kind.HEAD, head)

    def _framed(self, segment: Segment, records: Sequence[Record]) -> bytearray:
        data = bytearray()  # one block, which goes back to the machine; many small ones would not
        for each in records:
            framed = frame(each.kind, sealed(self._cipher, each.kind, each.body), segment.salt)
            each.place = Place(segment.number, segment.size + len(data), len(framed))
            data += framed
        end = encode(End(segment.size, len(records)))
        data += frame(Kind.END, end, segment.salt)
        return data


def record(kind: Kind, body: Body) -> Record:
    """Return *body* as a record."""
    return Record(kind, encode(body))


def sealed(cipher: Cipher, kind: int, body: bytes) -> bytes:
    """Return the body of a record as it stands in a frame."""
    return cipher.seal(body, b"journal %d" % kind)


def opened(cipher: Cipher, kind: int, body: bytes) -> bytes:
    """Return the body of a record again."""
    return cipher.open(body, b"journal %d" % kind)
