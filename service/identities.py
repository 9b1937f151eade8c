"""Who the bot is to everybody: a file with its name, texts and photo, in people's languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from actors.ports import Store
from service import tables
from service.texts import LANGUAGES

MOST: Final = {"name": 64, "description": 512, "about": 120}
"""Characters that Telegram takes."""
_JPEG: Final = b"\xff\xd8\xff"


class IdentityError(Exception):
    """A file that cannot be used; the text says what and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the bot says of itself in one language; empty: whatever it said before."""

    name: str = ""
    description: str = ""
    """In an empty chat."""
    about: str = ""
    """On its profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the bot is to everybody."""

    words: Mapping[str, Words]
    """By language, English among them."""
    photo: bytes = b""
    """A JPEG; empty: the one that it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """The value kept for a bot: which photo it was given, because Telegram does not tell."""

    photo: str = ""
    """SHA-256 in hex."""


class Faces:
    """Remembers which photo each bot was given."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def known(self, bot: int) -> str:
        """Return the hash of the photo that *bot* was given last."""
        face = await self._store.load(_key(bot))
        return face.photo if isinstance(face, Face) else ""

    def keep(self, bot: int, photo: str) -> None:
        """Remember that *bot* has the photo of that hash."""
        self._store.commit(_key(bot), Face(photo=photo))


def load(path: Path | None) -> Identity | None:
    """Return the identity in *path*; None without one.

    Raises:
        IdentityError: The file cannot be read, or something in it does not fit.

    """
    if path is None:
        return None
    found = tables.read(path, IdentityError)
    photo = _photo(path, found.pop("photo", ""))
    if unknown := sorted(found.keys() - set(LANGUAGES)):
        known = ", ".join(LANGUAGES)
        raise IdentityError(f"{path}: [{unknown[0]}] is none of the languages: {known}")
    return Identity(words={key: _words(path, key, row) for key, row in found.items()}, photo=photo)


def _words(path: Path, language: str, row: Any) -> Words:
    if not isinstance(row, dict) or row.keys() - MOST.keys():
        raise IdentityError(f"{path}: [{language}] has name, description and about, nothing else")
    for key, text in row.items():
        if not isinstance(text, str) or len(text) > MOST[key]:
            most = MOST[key]
            what = f"{path}: [{language}] {key} has to be a text of at most {most} characters"
            raise IdentityError(what)
    return Words(**row)


def _photo(path: Path, name: Any) -> bytes:
    if not name:
        return b""
    try:
        photo = (path.parent / str(name)).read_bytes()
    except OSError as problem:
        raise IdentityError(f"{path}: photo: {name}: {problem.strerror}") from None
    if not photo.startswith(_JPEG):
        raise IdentityError(f"{path}: photo: {name} is no JPEG, and Telegram takes nothing else")
    return photo


def _key(bot: int) -> str:
    return f"bot/telegram.{bot}"
