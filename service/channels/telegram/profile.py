"""The bot's own name, texts and photo at Telegram: called only where they differ.

Telegram allows few of these calls in a day, so what is there already is asked first. Nothing here
ever fails: the bot works under its old name as well, and the next start tries again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from service.channels.telegram.aiogram_light import (
    Bot,
    BufferedInputFile,
    GetMyDescription,
    GetMyName,
    GetMyShortDescription,
    InputProfilePhotoStatic,
    SetMyDescription,
    SetMyName,
    SetMyProfilePhoto,
    SetMyShortDescription,
    TelegramMethod,
)
from service.channels.telegram.commands import LANGUAGES

log = logging.getLogger(__name__)

_UPLOAD: Final = 60


class Words(Protocol):
    """What the bot says of itself in one language; empty: whatever it said before."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def description(self) -> str:
        """In an empty chat."""

    @property
    def about(self) -> str:
        """On its profile."""


class Identity(Protocol):
    """Who the bot is to everybody."""

    @property
    def words(self) -> Mapping[str, Words]:
        """By our language."""

    @property
    def photo(self) -> bytes:
        """A JPEG; empty: the one that it has."""


class Faces(Protocol):
    """Remembers which photo each bot was given: Telegram does not tell."""

    def known(self, bot: int) -> Awaitable[str]:
        """Return the hash of the photo that *bot* was given last."""

    def keep(self, bot: int, photo: str) -> None:
        """Remember that *bot* has the photo of that hash."""


async def publish(bot: Bot, identity: Identity, faces: Faces) -> int:
    """Make the bot who it should be; return how many calls that took."""
    changed = 0
    for code, language in LANGUAGES:
        if words := identity.words.get(language):
            for wanted, ask, tell in _texts(words, code):
                changed += await _differs(bot, wanted, ask, tell)
    if identity.photo:
        changed += await _photo(bot, identity.photo, faces)
    return changed


_Tell = Callable[[], TelegramMethod[bool]]


def _texts(words: Words, code: str) -> list[tuple[str, TelegramMethod[Any], _Tell]]:
    """Return each text with the call that asks for it and the one that sets it."""
    about: dict[str, Any] = {"language_code": code or None}
    return [
        (words.name, GetMyName(**about), lambda: SetMyName(name=words.name, **about)),
        (
            words.description,
            GetMyDescription(**about),
            lambda: SetMyDescription(description=words.description, **about),
        ),
        (
            words.about,
            GetMyShortDescription(**about),
            lambda: SetMyShortDescription(short_description=words.about, **about),
        ),
    ]


async def _differs(bot: Bot, wanted: str, ask: TelegramMethod[Any], tell: _Tell) -> bool:
    if not wanted:
        return False
    try:
        known = (await bot(ask)).model_dump()
        if wanted in known.values():
            return False
        await bot(tell())
    except Exception as problem:  # see above
        log.warning("Telegram does not take how the bot wants to be known: %s", problem)
        return False
    return True


async def _photo(bot: Bot, photo: bytes, faces: Faces) -> bool:
    wanted = hashlib.sha256(photo).hexdigest()
    try:
        if await faces.known(bot.id) == wanted:
            return False
        picture = InputProfilePhotoStatic(photo=BufferedInputFile(photo, "photo.jpg"))
        await bot(SetMyProfilePhoto(photo=picture), request_timeout=_UPLOAD)
    except Exception as problem:  # see above
        log.warning("Telegram does not take the bot's photo: %s", problem)
        return False
    faces.keep(bot.id, wanted)
    return True
