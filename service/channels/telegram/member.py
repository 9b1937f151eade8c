"""One bot among others: how it fares, and what becomes of it when it cannot receive."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from actors.ports import Accepted
from service.channels.telegram.channel import Telegram
from service.channels.telegram.failures import BadTokenError
from service.channels.telegram.poller import Poller, WedgedError
from service.channels.telegram.receiving import OffsetStore

log = logging.getLogger(__name__)

FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 300.0
WELL_AFTER: Final = 60.0
"""Seconds of fetching after which the next trouble counts as the first one again."""


class Trouble(Enum):
    """Why a bot receives nothing, though nobody has asked it to stop."""

    REFUSED = "refused"
    """Telegram does not know its token (any more)."""
    WEDGED = "wedged"
    """Its requests hang, over new connections as well."""
    BROKEN = "broken"
    """Something that nobody has foreseen; the log has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heed:
    """Whom a bot tells what happens to it. *bot* is always its id."""

    known: Callable[[str], None]
    """Telegram has said who the bot is; nothing of it is taken in before that."""
    batch: Callable[[Sequence[Accepted]], None]
    """The store has accepted something new."""
    caught_up: Callable[[str], None]
    """Nothing is left from before."""
    poison: Callable[[bytes], None]
    """Something came that no JSON parser can read."""


class Member:
    """A bot, and what stands in its way."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.id = str(telegram.me.id)
        self.trouble: Trouble | None = None
        self.updates = 0
        """How many it has brought in this life."""
        self.renewed = 0
        """How often its connections were made anew because they hung."""

    def __repr__(self) -> str:
        return f"<Member {self.name}>"

    @property
    def name(self) -> str:
        """What people call it; its number while Telegram has not said."""
        username = self.telegram.me.username
        return f"@{username}" if username else self.id

    @property
    def poller(self) -> Poller | None:
        """The loop that fetches, if one does."""
        return self.telegram.poller

    @property
    def state(self) -> str:
        """How it fares: `ok`, `starting`, `conflict`, or a `Trouble`."""
        if self.trouble is not None:
            return self.trouble.value
        if not self.telegram.is_known:
            return "starting"
        if self.poller is not None and self.poller.conflict:
            return "conflict"
        return "ok" if self.telegram.is_open else "starting"

    async def introduce(self) -> None:
        """Ask Telegram who the bot is.

        Raises:
            BadTokenError: Telegram does not know the token.

        """
        try:
            await self.telegram.introduce()
        except BadTokenError:
            self.trouble = Trouble.REFUSED
            raise
        self.trouble = None

    async def live(
        self, store: OffsetStore, heed: Heed, *, may_rest: Callable[[Member], bool]
    ) -> None:
        """Take updates in until cancelled, whatever happens.

        Raises:
            Exception: Whatever it was, where *may_rest* says that nobody else is there to go on.

        """
        pause = FIRST_PAUSE
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._receive(store, heed)
            except Exception as problem:  # one bot's, which is no reason to stop the others
                self.trouble = _TROUBLES.get(type(problem), Trouble.BROKEN)
                self.telegram.is_known = False
                if not may_rest(self):
                    raise
                if self.trouble is Trouble.BROKEN:
                    log.exception("fetching for %s has failed", self.name)
                if loop.time() - began > WELL_AFTER:
                    pause = FIRST_PAUSE
                await self._rest(pause)
                pause = min(LONGEST_PAUSE, pause * 2)

    async def _receive(self, store: OffsetStore, heed: Heed) -> None:
        if not self.telegram.is_known:
            await self.introduce()
        self.trouble = None
        heed.known(self.id)

        def batch(found: Sequence[Accepted]) -> None:
            self.updates += len(found)
            heed.batch(found)

        await self.telegram.poll(
            store,
            on_batch=batch,
            on_caught_up=lambda: heed.caught_up(self.id),
            on_poison=heed.poison,
        )

    async def _rest(self, pause: float) -> None:
        if self.trouble is Trouble.WEDGED:
            self.renewed += 1
            await self.telegram.renew()
        wait = pause * (0.5 + random.random())
        log.error("%s is left alone for %.1f s: %s", self.name, wait, _WHY[self.trouble])
        await asyncio.sleep(wait)


_TROUBLES: Final[dict[type[Exception], Trouble]] = {
    BadTokenError: Trouble.REFUSED,
    WedgedError: Trouble.WEDGED,
}
_WHY: Final = {
    Trouble.REFUSED: (
        "Telegram does not accept its token; copy it again from @BotFather "
        "into TELEGRAM_BOT_TOKEN, or take it out"
    ),
    Trouble.WEDGED: "its requests for updates hang, over new connections as well",
    Trouble.BROKEN: "the error above, which nobody has foreseen",
    None: "",
}
