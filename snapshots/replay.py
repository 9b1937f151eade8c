"""What the live segments say, gathered record by record; opens no snapshot file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from snapshots.chain import Link
from snapshots.cipher import Cipher
from snapshots.entries import Change, Entry, Layer, Whole
from snapshots.errors import DamagedError
from snapshots.journal import Place, opened
from snapshots.mail import Mail, Seen
from snapshots.records import (
    Absorbed,
    Accepted,
    Amended,
    Committed,
    Forgotten,
    Head,
    Mark,
    Offset,
    decode,
)


@dataclass(slots=True)
class Replay:
    """The state of the store as the journal tells it."""

    entries: dict[str, Entry] = field(default_factory=dict)
    owes: dict[str, float] = field(default_factory=dict)
    mail: dict[int, Mail] = field(default_factory=dict)
    bots: dict[str, Seen] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    life: int = 0
    n: int = 0
    damaged: int = 0

    def read(self, links: Iterable[Link], cipher: Cipher) -> None:
        """Apply every record of *links*, oldest first."""
        for link in links:
            number = link.segment.number
            for frame in link.frames:
                try:
                    record = decode(frame.kind, opened(cipher, frame.kind, frame.body))
                except DamagedError:
                    self.damaged += 1
                    continue
                self.take(record, Place(number, frame.start, frame.end - frame.start))
            self.damaged += link.damaged

    def take(self, record: object, place: Place) -> None:
        """Apply one record."""
        match record:
            case Accepted(n=n, bot=bot, id=id_, update=update):
                self.mail[n] = Mail(n, bot, place=place, packed=update)
                self.n = max(self.n, n)
                self._seen(bot).add(id_)
            case Offset(bot=bot, next=next_, ids=ids):
                self._seen(bot).move(next_, ids)
            case Committed():
                self._committed(record, place.segment)
            case Amended():
                self._amended(record, place.segment)
            case Absorbed(numbers=numbers):
                self._absorb(numbers)
            case Forgotten(key=key):
                self.entries.pop(key, None)
                self.owes.pop(key, None)
                self.forgotten.add(key)
            case Head(life=life, n=n):
                self.life, self.n = max(self.life, life), max(self.n, n)
            case Mark():
                pass

    def _committed(self, record: Committed, segment: int) -> None:
        entry = self._entry(record.key)
        self._absorb(record.absorbed)
        if (record.epoch, record.seq) <= entry.stamp:
            return
        whole = Whole(record.epoch, record.seq, record.version, record.value, segment)
        entry.layer = Layer(whole)
        entry.base = entry.stamp = (record.epoch, record.seq)
        self._note(record.key, record.owes)

    def _amended(self, record: Amended, segment: int) -> None:
        entry = self._entry(record.key)
        if (record.epoch, record.seq) <= entry.stamp:
            return
        change = Change(
            record.epoch,
            record.seq,
            record.base,
            record.version,
            record.name,
            record.delta,
            segment,
        )
        if entry.layer is None or record.base > entry.base:
            # Its value is in the file, which is newer than what the journal had before.
            entry.layer = Layer(None)
        entry.layer.changes.append(change)
        entry.base = record.base
        entry.stamp = (record.epoch, record.seq)
        self._note(record.key, record.owes)

    def _entry(self, key: str) -> Entry:
        entry = self.entries.get(key)
        if entry is None:
            entry = self.entries[key] = Entry(key)
        return entry

    def _seen(self, bot: str) -> Seen:
        return self.bots.setdefault(bot, Seen())

    def _absorb(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.mail.pop(number, None)

    def _note(self, key: str, owes: float | None) -> None:
        if owes is None:
            self.owes.pop(key, None)
        else:
            self.owes[key] = owes
