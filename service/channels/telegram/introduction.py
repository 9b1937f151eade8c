"""Who our bot is: asked once, at the start, for as long as it takes."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Any, Final

from service.channels.telegram.aiogram_light import (
    Bot,
    GetMe,
    TelegramAPIError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from service.channels.telegram.failures import BadTokenError, GarbledReplyError
from service.channels.telegram.hearing import Me

log = logging.getLogger(__name__)

LONGEST_PAUSE: Final = 30.0


async def introduced(bot: Bot, *, abroad: bool) -> Me:
    """Return who *bot* is; *abroad*: say what is missing for chats that are not its own.

    Raises:
        BadTokenError: Telegram does not know the token.

    """
    pause = 0.5
    while True:
        try:
            user = await bot(GetMe(), request_timeout=15)
            if abroad:
                _tell_what_is_off(user)
            return Me(
                id=user.id,
                username=user.username or "",
                reads_all=bool(user.can_read_all_group_messages),
            )
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise BadTokenError from None
        except (TelegramAPIError, GarbledReplyError) as problem:
            log.warning("Telegram does not say who we are (%s); asking again", problem)
        await asyncio.sleep(pause * (0.5 + random.random()))
        pause = min(LONGEST_PAUSE, pause * 2)


def _tell_what_is_off(user: Any) -> None:
    """Tell the operator which switch at @BotFather is not set as GREENROOM_INLINE wants it."""
    if not user.supports_inline_queries:
        log.warning(
            "GREENROOM_INLINE is on, but inline mode is off: send /setinline to @BotFather, and "
            "/setinlinefeedback with 100 %, without which Telegram does not tell what was chosen"
        )
    if not user.supports_guest_queries:
        log.warning("GREENROOM_INLINE is on, but guest mode is off: turn it on at @BotFather")
