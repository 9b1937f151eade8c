"""Fetches updates, and lets Telegram forget them only when the store has them.

Telegram hands out the same updates until a later call names a higher offset. So a batch is put
into the store (on disk when that returns) before the next call, and a kill at any instant costs
nothing: what was not stored comes again, and what was stored twice the store leaves out.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from actors.ports import Accepted, StoreFullError
from service.channels.telegram.aiogram_light import (
    Bot,
    TelegramAPIError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from service.channels.telegram.failures import BadTokenError, GarbledReplyError
from service.channels.telegram.methods import RawGetUpdates
from service.channels.telegram.salvage import salvaged
from service.channels.telegram.session import LeanSession

log = logging.getLogger(__name__)

ALLOWED: Final = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "message_reaction",
    "stopped_message_generation",
)
LIMIT: Final = 100
LONG_POLL: Final = 45
REQUEST_TIMEOUT: Final = 60
WEDGED: Final = 120.0
CONFLICT_PAUSE: Final = 5.0
FULL_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 30.0


class Intake(Protocol):
    """The part of the store that the poller needs."""

    async def accept(
        self, bot: str, updates: Sequence[Mapping[str, Any]], *, next_offset: int | None
    ) -> list[Accepted]:
        """Put *updates* into the journal; see `Store.accept`."""


class WedgedError(Exception):
    """getUpdates does not come back, not even over new connections."""


class Poller:
    """Asks one bot's server for updates, one request at a time."""

    def __init__(
        self,
        bot: Bot,
        session: LeanSession,
        store: Intake,
        *,
        name: str,
        offset: int | None = None,
        on_batch: Callable[[list[Accepted]], None],
        on_caught_up: Callable[[], None] = lambda: None,
        on_poison: Callable[[bytes], None] = lambda _: None,
        on_conflict: Callable[[], Awaitable[None]] | None = None,
        kinds: Sequence[str] = ALLOWED,
        long_poll: int = LONG_POLL,
        wedged: float = WEDGED,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._session = session
        self._store = store
        self._name = name
        self.offset = offset
        self._on_batch = on_batch
        self._on_caught_up = on_caught_up
        self._on_poison = on_poison
        self._on_conflict = on_conflict
        self._kinds = list(kinds)
        self._long_poll = long_poll
        self._wedged_after = wedged
        self._sleep = sleep
        self._open = asyncio.Event()
        self._open.set()
        self._accepting: asyncio.Future[None] | None = None
        self._caught_up = False
        self._failures = 0
        self._conflict_told = False
        self.completed_at = time.monotonic()
        """When the last getUpdates came back with updates or none, on the monotonic clock."""
        self.wedged = 0
        """How often in a row a request had to be given up with its connections."""
        self.rebuilt = 0
        """How often new connections were made, in all."""

    def pause(self) -> None:
        """Fetch nothing more, after the request under way, until `resume`."""
        self._open.clear()

    def resume(self) -> None:
        """Go on fetching."""
        self._open.set()

    @property
    def is_open(self) -> bool:
        """Whether Telegram has answered this loop at all."""
        return self._caught_up

    @property
    def conflict(self) -> bool:
        """Whether somebody else is fetching this bot's updates."""
        return self._conflict_told

    @property
    def paused(self) -> bool:
        """Whether fetching is held back."""
        return not self._open.is_set()

    async def run(self) -> None:
        """Fetch until cancelled.

        Raises:
            BadTokenError: Telegram does not know the token (any more).
            WedgedError: A request hung, and another one over new connections as well.

        """
        while True:
            await self._open.wait()
            batch = await self._fetch()
            if batch is None:
                continue
            await self._take(batch)
            if not self._caught_up and len(batch) < LIMIT:
                self._caught_up = True
                self._on_caught_up()

    async def _fetch(self) -> list[dict[str, Any]] | None:
        """Return a batch, or None after a pause when there was none to be had."""
        call = RawGetUpdates(
            offset=self.offset,
            limit=LIMIT,
            timeout=self._long_poll if self._caught_up else 0,
            allowed_updates=self._kinds,
        )
        try:
            async with asyncio.timeout(self._wedged_after):
                batch = await self._bot(call, request_timeout=REQUEST_TIMEOUT)
        except TimeoutError:
            await self._wedge()
            return None
        except GarbledReplyError as garbled:
            batch = self._salvage(garbled)
            if not batch:
                await self._back_off(garbled)
                return None
        except TelegramAPIError as problem:
            await self._trouble(problem)
            return None
        self._failures = self.wedged = 0
        self._conflict_told = False
        self.completed_at = time.monotonic()
        return batch

    async def _take(self, batch: list[dict[str, Any]]) -> None:
        """Put *batch* into the store and pass it on; what a full one refuses comes again."""
        if not batch:
            return
        whole = [update for update in batch if type(update.get("update_id")) is int]
        for update in batch:
            if type(update.get("update_id")) is not int:
                self._poison(repr(update).encode())
        if not whole:
            await self._back_off(ValueError("updates without an id"))
            return
        following = max(update["update_id"] for update in whole) + 1
        # What is on its way to the disk arrives there whoever cancels us, and Telegram will not
        # send it again: so it is passed on all the same, or it would wait for the next start.
        self._accepting = asyncio.ensure_future(self._accept(whole, following))
        try:
            await asyncio.shield(self._accepting)
        except StoreFullError as full:
            log.warning("no updates are taken for now: %s", full)
            await self._sleep(_jittered(FULL_PAUSE))

    async def _accept(self, batch: list[dict[str, Any]], following: int) -> None:
        accepted = await self._store.accept(self._name, batch, next_offset=following)
        self.offset = following
        if accepted:
            self._on_batch(accepted)

    def _salvage(self, garbled: GarbledReplyError) -> list[dict[str, Any]]:
        """Return what can be read of a broken batch; the rest goes to the dead letters."""
        found = salvaged(garbled.body)
        for rest in found.lost:
            self._poison(rest)
        return found.updates

    def _poison(self, raw: bytes) -> None:
        log.error("an update of %d bytes cannot be read; it goes to the dead letters", len(raw))
        self._on_poison(raw)

    async def _trouble(self, problem: TelegramAPIError) -> None:
        match problem:
            case TelegramUnauthorizedError() | TelegramNotFound():
                raise BadTokenError from None
            case TelegramRetryAfter(retry_after=seconds):
                log.warning("getUpdates has to wait %s s", seconds)
                await self._sleep(seconds + random.random() * 0.5)
            case TelegramConflictError():
                await self._conflict(problem)
            case _:
                await self._back_off(problem)

    async def _conflict(self, problem: TelegramConflictError) -> None:
        """Say once what is the matter, do what we can, and wait for the other one to end."""
        if not self._conflict_told:
            self._conflict_told = True
            log.error(
                "Somebody else is fetching this bot's updates (or a webhook is set): "
                "end the other one, or use another token; trying again until then. %s",
                problem.message,
            )
            if self._on_conflict is not None:
                try:
                    await self._on_conflict()
                except Exception as trouble:  # it was worth a try
                    log.info("a webhook could not be looked for: %s", trouble)
        await self._sleep(_jittered(CONFLICT_PAUSE))

    async def _back_off(self, problem: Exception) -> None:
        pause = _jittered(min(LONGEST_PAUSE, 0.5 * 2.0 ** min(self._failures, 10)))
        self._failures += 1
        log.warning("getUpdates failed (%s); again in %.1f s", problem, pause)
        await self._sleep(pause)

    async def _wedge(self) -> None:
        """Get rid of connections on which a request hangs past every timeout.

        Raises:
            WedgedError: It is the second time in a row: a new process may be luckier.

        """
        self.wedged += 1
        if self.wedged > 1:
            raise WedgedError(f"getUpdates hangs for {self._wedged_after:g} s, twice in a row")
        log.error("getUpdates hangs for %g s; trying new connections", self._wedged_after)
        self.rebuilt += 1
        await self._session.rebuild()


def _jittered(pause: float) -> float:
    return pause * (0.5 + random.random())
