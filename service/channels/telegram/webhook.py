"""Takes updates that Telegram posts to us, and says thank you only when the store has them.

Telegram posts an update again until it is told 200. So 200 is said once the update is on disk, and
everything behind that is the same as when updates are fetched.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import random
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from actors.ports import Accepted, StoreFullError
from service.channels.telegram.aiogram_light import (
    Bot,
    GetWebhookInfo,
    SetWebhook,
    TelegramAPIError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from service.channels.telegram.failures import BadTokenError, GarbledReplyError
from service.channels.telegram.poller import ALLOWED, Intake
from service.channels.telegram.porch import Porch

log = logging.getLogger(__name__)

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the name of a header)
CONNECTIONS: Final = 40
LONGEST_PAUSE: Final = 60.0
LOOK_EVERY: Final = 60.0
"""Seconds after which Telegram is asked whether it still knows the token and the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where Telegram reaches a bot, and where we listen behind that."""

    url: str
    secret: str = field(repr=False)
    porch: Porch = field(default_factory=Porch, repr=False)

    def of(self, bot: str) -> Hook:
        """Return the address of one *bot* among several: a path and a secret of its own."""
        secret = hmac.new(self.secret.encode(), bot.encode(), "sha256").hexdigest()
        return Hook(url=f"{self.url}/{bot}", secret=secret, porch=self.porch)


class Webhook:
    """Receives the updates of one bot."""

    def __init__(
        self,
        bot: Bot,
        store: Intake,
        hook: Hook,
        *,
        name: str,
        on_batch: Callable[[list[Accepted]], None],
        on_poison: Callable[[bytes], None] = lambda _: None,
        kinds: Sequence[str] = ALLOWED,
    ) -> None:
        self._kinds = list(kinds)
        self._bot = bot
        self._store = store
        self._hook = hook
        self._name = name
        self._on_batch = on_batch
        self._on_poison = on_poison
        self.is_open = False
        """Whether Telegram knows where to post them."""
        self.paused = False
        """Whether updates are turned away for now; Telegram keeps them meanwhile."""

    def pause(self) -> None:
        """Turn updates away until `resume`."""
        self.paused = True

    def resume(self) -> None:
        """Take updates again."""
        self.paused = False

    async def run(self, on_open: Callable[[], None] = lambda: None) -> None:
        """Listen until cancelled; *on_open* is called once Telegram knows where.

        Raises:
            BadTokenError: Telegram does not know the token.
            OSError: The port is taken.

        """
        async with self.listening():
            await self._announce()
            self.is_open = True
            on_open()
            try:
                while True:
                    await asyncio.sleep(LOOK_EVERY)
                    await self._look()
            finally:
                self.is_open = False

    def listening(self) -> AbstractAsyncContextManager[int]:
        """Listen as long as the block lasts; the value is the port."""
        return self._hook.porch.listening(urlsplit(self._hook.url).path or "/", self.handle)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one post of Telegram's; whoever does not know the secret learns nothing."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._hook.secret.encode()):
            return web.Response(status=403)
        if self.paused:
            return web.Response(status=503)
        body = await request.read()
        update = _read(body)
        if update is None:
            # Posted again and again it would hold up whatever comes after it.
            log.error(
                "an update of %d bytes cannot be read; it goes to the dead letters", len(body)
            )
            self._on_poison(body)
            return web.Response()
        try:
            accepted = await self._store.accept(self._name, [update], next_offset=None)
        except StoreFullError as full:
            log.warning("no updates are taken for now: %s", full)
            return web.Response(status=503)
        if accepted:
            self._on_batch(accepted)
        return web.Response()

    async def _look(self) -> None:
        """Ask Telegram whether it still knows us: whoever is not posted to would never notice.

        Raises:
            BadTokenError: It does not know the token any more.

        """
        try:
            info = await self._bot(GetWebhookInfo(), request_timeout=15)
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise BadTokenError from None
        except (TelegramAPIError, GarbledReplyError) as problem:
            log.info("Telegram does not say where it posts updates (%s)", problem)
            return
        if info.url != self._hook.url:
            log.error("somebody else has changed the webhook of this bot; setting it again")
            await self._announce()

    async def _announce(self) -> None:
        """Tell Telegram where we are, however long that takes."""
        call = SetWebhook(
            url=self._hook.url,
            secret_token=self._hook.secret,
            allowed_updates=self._kinds,
            max_connections=CONNECTIONS,
        )
        pause = 1.0
        while True:
            try:
                await self._bot(call, request_timeout=15)
                return
            except (TelegramUnauthorizedError, TelegramNotFound):
                raise BadTokenError from None
            except (TelegramAPIError, GarbledReplyError) as problem:
                log.error(
                    "Telegram does not take GREENROOM_WEBHOOK_URL (%s); trying again", problem
                )
            await asyncio.sleep(pause * (0.5 + random.random()))
            pause = min(LONGEST_PAUSE, pause * 2)


def _read(body: bytes) -> dict[str, Any] | None:
    """Return the update in *body*, or None when there is none."""
    try:
        update: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError):
        return None
    return update if type(update.get("update_id")) is int else None
