"""People who write while nothing can be kept: each is told once, past the journal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import anyio
import structlog

from actors.ports import Accepted, Address, GoneError, Reader, StoreFullError, Voice
from actors.router import inbound
from fsm.events import Left
from snapshots import Store

log = structlog.get_logger()

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
        texts: Voice,
        *,
        say: Callable[[Address, str], Awaitable[object]],
        now: Callable[[], float],
    ) -> None:
        """*say* sends a sentence without an outbox, and waits until the peer may be called."""
        self._store = store
        self._reader = reader
        self._texts = texts
        self._say = say
        self._now = now
        self._told: dict[str, float] = {}
        self._waiting: list[tuple[Address, str]] = []
        self._woken = anyio.Event()

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

    async def run(self) -> None:
        """Tell people until cancelled; one whose chat has to wait keeps nobody else waiting."""
        async with anyio.create_task_group() as tasks:
            while True:
                waiting, self._waiting = self._waiting, []
                for address, language in waiting:
                    tasks.start_soon(self._tell, address, language)
                self._woken = anyio.Event()
                if not self._waiting:
                    await self._woken.wait()

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
            self._waiting.append((routed.address, heard.language))
            self._woken.set()

    async def _tell(self, address: Address, language: str) -> None:
        try:
            await self._say(address, self._texts.say(language, "turned-away"))
        except GoneError:
            log.info("somebody who was turned away is gone")
