"""Telegram: everything that knows the Bot API, and the only place where aiogram is used.

What is offered here is imported when it is first asked for, so that whoever only wants the
renderer in `text` does not pay for aiogram.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.channels.telegram.bots import Bots
    from service.channels.telegram.channel import Telegram
    from service.channels.telegram.failures import BadTokenError
    from service.channels.telegram.member import Heed
    from service.channels.telegram.poller import WedgedError
    from service.channels.telegram.porch import Porch
    from service.channels.telegram.reader import TelegramReader, key_of
    from service.channels.telegram.webhook import Hook

_HOMES = {
    "BadTokenError": "failures",
    "Bots": "bots",
    "Heed": "member",
    "Hook": "webhook",
    "Porch": "porch",
    "Telegram": "channel",
    "TelegramReader": "reader",
    "WedgedError": "poller",
    "key_of": "reader",
}

__all__ = [
    "BadTokenError",
    "Bots",
    "Heed",
    "Hook",
    "Porch",
    "Telegram",
    "TelegramReader",
    "WedgedError",
    "key_of",
]


def __getattr__(name: str) -> Any:
    """Return *name* from the module that it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
