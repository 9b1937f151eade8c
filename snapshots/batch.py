"""What is written together: the records of a batch, and whom to tell once it is on disk."""

from __future__ import annotations

from dataclasses import dataclass, field

from snapshots.entries import Change, Entry, Layer, Ticket, Whole
from snapshots.journal import Record
from snapshots.mail import Intake, Mail


@dataclass(slots=True)
class Landing:
    """What a batch says of one key, and the records that say it."""

    entry: Entry
    layer: Layer
    records: list[Record]
    owes: float | None

    def pieces(self) -> list[Whole | Change]:
        """Return the parts of the layer, in the order of their records."""
        first = [self.layer.whole] if self.layer.whole is not None else []
        return [*first, *self.layer.changes]


@dataclass(slots=True)
class Batch:
    """What is written together."""

    copies: list[tuple[Mail, Record]] = field(default_factory=list)
    intakes: list[Intake] = field(default_factory=list)
    marks: list[Record] = field(default_factory=list)
    landings: list[Landing] = field(default_factory=list)
    absorbed: list[int] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)

    def records(self) -> list[Record]:
        """Return everything in the order in which it is to be read again."""
        return [
            *(copied for _, copied in self.copies),
            *(each for intake in self.intakes for each in intake.records),
            *self.marks,
            *(each for landing in self.landings for each in landing.records),
        ]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write and nobody to tell."""
        return not (
            self.tickets
            or self.letters
            or self.intakes
            or self.marks
            or self.landings
            or self.copies
        )
