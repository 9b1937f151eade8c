"""Who the bots are to everybody: a file with names, texts and photos, in people's languages.

What stands at its top is for all bots; a table `bots` has what is different for some of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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

    def over(self, other: Identity) -> Identity:
        """Return *other* with whatever is said here said instead."""
        languages = {**other.words, **self.words}
        words = {
            each: _over(self.words.get(each, Words()), other.words.get(each, Words()))
            for each in languages
        }
        return Identity(words=words, photo=self.photo or other.photo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """Who each bot is."""

    everybody: Identity
    own: Mapping[str, Identity] = field(default_factory=dict)
    """What differs, by username (in small letters) or id."""

    def of(self, bot: int, username: str) -> Identity:
        """Return who the bot with that id and username is."""
        found = self.everybody
        for name in (username.lower(), str(bot)):
            if name in self.own:
                found = self.own[name].over(found)
        return found

    def nobodys(self, names: Iterable[str]) -> list[str]:
        """Return the bots that the file names and that are none of *names*."""
        return sorted(self.own.keys() - {name.lower() for name in names})


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


def load(path: Path | None) -> Identities | None:
    """Return who the bots are according to *path*; None without one.

    Raises:
        IdentityError: The file cannot be read, or something in it does not fit.

    """
    if path is None:
        return None
    found = tables.read(path, IdentityError)
    own = found.pop("bots", {})
    if not isinstance(own, dict) or not all(isinstance(row, dict) for row in own.values()):
        raise IdentityError(f"{path}: [bots] has a table for each bot, such as [bots.my_bot.en]")
    return Identities(
        everybody=_identity(path, "", found),
        own={
            name.removeprefix("@").lower(): _identity(path, f"bots.{name}.", row)
            for name, row in own.items()
        },
    )


def _identity(path: Path, place: str, table: dict[str, Any]) -> Identity:
    """Return what *table* says; *place* is where in the file it stands."""
    photo = _photo(path, table.pop("photo", ""))
    if unknown := sorted(table.keys() - set(LANGUAGES)):
        known = ", ".join(LANGUAGES)
        raise IdentityError(f"{path}: [{place}{unknown[0]}] is none of the languages: {known}")
    words = {key: _words(path, f"{place}{key}", row) for key, row in table.items()}
    return Identity(words=words, photo=photo)


def _words(path: Path, place: str, row: Any) -> Words:
    if not isinstance(row, dict) or row.keys() - MOST.keys():
        raise IdentityError(f"{path}: [{place}] has name, description and about, nothing else")
    for key, text in row.items():
        if not isinstance(text, str) or len(text) > MOST[key]:
            most = MOST[key]
            what = f"{path}: [{place}] {key} has to be a text of at most {most} characters"
            raise IdentityError(what)
    return Words(**row)


def _over(own: Words, others: Words) -> Words:
    said = {name: getattr(own, name) or getattr(others, name) for name in MOST}
    return Words(**said)


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
