"""The queue of updates a bot reads with ``getUpdates``.

An update leaves the queue only when a later call names a higher offset; until then it
is handed out again and again. That is the whole of Telegram's promise, and the service's
own promise that nothing accepted is lost is built on it.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any

from service.playground.refusals import Refusal

Json = dict[str, Any]

MOST_BYTES = 4 << 20
LONGEST_WAIT = 50.0

# Kinds that are sent only to a bot that has asked for them by name.
_ON_REQUEST = {
    "chat_member",
    "message_reaction",
    "message_reaction_count",
    "stopped_message_generation",
}


class UpdateQueue:
    """Updates in rising order, and at most one reader."""

    def __init__(self, first_id: int = 100_000_001) -> None:
        self._pending: deque[tuple[int, Json, int]] = deque()
        self._next = first_id
        self._allowed: frozenset[str] | None = None
        self._reader: asyncio.Event | None = None
        self._closed = False

    def __len__(self) -> int:
        return len(self._pending)

    def put(self, kind: str, payload: Json) -> int | None:
        """Queue an update, or drop it when the bot does not want its kind."""
        wanted = kind in self._allowed if self._allowed else kind not in _ON_REQUEST
        return self.put_raw({kind: payload}) if wanted else None

    def put_raw(self, update: Json) -> int:
        """Queue *update* as it is, however broken; it gets an id if it has none."""
        number = update.get("update_id")
        if not isinstance(number, int) or number < self._next:
            number = self._next
        self._next = number + 1
        whole = {"update_id": number, **{k: v for k, v in update.items() if k != "update_id"}}
        self._pending.append((number, whole, len(json.dumps(whole))))
        self._wake()
        return number

    def drop_all(self) -> None:
        """Forget everything that waits."""
        self._pending.clear()

    def close(self) -> None:
        """Let the reader go with what there is; Telegram, too, ends a poll when it goes down."""
        self._closed = True
        self._wake()

    async def read(
        self, *, offset: int = 0, limit: int = 100, wait: float = 0, allowed: list[str] | None
    ) -> list[Json]:
        """Return the oldest unconfirmed updates, waiting up to *wait* seconds for the first.

        Raises:
            Refusal: Another reader came, and this one lost its place.

        """
        self._wake()  # an earlier reader sees that it is no longer the one, and goes
        here = self._reader = asyncio.Event()
        if allowed is not None:
            self._allowed = frozenset(allowed)
        self._confirm(offset)
        try:
            async with asyncio.timeout(min(wait, LONGEST_WAIT)):
                while not self._pending and not self._closed:
                    await here.wait()
                    self._check_place(here)
                    here.clear()
        except TimeoutError:
            self._check_place(here)
        finally:
            if self._reader is here:
                self._reader = None
        return self._oldest(min(max(limit, 1), 100))

    def _wake(self) -> None:
        if self._reader is not None:
            self._reader.set()

    def _check_place(self, here: asyncio.Event) -> None:
        if self._reader is not here:
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )

    def _confirm(self, offset: int) -> None:
        if offset < 0:  # keep only the newest ones
            while len(self._pending) > -offset:
                self._pending.popleft()
        while self._pending and self._pending[0][0] < offset:
            self._pending.popleft()

    def _oldest(self, limit: int) -> list[Json]:
        batch: list[Json] = []
        left = MOST_BYTES
        for _, update, size in self._pending:
            left -= size
            if len(batch) == limit or (batch and left < 0):
                break
            batch.append(update)
        return batch
