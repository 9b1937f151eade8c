"""Personas: the ways of answering that people choose with /mode, from a data file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from fsm.preferences import Mode, Preferences, chosen
from service import tables

FILE: Final = Path(__file__).with_name("personas.toml")
_FIELDS: Final = {"name", "about", "manner"}


class PersonasError(Exception):
    """A file of personas that cannot be used; the text says what and where."""


class Personas:
    """What can be chosen, and what each choice tells the model."""

    def __init__(self, modes: tuple[Mode, ...], manners: Mapping[str, str]) -> None:
        self.modes = modes
        self._manners = manners

    def manner(self, preferences: Preferences) -> str:
        """Return what the model is told about a chat with these *preferences*; mostly nothing.

        The same preferences give the same text to the byte: it is near the beginning of every
        request of the chat, and the provider's cache begins there.
        """
        mode = chosen(self.modes, preferences.mode)
        parts = [self._manners[mode.key]] if mode else []
        if preferences.name:
            parts.append(f"In this chat you are called {_line(preferences.name)}.")
        if preferences.instruction:
            parts.append(
                "The people of this chat want you to heed the following in every answer, as far "
                f"as it does not go against what was said above:\n{preferences.instruction}"
            )
        return "\n\n".join(part for part in parts if part)


def load(path: Path | None = None) -> Personas:
    """Return the personas in *path*, or those that come with the service.

    Raises:
        PersonasError: The file cannot be read, or something in it does not fit.

    """
    path = path or FILE
    found = tables.read(path, PersonasError)
    if not found:
        raise PersonasError(f"{path}: there is no persona in it")
    for key, persona in found.items():
        _check(path, key, persona)
    modes = tuple(
        Mode(key=key, names=persona["name"], abouts=persona.get("about", {}))
        for key, persona in found.items()
    )
    manners = {key: persona.get("manner", "").strip() for key, persona in found.items()}
    return Personas(modes, manners)


def _check(path: Path, key: str, persona: Any) -> None:
    if not isinstance(persona, dict) or not isinstance(persona.get("name"), dict):
        raise PersonasError(f"{path}: [{key}] needs a name, such as name = {{ en = {key!r} }}")
    if unknown := sorted(persona.keys() - _FIELDS):
        raise PersonasError(f"{path}: [{key}] has {unknown[0]!r}, which means nothing")
    words = [*persona["name"].values(), *dict(persona.get("about", {})).values()]
    if not all(isinstance(word, str) for word in [*words, persona.get("manner", "")]):
        raise PersonasError(f"{path}: [{key}] may hold nothing but texts")
    if "en" not in persona["name"]:
        raise PersonasError(f"{path}: [{key}] needs a name in English, for everybody else")


def _line(name: str) -> str:
    return " ".join(name.split())
