"""The bots of the settings: one channel, with a place of its own for each."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

import structlog

from actors.ports import Voice
from service.channels.telegram import Bots, Hook, Porch, Telegram
from service.channels.telegram.aiogram_light import Bot
from service.channels.telegram.hearing import Me
from service.channels.telegram.profile import publish
from service.flows import Library
from service.identities import Faces, Identities
from service.settings import Settings
from service.storing import MediaShelf
from snapshots import Store

log = structlog.get_logger()


def bots_of(
    settings: Settings,
    *,
    voice: Voice,
    library: Library,
    shelf: MediaShelf,
    store: Store,
    identities: Identities | None,
) -> Bots:
    """Return the bots whose tokens are set.

    Raises:
        BadTokenError: One of them cannot be a token.

    """
    hook, tokens = _hook(settings), settings.bot_tokens
    several = len(tokens) > 1
    return Bots(
        [
            Telegram(
                token,
                settings.telegram_api_base,
                voice=voice,
                cache=shelf,
                folder=settings.telegram_files,
                allowed=settings.allowed,
                admins=settings.admins,
                flow_of=library.flow_of,
                flows=library.commands,
                transport=settings.transport,
                abroad=settings.inline or settings.mode.playground,
                hook=hook.of(token.partition(":")[0]) if hook and several else hook,
                identity=_publisher(identities, store),
            )
            for token in tokens
        ]
    )


def look_for_strangers(identities: Identities | None, bots: Bots) -> None:
    """Say which bots the file about them names although they are none of ours."""
    known = [name for each in bots.members for name in (each.id, each.name.removeprefix("@"))]
    if identities is not None and (names := identities.nobodys(known)):
        log.warning("GREENROOM_IDENTITY names bots that are not here (yet)", names=names)


def _publisher(
    identities: Identities | None, store: Store
) -> Callable[[Bot, Me], Awaitable[int]] | None:
    """Return what tells Telegram who a bot is to everybody, if that is set."""
    if identities is None:
        return None
    faces = Faces(store)
    return lambda bot, me: publish(bot, identities.of(me.id, me.username), faces)


def _hook(settings: Settings) -> Hook | None:
    """Return where Telegram is to post updates, if it is to."""
    if not settings.webhook_url or settings.mode.playground:
        return None
    return Hook(
        url=settings.webhook_url,
        secret=settings.webhook_secret.get_secret_value() or secrets.token_urlsafe(32),
        porch=Porch(settings.webhook_host, settings.webhook_port),
    )
