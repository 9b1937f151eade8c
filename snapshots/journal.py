"""The journal: segments that only grow, replayed at start, removed once files have it all."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any, Final

import msgpack

from snapshots.backlog import Latest
from snapshots.disk import Appender, Disk
from snapshots.files import Report
from snapshots.records import VERSION, Record, frame, read, whole_length

_FOLDER: Final = "journal"
_INDEX: Final = "owes"


@dataclass(frozen=True, slots=True)
class Mail:
    """An accepted update that is not absorbed yet; packed, because most are never looked at."""

    n: int
    bot: str
    key: str
    packed: bytes

    def frame(self) -> bytes:
        """Return its record."""
        return frame(Record.ACCEPTED, self.n, self.bot, self.key, self.packed)


@dataclass(slots=True)
class Replay:
    """What the live segments say, gathered record by record."""

    latest: dict[str, Latest]
    owes: dict[str, float]
    mail: dict[int, Mail]
    offsets: dict[str, tuple[int | None, list[int]]] = field(default_factory=dict)
    seq: int = 0
    n: int = 0
    unreadable: int = 0

    def take(self, record: list[Any]) -> None:
        """Apply one record."""
        match record:
            case [Record.START, _, n, seq]:
                self.n, self.seq = max(self.n, n), max(self.seq, seq)
            case [Record.ACCEPTED, n, bot, key, packed]:
                self.mail[n] = Mail(n, bot, key, packed)
                self.n = max(self.n, n)
            case [Record.OFFSET, bot, next_offset, seen]:
                self.offsets[bot] = (next_offset, seen)
            case [Record.COMMITTED, key, seq, _, absorbed, owes, version, packed]:
                self.latest[key] = Latest(seq, version, packed)
                self._absorb(absorbed)
                self._note(key, seq, owes)
            case [Record.AMENDED, key, seq, owes, name, packed]:
                if key in self.latest:
                    self.latest[key].deltas.append((name, packed))
                    self.latest[key].seq = seq
                self._note(key, seq, owes)
            case [Record.ABSORBED, numbers]:
                self._absorb(numbers)
            case [Record.FORGOTTEN, key, _]:
                self.latest.pop(key, None)
                self.owes.pop(key, None)
            case [Record.STOP]:
                pass
            case _:
                self.unreadable += 1

    def _absorb(self, numbers: list[int]) -> None:
        for number in numbers:
            self.mail.pop(number, None)

    def _note(self, key: str, seq: int, owes: float | None) -> None:
        self.seq = max(self.seq, seq)
        if owes is None:
            self.owes.pop(key, None)
        else:
            self.owes[key] = owes


def start_frame(n: int, seq: int) -> bytes:
    """Return the record that a segment begins with."""
    return frame(Record.START, VERSION, n, seq)


def offset_frame(bot: str, next_offset: int | None, seen: list[int]) -> bytes:
    """Return the record of where *bot* stands."""
    return frame(Record.OFFSET, bot, next_offset, seen)


class Journal:
    """Segments `journal/<number>`; appends are synced before they return."""

    def __init__(self, disk: Disk, segment_bytes: int, report: Report) -> None:
        self._disk = disk
        self._segment_bytes = segment_bytes
        self._report = report
        self._appender: Appender | None = None
        self._size = 0
        self._old_bytes = 0
        self._torn = False
        self.segments: list[str] = []
        self.syncs = 0

    @property
    def total_bytes(self) -> int:
        """Bytes in all segments."""
        return self._old_bytes + self._size

    @property
    def is_long(self) -> bool:
        """Whether it is time for a compaction."""
        return self.total_bytes >= self._segment_bytes

    def replay(self, into: Replay) -> None:
        """Read every live segment, oldest first."""
        self.segments = self._disk.names(_FOLDER)
        for name in self.segments:
            data = self._disk.read(f"{_FOLDER}/{name}")
            self._old_bytes += len(data)
            for record in read(data):
                into.take(record)
            torn = len(data) - whole_length(data)
            if torn:
                # The end of a write that a crash cut short; it was never acknowledged.
                self._report("torn-tail", f"{_FOLDER}/{name}: {torn} bytes")

    def begin(self, preamble: bytes) -> None:
        """Start a new segment with *preamble*; older ones stay until `roll`."""
        number = int(self.segments[-1]) + 1 if self.segments else 1
        name = f"{number:012d}"
        self._appender = self._disk.append_to(f"{_FOLDER}/{name}")
        self.segments.append(name)
        self._size = 0
        self.append(preamble)

    def append(self, data: bytes) -> None:
        """Append *data* and sync it.

        Raises:
            OSError: It is not known to be on disk. A further try goes to a fresh segment, so
                that nothing is written behind a torn record.

        """
        if self._torn:
            self._appender = None
            number = int(self.segments[-1]) + 1
            self._appender = self._disk.append_to(f"{_FOLDER}/{number:012d}")
            self.segments.append(f"{number:012d}")
            self._old_bytes, self._size, self._torn = self.total_bytes, 0, False
        assert self._appender is not None
        self._torn = True
        self._appender.write(data)
        self._appender.sync()
        self._torn = False
        self.syncs += 1
        self._size += len(data)

    def roll(self, preamble: bytes) -> None:
        """Start a new segment and remove all others: files and index have what they held."""
        old = list(self.segments)
        if self._appender is not None:
            self._appender.close()
        self.begin(preamble)
        for name in old:
            self._disk.remove(f"{_FOLDER}/{name}")
            self.segments.remove(name)
        self._old_bytes = 0

    def write_index(self, owes: dict[str, float]) -> None:
        """Keep which keys owe something; atomic and synced."""
        body: bytes = msgpack.packb(owes, use_bin_type=True)
        self._disk.replace(_INDEX, zlib.crc32(body).to_bytes(4, "little") + body)

    def read_index(self) -> dict[str, float] | None:
        """Return what `write_index` kept; None when it is lost or damaged."""
        try:
            data = self._disk.read(_INDEX)
        except FileNotFoundError:
            # A directory without segments is new; otherwise nothing was ever compacted.
            return {} if not self._disk.names("actors") else None
        if zlib.crc32(data[4:]).to_bytes(4, "little") != data[:4]:
            self._report("damaged-file", _INDEX)
            return None
        owes: dict[str, float] = msgpack.unpackb(data[4:], raw=False)
        return owes
