"""Dead letters of the actors, written where an operator can find them."""

from __future__ import annotations

from actors.messages import Inbound
from actors.runtime import DeadLetter
from snapshots import Store


class Graveyard:
    """Implements the runtime's port on the store's dead-letter file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def bury(self, letter: DeadLetter) -> None:
        """Keep *letter*; of an update, what the journal has of it."""
        record = {
            "at": letter.at,
            "actor": str(letter.ref),
            "reason": letter.reason.value,
            "message": type(letter.message).__name__,
            "error": type(letter.error).__name__ if letter.error else "",
        }
        if isinstance(letter.message, Inbound):
            record["n"] = letter.message.n
            record["update"] = self._store.update(letter.message.n)
        self._store.dead_letters.bury(record)
