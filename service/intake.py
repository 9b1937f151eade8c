"""What comes in, bot by bot: mail that earlier lives left, new mail, and who is woken by it.

A bot counts from the moment at which Telegram has said who it is: only then can its updates be
understood. Until then (and for good, if it was taken out of the settings) its mail waits in the
journal, and its chats sleep, whatever they owe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import anyio

from actors.ports import Accepted, Address
from actors.router import Arrived, Router
from actors.runtime import Ref
from service.channels.telegram import Bots, Heed
from service.graveyard import Graveyard
from service.sleepers import Sleepers
from service.turned_away import TurnedAway
from snapshots import Store

CAUGHT_UP_WITHIN: Final = 10.0
"""Seconds after which chats that owe something are woken, even if intake is not open yet."""


class Intake:
    """The way in of all bots, for one life."""

    def __init__(
        self,
        channel: Bots,
        *,
        store: Store,
        door: TurnedAway,
        graveyard: Graveyard,
        router: Router,
        router_ref: Callable[[], Ref],
        sleepers: Sleepers,
    ) -> None:
        self._channel = channel
        self._store = store
        self._door = door
        self._graveyard = graveyard
        self._router = router
        self._router_ref = router_ref
        self._sleepers = sleepers
        self._caught_up: dict[str, anyio.Event] = {}
        """Of each bot that Telegram has made known to us."""
        self._changed = anyio.Event()

    @property
    def is_open(self) -> bool:
        """Whether what was left from before has come in, of every bot that can receive."""
        return bool(self._caught_up) and all(each.is_set() for each in self._caught_up.values())

    async def poll(self) -> None:
        """Take updates in until cancelled; see `Bots.poll` for what it raises."""
        heed = Heed(
            known=self._known,
            batch=self.arrived,
            caught_up=lambda bot: self._caught_up[bot].set(),
            poison=self._graveyard.raw,
        )
        await self._channel.poll(self._door, heed)

    def arrived(self, batch: Sequence[Accepted], *, replayed: bool = False) -> None:
        """Let the router have what the store has accepted; the rest stays where it is."""
        known = tuple(each for each in batch if each.bot in self._caught_up)
        if known:
            self._router_ref().tell(Arrived(batch=known, replayed=replayed))

    async def wake(self) -> None:
        """Wake who owes something once its bot's intake is open, until cancelled.

        So a Stop that was sent meanwhile is heard first.
        """
        seen: set[str] = set()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._sleepers.run)
            while True:
                self._changed = anyio.Event()
                for bot in self._caught_up.keys() - seen:
                    seen.add(bot)
                    tasks.start_soon(self._wake, bot)
                await self._changed.wait()

    async def _wake(self, bot: str) -> None:
        with anyio.move_on_after(CAUGHT_UP_WITHIN):
            await self._caught_up[bot].wait()
        self._caught_up[bot].set()
        self._sleepers.put({key: at for key, at in self._store.owing().items() if _is_of(bot, key)})

    def _known(self, bot: str) -> None:
        """Let *bot* count from now on: what it has left comes before anything new."""
        if bot in self._caught_up:
            return
        self._caught_up[bot] = anyio.Event()
        self._set_aside(bot)
        left = [each for each in self._store.unabsorbed() if each.bot == bot]
        self.arrived(left, replayed=True)
        self._changed.set()

    def _set_aside(self, bot: str) -> None:
        """Bury the update whose own turn was running at two abnormal ends in a row; say so."""
        poison = self._store.in_hand.poison
        found = (each for each in self._store.unabsorbed() if each.n == poison)
        deadly = next(found, None) if poison is not None else None
        if deadly is not None and deadly.bot == bot:
            self._graveyard.deadly(deadly)
            self._store.absorb(deadly.n)
            self._router.apologise(bot, deadly.update)


def _is_of(bot: str, key: str) -> bool:
    kind, _, name = key.partition("/")
    return kind == "chat" and Address.parse(name).bot == bot
