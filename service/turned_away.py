"""People who write while nothing can be kept: each is told once, past the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from actors.ports import Accepted, Address, Reader, StoreFullError
from actors.router import inbound
from fsm.events import Left
from snapshots import Store

QUIET: Final = 600.0
"""Seconds within which a chat is not told again."""
_MOST: Final = 1000


class TurnedAway:
    """The store as the way in sees it, and somebody at the door who explains a refusal.

    Telegram keeps what was refused and hands it out again, so nothing is lost and nobody has
    to write again; but until the disk takes it no actor can hear of it, let alone answer.
    """

    def __init__(
        self,
        store: Store,
        reader: Reader,
        *,
        tell: Callable[[Address, str, str], None],
        now: Callable[[], float],
    ) -> None:
        """*tell* has a sentence said without an outbox: where, in which language, which."""
        self._store = store
        self._reader = reader
        self._tell = tell
        self._now = now
        self._told: dict[str, float] = {}

    async def accept(
        self, bot: str, updates: Sequence[Mapping[str, Any]], *, next_offset: int | None
    ) -> list[Accepted]:
        """Put *updates* into the journal; see `Store.accept`."""
        try:
            return await self._store.accept(bot, updates, next_offset=next_offset)
        except StoreFullError:
            for update in updates:
                self._refused(bot, update)
            raise

    def offset(self, bot: str) -> int | None:
        """Return the offset to ask from; see `Store.offset`."""
        return self._store.offset(bot)

    def _refused(self, bot: str, update: Mapping[str, Any]) -> None:
        if "message" not in update:
            return  # whoever presses a button or edits something will press or edit again
        try:
            routed = self._reader.read(bot, update)
        except Exception:  # it becomes a dead letter once it can be kept
            return
        if routed is None or isinstance(routed.event, Left):
            return
        key, now = routed.address.key, self._now()
        if now - self._told.get(key, -QUIET) < QUIET:
            return
        if len(self._told) >= _MOST:
            self._told = {key: at for key, at in self._told.items() if now - at < QUIET}
        if len(self._told) < _MOST:  # a crowd at the door is no reason to be punished for a flood
            self._told[key] = now
            heard = inbound(Accepted(n=0, bot=bot, update=update), routed, replayed=False)
            self._tell(routed.address, heard.language, "turned-away")
