"""Accepted updates: numbered, told from what comes twice, kept until an actor has absorbed them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgpack

from snapshots.journal import Mail, Replay, offset_frame

REMEMBERED = 1000
"""So many update ids per bot are remembered. A set of ids, not a watermark: ids may jump."""


@dataclass(slots=True)
class _Bot:
    next_offset: int | None = None
    seen: deque[int] = field(default_factory=lambda: deque(maxlen=REMEMBERED))


class Intake:
    """The unabsorbed mail of all actors, in memory and packed."""

    def __init__(
        self, key_of: Callable[[str, Mapping[str, Any]], str], accepted: Callable[..., Any]
    ) -> None:
        """*key_of(bot, update)* names the actor; *accepted(n=, bot=, update=)* makes a result."""
        self._key_of = key_of
        self._accepted = accepted
        self._bots: dict[str, _Bot] = {}
        self.mail: dict[int, Mail] = {}
        self.n = 0

    def take(
        self, bot: str, updates: Sequence[Mapping[str, Any]], next_offset: int | None
    ) -> tuple[list[Any], list[bytes]]:
        """Number what is new among *updates*; return it, and the frames for the journal."""
        record = self._bots.setdefault(bot, _Bot())
        seen, fresh, frames = set(record.seen), [], []
        for update in updates:
            number = update.get("update_id")
            if isinstance(number, int):
                if number in seen:
                    continue
                record.seen.append(number)
                seen.add(number)
            self.n += 1
            packed: bytes = msgpack.packb(update, use_bin_type=True)
            mail = Mail(self.n, bot, self._key(bot, update), packed)
            self.mail[self.n] = mail
            frames.append(mail.frame())
            fresh.append(self._accepted(n=self.n, bot=bot, update=update))
        if next_offset is not None:
            record.next_offset = next_offset
        frames.append(offset_frame(bot, record.next_offset, list(record.seen)))
        return fresh, frames

    def recover(self, replay: Replay) -> None:
        """Take over what the journal says; *replay* has filled the mail already."""
        self.n = max([replay.n, *self.mail])
        for bot, (next_offset, seen) in replay.offsets.items():
            self._bots[bot] = _Bot(next_offset, deque(seen, maxlen=REMEMBERED))

    def frames(self) -> list[bytes]:
        """Return everything here as frames for a new segment."""
        offsets = [
            offset_frame(bot, record.next_offset, list(record.seen))
            for bot, record in self._bots.items()
        ]
        return [*offsets, *(self.mail[n].frame() for n in sorted(self.mail))]

    def offset(self, bot: str) -> int | None:
        """Return the offset to ask from, or None if *bot* has never asked."""
        record = self._bots.get(bot)
        return record.next_offset if record else None

    def absorb(self, numbers: Iterable[int]) -> None:
        """Forget updates that have been dealt with."""
        for number in numbers:
            self.mail.pop(number, None)

    def pending(self, key: str, most: int, after: int) -> Sequence[Any]:
        """Return up to *most* updates of *key* with n > *after*, in order."""
        found = (mail for mail in self.mail.values() if mail.key == key and mail.n > after)
        return [self.opened(mail) for mail in sorted(found, key=lambda mail: mail.n)[:most]]

    def unabsorbed(self) -> Sequence[Any]:
        """Return every update, in order."""
        return [self.opened(self.mail[n]) for n in sorted(self.mail)]

    def opened(self, mail: Mail) -> Any:
        """Return *mail* as what `take` returned for it."""
        update = msgpack.unpackb(mail.packed, raw=False, strict_map_key=False)
        return self._accepted(n=mail.n, bot=mail.bot, update=update)

    def _key(self, bot: str, update: Mapping[str, Any]) -> str:
        try:
            return self._key_of(bot, update)
        except Exception:  # an update that cannot be understood is kept all the same
            return ""
