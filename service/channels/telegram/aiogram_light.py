"""aiogram on a diet: the only file that imports it, and everything we use of it.

A plain ``import aiogram`` builds the validators of 620 pydantic models at once: 3 s of CPU and
164 MB, of which a bot like ours uses a dozen. Here ``model_rebuild`` does nothing while aiogram
is imported; afterwards every module of its types and methods is given the names that its models
refer to, so that pydantic completes each model by itself when it is first used. That takes
0.65 s and 66 MB. A test compares every field of every model with the plainly imported ones.

If a newer aiogram does not take the diet, it is imported plainly, and one log line says so.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import logging
import re
import sys
import typing
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pydantic

log = logging.getLogger(__name__)

_FAMILIES = ("aiogram.types.", "aiogram.methods.")
_WORD = re.compile(r"[A-Za-z]\w*")


def load() -> bool:
    """Import aiogram; return whether the diet worked (or aiogram had been imported before)."""
    if "aiogram" in sys.modules:
        return True
    try:
        with _no_rebuilding():
            importlib.import_module("aiogram")
        _lend_names()
        _words.cache_clear()
        _try_out()
    except Exception as problem:  # whatever a newer aiogram does: the plain import decides
        log.warning("aiogram does not take the light import (%s); importing it plainly", problem)
        _forget()
        importlib.import_module("aiogram")
        return False
    return True


@contextmanager
def _no_rebuilding() -> Iterator[None]:
    """Let nobody complete a pydantic model for the time being."""
    original = pydantic.BaseModel.__dict__["model_rebuild"]

    def not_now(_: type, /, **__: Any) -> None:
        return None

    # setattr: the entry in the class's dict is a classmethod object, and exactly that must return.
    setattr(pydantic.BaseModel, "model_rebuild", classmethod(not_now))  # noqa: B010
    try:
        yield
    finally:
        setattr(pydantic.BaseModel, "model_rebuild", original)  # noqa: B010


def _lend_names() -> None:
    """Give each module of types and methods the names that annotations in it refer to."""
    types = importlib.import_module("aiogram.types")
    names: dict[str, Any] = {name: getattr(types, name) for name in types.__all__}
    names |= {"List": list, "Default": importlib.import_module("aiogram.client.default").Default}
    names |= {name: getattr(typing, name) for name in ("Optional", "Union", "Literal")}
    for name, module in list(sys.modules.items()):
        if name.startswith(_FAMILIES):
            known = vars(module)
            # Only what is used: all names in all 700 modules are 7 MB of dicts.
            for missing in _named(known.values(), name) & names.keys() - known.keys():
                known[missing] = names[missing]


def _named(values: Iterable[object], module: str) -> set[str]:
    """Return every word in the annotations of the classes of *module*, inherited ones included."""
    words: set[str] = set()
    for value in values:
        if isinstance(value, type) and value.__module__ == module:
            words.update(*map(_words, value.__mro__))
    return words


@functools.cache
def _words(model: type) -> frozenset[str]:
    """Return every word in the annotations of *model* itself."""
    told = " ".join(map(str, inspect.get_annotations(model).values()))
    return frozenset(_WORD.findall(told))


def _try_out() -> None:
    """Complete one type and one method.

    Raises:
        Exception: Whatever pydantic finds missing.

    """
    types, methods = sys.modules["aiogram.types"], sys.modules["aiogram.methods"]
    user = types.User.model_validate({"id": 1, "is_bot": True, "first_name": "try"})
    methods.GetFile(file_id=str(user.id))


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "aiogram"]:
        del sys.modules[name]


load()

from aiogram import Bot  # noqa: E402
from aiogram.client.session.base import BaseSession  # noqa: E402
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer  # noqa: E402
from aiogram.exceptions import (  # noqa: E402
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import (  # noqa: E402
    DeleteWebhook,
    EditMessageMedia,
    GetFile,
    GetMe,
    GetMyCommands,
    GetMyDescription,
    GetMyName,
    GetMyShortDescription,
    GetWebhookInfo,
    Response,
    SendAudio,
    SendDocument,
    SendPhoto,
    SendVideo,
    SendVoice,
    SetChatMenuButton,
    SetMyCommands,
    SetMyDescription,
    SetMyName,
    SetMyProfilePhoto,
    SetMyShortDescription,
    SetWebhook,
    TelegramMethod,
)
from aiogram.types import (  # noqa: E402
    BotCommand,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    BufferedInputFile,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    InputProfilePhotoStatic,
    MenuButtonCommands,
    MessageEntity,
    ReplyParameters,
)

__all__ = [
    "PRODUCTION",
    "BaseSession",
    "Bot",
    "BotCommand",
    "BotCommandScopeChat",
    "BotCommandScopeDefault",
    "BufferedInputFile",
    "ClientDecodeError",
    "DeleteWebhook",
    "EditMessageMedia",
    "GetFile",
    "GetMe",
    "GetMyCommands",
    "GetMyDescription",
    "GetMyName",
    "GetMyShortDescription",
    "GetWebhookInfo",
    "InlineKeyboardMarkup",
    "InputFile",
    "InputMediaAudio",
    "InputMediaDocument",
    "InputMediaPhoto",
    "InputMediaVideo",
    "InputProfilePhotoStatic",
    "MenuButtonCommands",
    "MessageEntity",
    "ReplyParameters",
    "Response",
    "SendAudio",
    "SendDocument",
    "SendPhoto",
    "SendVideo",
    "SendVoice",
    "SetChatMenuButton",
    "SetMyCommands",
    "SetMyDescription",
    "SetMyName",
    "SetMyProfilePhoto",
    "SetMyShortDescription",
    "SetWebhook",
    "TelegramAPIError",
    "TelegramAPIServer",
    "TelegramBadRequest",
    "TelegramConflictError",
    "TelegramEntityTooLarge",
    "TelegramForbiddenError",
    "TelegramMethod",
    "TelegramMigrateToChat",
    "TelegramNetworkError",
    "TelegramNotFound",
    "TelegramRetryAfter",
    "TelegramServerError",
    "TelegramUnauthorizedError",
    "load",
]
