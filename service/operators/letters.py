"""Dead letters: what stands in the store's file, by an id that a button can hold, and replay."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from actors.ports import Accepted
from snapshots import Store

_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One dead letter as operators see it; *update* is what somebody wrote, so it is not shown."""

    id: str
    at: float
    actor: str
    reason: str
    message: str
    error: str
    bot: str
    update: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def chat(self) -> str:
        """Key of the chat it was for; empty when it was for none."""
        kind, _, key = self.actor.partition("/")
        return key if kind == "chat" else ""

    def content(self) -> str:
        """Return what stands in it: only for somebody who has asked to see it."""
        return json.dumps(self.update, ensure_ascii=False, indent=1) if self.update else ""


class Letters:
    """The dead letters of the store."""

    def __init__(
        self, store: Store, bot: str, arrived: Callable[[Sequence[Accepted]], None]
    ) -> None:
        """*arrived* is told what the store has accepted anew, as if it had just come in.

        Letters of a version that did not write whose they were are those of *bot*.
        """
        self._store = store
        self._bot = bot
        self._arrived = arrived

    async def all(self) -> list[Letter]:
        """Return the latest letters, newest first."""
        records = await self._store.dead_letters.read()
        return [self._letter(record) for record in reversed(records[-_SHOWN:])]

    async def find(self, id_: str) -> Letter | None:
        """Return the letter with that id."""
        return next((each for each in await self.all() if each.id == id_), None)

    async def replay(self, id_: str) -> Letter | None:
        """Accept the update of a letter once more, and take the letter out of the file.

        The update gets a new place in the journal first, so that it cannot be lost on the way.
        Return the letter, or None if there is none that could be replayed.
        """
        letter = await self.find(id_)
        if letter is None or not letter.update:
            return None
        # Without its id: Telegram's numbers are remembered, and it would be left out as known.
        update = {name: value for name, value in letter.update.items() if name != "update_id"}
        accepted = await self._store.accept(letter.bot, [update], next_offset=None)
        self._arrived(accepted)
        await self._store.dead_letters.forget(lambda record: _id(record) == id_)
        return letter

    async def remove(self, id_: str) -> bool:
        """Take a letter out of the file for good; whether there was one."""
        found = await self.find(id_) is not None
        if found:
            await self._store.dead_letters.forget(lambda record: _id(record) == id_)
        return found

    def _letter(self, record: Mapping[str, Any]) -> Letter:
        actor = str(record.get("actor", ""))
        update = record.get("update")
        key = actor.partition("/")[2].split(".")
        return Letter(
            id=_id(record),
            at=float(record.get("at", 0.0)),
            actor=actor,
            reason=str(record.get("reason", "")),
            message=str(record.get("message", "")),
            error=str(record.get("error", "")),
            bot=str(record.get("bot") or (key[1] if len(key) > 2 else self._bot)),
            update=update if isinstance(update, Mapping) else None,
        )


def _id(record: Mapping[str, Any]) -> str:
    told = f"{record.get('at')}|{record.get('actor')}|{record.get('n')}|{record.get('message')}"
    return hashlib.blake2s(told.encode(), digest_size=5).hexdigest()
