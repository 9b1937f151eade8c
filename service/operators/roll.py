"""The bots of the service as operators see them: how each fares, and who is away."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, Protocol

from actors.ports import Address
from service.operators.facts import BotFacts
from snapshots import Store

SILENT: Final = 120.0
"""Seconds without a reply to getUpdates after which nothing can be coming in (a long poll: 45)."""


class Polling(Protocol):
    """The loop that fetches updates."""

    @property
    def completed_at(self) -> float:
        """When a request last came back, on the monotonic clock."""

    @property
    def paused(self) -> bool:
        """Whether fetching is held back."""

    @property
    def rebuilt(self) -> int:
        """How often the connections had to be made anew."""


class Bot(Protocol):
    """A bot, as the channel tells of it."""

    @property
    def id(self) -> str:
        """What keys know it by."""

    @property
    def name(self) -> str:
        """What people call it: its username, or its id while nobody has said."""

    @property
    def state(self) -> str:
        """`ok`, `starting`, `conflict`, `refused` (its token), `wedged` or `broken`."""

    @property
    def poller(self) -> Polling | None:
        """The loop that fetches; None where updates are posted to us."""

    @property
    def updates(self) -> int:
        """How many it has brought in this life."""

    @property
    def renewed(self) -> int:
        """How often it was given new connections because fetching hung."""


class Roll:
    """Calls the roll."""

    def __init__(self, bots: Sequence[Bot], store: Store) -> None:
        self._bots = {bot.id: bot for bot in bots}
        self._store = store

    @property
    def has_several(self) -> bool:
        """Whether it has to be said which bot is meant."""
        return len(self._bots) > 1

    def name(self, id_: str) -> str:
        """Return what the bot is called; its id when it is not here."""
        bot = self._bots.get(id_)
        return bot.name if bot is not None else id_

    def find(self, name: str) -> str:
        """Return the id of the bot that people call *name*; empty when there is none."""
        wanted = name.lower()
        return next((bot.id for bot in self._bots.values() if bot.name.lower() == wanted), "")

    def facts(self, chats: Mapping[str, int]) -> tuple[BotFacts, ...]:
        """Return how each bot fares; *chats* is how many are in memory, by bot."""
        here = [
            BotFacts(
                id=bot.id,
                name=bot.name,
                state=self.state(bot),
                poll_age=_age(bot),
                updates=bot.updates,
                chats=chats.get(bot.id, 0),
            )
            for bot in self._bots.values()
        ]
        return (*here, *self._away)

    @cached_property
    def _away(self) -> tuple[BotFacts, ...]:
        """Those that are not in the settings, but have left something undone.

        Counted once: nothing of them moves until they are back, in another life.
        """
        return away(self._bots, self._store.owing(), self._store.waiting())

    def state(self, bot: Bot) -> str:
        """Return how *bot* fares, in a word."""
        if bot.state not in {"ok", "starting"}:
            return bot.state
        loop = _loop(bot)
        return {"dead": "silent", "paused": "paused"}.get(loop, bot.state)

    # -- all of them together -----------------------------------------------------------------

    def intake(self, id_: str) -> str:
        """Return why nothing reaches the chats of a bot, or nothing when all is well."""
        bot = self._bots.get(id_)
        if bot is None:
            return "away"
        if bot.state in {"refused", "conflict"}:
            return bot.state
        loop = _loop(bot)
        return loop if loop in {"dead", "paused"} else ""

    def polling(self) -> str:
        """Return how fetching goes where it goes best: `ok`, `paused`, `starting` or `dead`."""
        found = {_loop(bot) for bot in self._bots.values()}
        return next((each for each in ("ok", "paused", "starting") if each in found), "dead")

    def poll_age(self) -> float:
        """Return the seconds since Telegram last answered any getUpdates."""
        return min(_age(bot) for bot in self._bots.values())

    def rebuilt(self) -> int:
        """Return how often connections for fetching had to be made anew."""
        pollers = [bot.poller for bot in self._bots.values()]
        renewed = sum(bot.renewed for bot in self._bots.values())
        return renewed + sum(poller.rebuilt for poller in pollers if poller is not None)


def away(
    here: Collection[str], owing: Iterable[str], mail: Mapping[str, int]
) -> tuple[BotFacts, ...]:
    """Return the bots that are not *here*, but have keys that owe something, or mail."""
    chats = Counter(_bot_of(key) for key in owing if key.startswith("chat/"))
    return tuple(
        BotFacts(id=id_, name=id_, state="away", chats=chats[id_], waiting=mail.get(id_, 0))
        for id_ in sorted({*chats, *mail} - set(here))
    )


def _loop(bot: Bot) -> str:
    """Return how fetching goes for one bot."""
    if bot.state in {"broken", "refused", "wedged"}:
        return "dead"
    if bot.poller is None:
        return "ok" if bot.state == "ok" else "starting"
    if bot.poller.paused:
        return "paused"
    return "dead" if _age(bot) > SILENT else "ok"


def _age(bot: Bot) -> float:
    return time.monotonic() - bot.poller.completed_at if bot.poller is not None else 0.0


def _bot_of(key: str) -> str:
    return Address.parse(key.partition("/")[2]).bot
