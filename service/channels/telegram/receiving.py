"""How updates come in: we fetch them, or Telegram posts them to us. Nothing else differs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from actors.ports import Accepted
from service.channels.telegram.aiogram_light import Bot, DeleteWebhook, GetWebhookInfo
from service.channels.telegram.poller import ALLOWED, Intake, Poller
from service.channels.telegram.session import LeanSession
from service.channels.telegram.webhook import Hook, Webhook

log = logging.getLogger(__name__)


class OffsetStore(Intake, Protocol):
    """A store that knows where to go on fetching."""

    def offset(self, bot: str) -> int | None:
        """Return the offset to ask from, or None if *bot* has never asked."""


class Receiving:
    """The way in of one bot."""

    def __init__(
        self,
        bot: Bot,
        session: LeanSession,
        hook: Hook | None,
        kinds: Sequence[str] = ALLOWED,
    ) -> None:
        """With a *hook* updates are posted to us, without one they are fetched."""
        self._kinds = kinds
        self._bot = bot
        self._session = session
        self._hook = hook
        self._way: Poller | Webhook | None = None

    @property
    def poller(self) -> Poller | None:
        """The loop that fetches, for those who want to look at it; None where none is needed."""
        return self._way if isinstance(self._way, Poller) else None

    @property
    def is_open(self) -> bool:
        """Whether there is a way in just now."""
        return self._way is not None and self._way.is_open

    def pause(self) -> None:
        """Take nothing more in; what was taken is dealt with."""
        if self._way is not None:
            self._way.pause()

    async def run(
        self,
        store: OffsetStore,
        *,
        name: str,
        on_batch: Callable[[list[Accepted]], None],
        on_caught_up: Callable[[], None],
        on_poison: Callable[[bytes], None],
    ) -> None:
        """Take updates in until cancelled.

        Raises:
            BadTokenError, WedgedError: As `Poller.run` and `Webhook.run`.

        """
        if self._hook is not None:
            webhook = Webhook(
                self._bot,
                store,
                self._hook,
                name=name,
                on_batch=on_batch,
                on_poison=on_poison,
                kinds=self._kinds,
            )
            self._way = webhook
            await webhook.run(on_caught_up)
            return
        poller = Poller(
            self._bot,
            self._session,
            store,
            name=name,
            offset=store.offset(name),
            on_batch=on_batch,
            on_caught_up=on_caught_up,
            on_poison=on_poison,
            on_conflict=self._drop_webhook,
            kinds=self._kinds,
        )
        self._way = poller
        await poller.run()

    async def _drop_webhook(self) -> None:
        """Remove a webhook, if one is set: while it is, nobody can fetch."""
        info = await self._bot(GetWebhookInfo(), request_timeout=15)
        if info.url:
            await self._bot(DeleteWebhook(), request_timeout=15)
            log.warning("a webhook was set for this bot; it has been removed, as we fetch")
