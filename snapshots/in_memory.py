"""A store without a disk: for tests of actors, and for trying things out.

It keeps the same promises as the real one while the process lives, at once and without waiting.
`restarted` gives what the next process would find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from snapshots.codec import Codec
from snapshots.entries import Ticket
from snapshots.errors import StoreFullError
from snapshots.mail import KeyOf, Seen


@dataclass(frozen=True, slots=True)
class _Mail:
    n: int
    bot: str
    key: str
    update: Mapping[str, Any]


@dataclass(slots=True)
class _Kept:
    values: dict[str, Any] = field(default_factory=dict)
    owes: dict[str, float] = field(default_factory=dict)
    bots: dict[str, Seen] = field(default_factory=dict)
    mail: dict[int, _Mail] = field(default_factory=dict)
    archives: dict[str, list[Any]] = field(default_factory=dict)
    letters: list[dict[str, Any]] = field(default_factory=list)
    n: int = 0


class InMemoryLetters:
    """Dead letters in a list."""

    def __init__(self, letters: list[dict[str, Any]], mail: Mapping[int, _Mail]) -> None:
        self._letters = letters
        self._mail = mail

    def bury(self, record: Mapping[str, Any]) -> None:
        """Keep *record*; under `key` it says whose it is."""
        mail = self._mail.get(record.get("n", 0))
        self._letters.append({"key": mail.key, **record} if mail else dict(record))

    async def read(self) -> list[dict[str, Any]]:
        """Return every letter, oldest first."""
        return list(self._letters)


class InMemoryStore:
    """Implements the port of the actors, like `Store`."""

    def __init__(
        self,
        codec: Codec,
        *,
        key_of: KeyOf,
        accepted: Callable[..., Any],
        full: type[Exception] = StoreFullError,
        kept: _Kept | None = None,
    ) -> None:
        """*full* is raised by `accept` while `is_full` is set."""
        self._codec = codec
        self._key_of = key_of
        self._accepted = accepted
        self._full = full
        self._kept = kept or _Kept()
        self.dead_letters = InMemoryLetters(self._kept.letters, self._kept.mail)
        self.is_full = False

    def restarted(self) -> InMemoryStore:
        """Return the store of the next life; this one should not be used any more."""
        return InMemoryStore(
            self._codec,
            key_of=self._key_of,
            accepted=self._accepted,
            full=self._full,
            kept=self._kept,
        )

    async def accept(
        self, bot: str, updates: Sequence[Mapping[str, Any]], *, next_offset: int | None
    ) -> list[Any]:
        """Keep *updates* that have not been accepted before.

        Raises:
            Exception: The one given as *full*; nothing was accepted.

        """
        if self.is_full:
            raise self._full("the store in memory was told to be full")
        seen = self._kept.bots.setdefault(bot, Seen())
        fresh = []
        for update in updates:
            id_ = update.get("update_id")
            if isinstance(id_, int):
                if id_ in seen.ids:
                    continue
                seen.add(id_)
            self._kept.n += 1
            mail = _Mail(self._kept.n, bot, self._key(bot, update), update)
            self._kept.mail[mail.n] = mail
            fresh.append(self._opened(mail))
        seen.move(next_offset)
        return fresh

    def offset(self, bot: str) -> int | None:
        """Return the offset to ask from, or None if *bot* has never asked."""
        seen = self._kept.bots.get(bot)
        return seen.next if seen else None

    def absorb(self, *numbers: int) -> None:
        """Count updates as dealt with."""
        self._absorb(numbers)

    def pending(self, key: str, most: int, after: int = 0) -> list[Any]:
        """Return up to *most* unabsorbed updates of *key* with n > *after*, in order."""
        found = (mail for mail in self._kept.mail.values() if mail.key == key and mail.n > after)
        return [self._opened(mail) for mail in list(found)[:most]]

    def update(self, n: int) -> Any:
        """Return the unabsorbed update number *n*, or None."""
        mail = self._kept.mail.get(n)
        return mail.update if mail else None

    def unabsorbed(self) -> list[Any]:
        """Return every accepted update that no actor has dealt with, in order."""
        return [self._opened(mail) for mail in self._kept.mail.values()]

    def waiting(self) -> Mapping[str, int]:
        """Return how many accepted updates wait; see `Store.waiting`."""
        return dict(Counter(mail.bot for mail in self._kept.mail.values()))

    def commit(
        self,
        key: str,
        value: object,
        *,
        absorbed: Sequence[int] = (),
        owes: float | None = None,
        soon: bool = False,  # noqa: ARG002  (everything is kept at once)
    ) -> Ticket:
        """Keep *value* as the newest of *key*."""
        # Packed and unpacked: what a disk could not keep must not pass here either.
        self._kept.values[key] = self._codec.unpack(
            key, self._codec.version(key), self._codec.pack(value)
        )
        self._absorb(absorbed)
        return self._note(key, owes)

    def amend(
        self,
        key: str,
        delta: object,
        *,
        owes: float | None = None,
        soon: bool = False,  # noqa: ARG002
    ) -> Ticket:
        """Keep a small change to the newest value of *key*.

        Raises:
            LookupError: There is no value to change.

        """
        if key not in self._kept.values:
            raise LookupError(f"{key} has no value to change")
        name, packed = self._codec.pack_delta(key, delta)
        self._kept.values[key] = self._codec.apply(
            key, self._kept.values[key], self._codec.version(key), name, packed
        )
        return self._note(key, owes)

    async def load(self, key: str) -> Any:
        """Return the newest value of *key*, or None when there is none."""
        return self._kept.values.get(key)

    def owing(self) -> Mapping[str, float]:
        """Return the keys that must act by themselves, and when (0: now)."""
        return dict(self._kept.owes)

    async def archive(self, key: str, turns: Sequence[Any]) -> None:
        """Append *turns* to the archive of *key*."""
        self._kept.archives.setdefault(key, []).extend(turns)

    async def archived(self, key: str) -> list[Any]:
        """Return what the archive of *key* holds, oldest first."""
        return list(self._kept.archives.get(key, ()))

    def rest(self, key: str, value: object) -> None:
        """Keep *value*: nobody will need it for a while."""
        self.commit(key, value, owes=self._kept.owes.get(key))

    async def retire(self, key: str, value: object) -> None:
        """Keep *value*, like `rest`."""
        self.rest(key, value)

    async def forget(self, key: str) -> None:
        """Remove everything about *key*."""
        for kept in (self._kept.values, self._kept.owes, self._kept.archives):
            kept.pop(key, None)
        self._absorb([n for n, mail in self._kept.mail.items() if mail.key == key])
        self._kept.letters[:] = [
            each for each in self._kept.letters if each.get("key") not in (key, None)
        ]

    async def flush(self) -> None:
        """Return at once: everything is kept."""

    def _absorb(self, numbers: Iterable[int]) -> None:
        for n in numbers:
            self._kept.mail.pop(n, None)

    def _note(self, key: str, owes: float | None) -> Ticket:
        if owes is None:
            self._kept.owes.pop(key, None)
        else:
            self._kept.owes[key] = owes
        ticket = Ticket()
        ticket.keep()
        return ticket

    def _opened(self, mail: _Mail) -> Any:
        return self._accepted(n=mail.n, bot=mail.bot, update=mail.update)

    def _key(self, bot: str, update: Mapping[str, Any]) -> str:
        try:
            return self._key_of(bot, update)
        except Exception:  # an update that cannot be understood is kept all the same
            return ""
