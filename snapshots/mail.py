"""Accepted updates: numbered, told from what comes twice, kept until an actor has absorbed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from snapshots.codec import decode, encode
from snapshots.entries import Ticket
from snapshots.journal import NOWHERE, Journal, Place, Record, record
from snapshots.records import Accepted, Kind, Offset
from snapshots.records import decode as decode_record

REMEMBERED = 1000
"""So many update ids per bot are remembered. A set of ids, not a watermark: ids may jump."""
KEPT = 16 << 20
"""So many bytes of unabsorbed updates are kept in memory as well; more are read back."""

KeyOf = Callable[[str, Mapping[str, Any]], str]


@dataclass(slots=True)
class Mail:
    """An accepted update that is not absorbed yet."""

    n: int
    bot: str
    key: str = ""
    place: Place = NOWHERE
    packed: bytes | None = field(default=None, repr=False)


@dataclass(slots=True)
class Seen:
    """Which updates of a bot have come, and which to ask for next."""

    next: int | None = None
    ids: dict[int, None] = field(default_factory=dict)

    def add(self, id_: int | None) -> None:
        """Remember an update; of too many, the oldest is forgotten."""
        if id_ is not None:
            self.ids[id_] = None
            if len(self.ids) > REMEMBERED:
                del self.ids[next(iter(self.ids))]

    def move(self, next_: int | None, ids: Iterable[int] | None = None) -> None:
        """Ask for *next_* from now on."""
        if next_ is not None:
            self.next = next_
        if ids is not None:
            self.ids = dict.fromkeys(ids)


@dataclass(slots=True, eq=False)
class Intake:
    """One call of `accept`, until its batch is on disk or has failed."""

    bot: str
    mail: list[Mail]
    ids: list[int]
    records: list[Record]
    next_offset: int | None
    ticket: Ticket = field(default_factory=Ticket)
    problem: OSError | None = None


class Mailroom:
    """The unabsorbed mail of all actors."""

    def __init__(self, journal: Journal, key_of: KeyOf, accepted: Callable[..., Any]) -> None:
        """*key_of(bot, update)* names the actor; *accepted(n=, bot=, update=)* makes a result."""
        self._journal = journal
        self._key_of = key_of
        self._accepted = accepted
        self._bots: dict[str, Seen] = {}
        self._coming: dict[tuple[str, int], Intake] = {}
        self._by_key: dict[str, dict[int, None]] = {}
        self._kept = 0
        self.bytes = 0
        """Of unabsorbed updates, in the journal."""
        self.mail: dict[int, Mail] = {}
        """What no *durable* commit has absorbed."""
        self.n = 0

    def recover(self, bots: dict[str, Seen], mail: Mapping[int, Mail], n: int) -> None:
        """Take over what the journal says."""
        self._bots, self.n = bots, n
        for number in sorted(mail):
            each = mail[number]
            assert each.packed is not None
            each.key = self._key(each.bot, decode(each.packed))
            self._keep(each)

    # -- coming -------------------------------------------------------------------------------

    def take(
        self, bot: str, updates: Sequence[Mapping[str, Any]], next_offset: int | None
    ) -> tuple[Intake, list[Any], list[Intake]]:
        """Number what is new; return it for the journal, for the caller, and what to wait for.

        The last are calls that are still on their way with an update that is among these, too.
        """
        seen = self._bots.setdefault(bot, Seen())
        intake, fresh, others = Intake(bot, [], [], [], next_offset), [], {}
        for update in updates:
            id_ = update.get("update_id")
            id_ = id_ if isinstance(id_, int) else None
            if id_ is not None:
                if (other := self._coming.get((bot, id_))) is not None:
                    if other is not intake:
                        others[id(other)] = other
                    continue
                if id_ in seen.ids:
                    continue
                self._coming[bot, id_] = intake
                intake.ids.append(id_)
            self.n += 1
            packed = encode(update)
            intake.mail.append(Mail(self.n, bot, self._key(bot, update), packed=packed))
            intake.records.append(record(Kind.ACCEPTED, Accepted(self.n, bot, id_, packed)))
            fresh.append(self._accepted(n=self.n, bot=bot, update=update))
        if intake.mail or (next_offset is not None and next_offset != seen.next):
            intake.records.append(record(Kind.OFFSET, Offset(bot, next_offset)))
        return intake, fresh, list(others.values())

    def arrived(self, intake: Intake) -> None:
        """Count *intake* as accepted: it is on the disk."""
        seen = self._bots[intake.bot]
        seen.move(intake.next_offset)
        for id_ in intake.ids:
            seen.add(id_)
            del self._coming[intake.bot, id_]
        for mail, written in zip(intake.mail, intake.records, strict=False):
            mail.place = written.place
            self._keep(mail)

    def refused(self, intake: Intake, problem: OSError) -> None:
        """Count *intake* as never seen: the disk did not take it."""
        intake.problem = problem
        for id_ in intake.ids:
            del self._coming[intake.bot, id_]

    def offset(self, bot: str) -> int | None:
        """Return the offset to ask from, or None if *bot* has never asked."""
        seen = self._bots.get(bot)
        return seen.next if seen else None

    # -- waiting ------------------------------------------------------------------------------

    def pending(self, key: str, most: int, after: int) -> list[Any]:
        """Return up to *most* updates of *key* with n > *after*, in order."""
        found: list[Any] = []
        for n in self._by_key.get(key, ()):
            if len(found) >= most:
                break
            if n > after:
                found.append(self._opened(self.mail[n]))
        return found

    def unabsorbed(self) -> list[Any]:
        """Return every update that nobody has dealt with, in order."""
        waiting = sorted(n for numbers in self._by_key.values() for n in numbers)
        return [self._opened(self.mail[n]) for n in waiting]

    def update(self, n: int) -> Any:
        """Return the update number *n*, or None if it is absorbed."""
        mail = self.mail.get(n)
        return self._opened(mail).update if mail else None

    def by_bot(self) -> dict[str, int]:
        """Return how many updates nobody has dealt with, by the bot that got them."""
        return dict(Counter(self.mail[n].bot for numbers in self._by_key.values() for n in numbers))

    def count(self) -> int:
        """Return how many updates nobody has dealt with."""
        return sum(len(numbers) for numbers in self._by_key.values())

    # -- going --------------------------------------------------------------------------------

    def claim(self, numbers: Iterable[int]) -> None:
        """Count updates as dealt with by a commit that is not on disk yet."""
        for n in numbers:
            mail = self.mail.get(n)
            if mail is not None:
                waiting = self._by_key.get(mail.key, {})
                waiting.pop(n, None)
                if not waiting:
                    self._by_key.pop(mail.key, None)

    def absorbed(self, numbers: Iterable[int]) -> None:
        """Let go of updates: the commit that absorbed them is on disk."""
        for n in numbers:
            mail = self.mail.pop(n, None)
            if mail is not None:
                self.bytes -= mail.place.length
                self._kept -= len(mail.packed or b"")

    def key_of_number(self, n: object) -> str:
        """Return whose the unabsorbed update number *n* is, "" if there is none."""
        mail = self.mail.get(n) if isinstance(n, int) else None
        return mail.key if mail is not None else ""

    def numbers_of(self, key: str) -> list[int]:
        """Return the numbers of all updates of *key*."""
        return [n for n, mail in self.mail.items() if mail.key == key]

    # -- for the journal ----------------------------------------------------------------------

    def offsets(self) -> list[Record]:
        """Return where every bot stands, for the beginning of a segment."""
        return [
            record(Kind.OFFSET, Offset(bot, seen.next, list(seen.ids)))
            for bot, seen in self._bots.items()
        ]

    def in_segment(self, number: int) -> list[Mail]:
        """Return the mail that only segment *number* holds."""
        return [mail for mail in self.mail.values() if mail.place.segment == number]

    def move(self, mail: Mail, place: Place) -> None:
        """Note that *mail* stands elsewhere now."""
        if mail.n in self.mail:
            self.bytes += place.length - mail.place.length
        mail.place = place

    def copy(self, mail: Mail) -> Record:
        """Return *mail* as a record again."""
        packed = self._packed(mail)
        # Its id is in the offset record at the head of every later segment.
        return record(Kind.ACCEPTED, Accepted(mail.n, mail.bot, None, packed))

    def _keep(self, mail: Mail) -> None:
        assert mail.packed is not None
        if self._kept + len(mail.packed) > KEPT:
            mail.packed = None
        else:
            self._kept += len(mail.packed)
        self.bytes += mail.place.length
        self.mail[mail.n] = mail
        self._by_key.setdefault(mail.key, {})[mail.n] = None

    def _packed(self, mail: Mail) -> bytes:
        if mail.packed is not None:
            return mail.packed
        body = self._journal.read(mail.place)
        packed: bytes = decode_record(Kind.ACCEPTED, body).update
        return packed

    def _opened(self, mail: Mail) -> Any:
        return self._accepted(n=mail.n, bot=mail.bot, update=decode(self._packed(mail)))

    def _key(self, bot: str, update: Mapping[str, Any]) -> str:
        try:
            return self._key_of(bot, update)
        except Exception:  # an update that cannot be understood is kept all the same
            return ""

    def __iter__(self) -> Iterator[Mail]:
        return iter(self.mail.values())
