"""Finds a sentence by language and key, and fills in its placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from service.texts.language import Language

DEFAULT: Final = "en"
LANGUAGES: Final = ("en", "zh-CN")
FOLDER: Final = Path(__file__).parent

_COUNTED: Final = frozenset({"count", "seconds", "words", "letters"})
"""Placeholders whose number chooses the form of the sentence (1 message, 2 messages)."""
_MARKUP: Final = re.compile(r"([\\`*_\[\]<>~|#$])")
_BREAKS: Final = re.compile(r"\s+")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class MissingTextError(LookupError):
    """The program asked for a sentence that nobody has written."""

    def __init__(self, language: str, key: str) -> None:
        super().__init__(f"service/texts/{language} has no sentence {key!r}")


def nearest(language: str) -> str:
    """Return the language of ours that a speaker of *language* (`zh-hans`, `en-GB`) reads best."""
    wanted = language.replace("_", "-").lower()
    for known in LANGUAGES:
        if wanted == known.lower():
            return known
    spoken = wanted.partition("-")[0]
    return next((known for known in LANGUAGES if known.partition("-")[0] == spoken), DEFAULT)


class Texts:
    """Our own sentences. A language is read from its files when it is first spoken."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._languages: dict[str, Language] = {}

    def say(self, language: str, key: str, args: Mapping[str, str] = _NOTHING) -> str:
        """Return the sentence *key* as Markdown; nothing in *args* can become markup.

        Raises:
            MissingTextError: There is no such sentence; a programming error.

        """
        return self.plain(language, key, {name: _escaped(args[name]) for name in args})

    def plain(self, language: str, key: str, args: Mapping[str, str] = _NOTHING) -> str:
        """Return the sentence *key* with *args* as they are: for terminals, buttons, code spans.

        Raises:
            MissingTextError: There is no such sentence; a programming error.

        """
        chosen = nearest(language)
        spoken = self._language(chosen)
        sentence = spoken.find(key)
        if sentence is None:
            raise MissingTextError(chosen, key)
        values = {name: _counted(name, value) for name, value in args.items()}
        text, errors = spoken.bundle.format_pattern(sentence, values)
        if errors:
            raise MissingTextError(chosen, key) from errors[0]
        return str(text)

    def keys(self, language: str) -> frozenset[str]:
        """Return the keys of every sentence that *language* has."""
        return self._language(language).keys()

    def _language(self, name: str) -> Language:
        found = self._languages.get(name)
        if found is None:
            found = self._languages[name] = Language(self._folder / name)
        return found


def _counted(name: str, value: str) -> str | int:
    return int(value) if name in _COUNTED and value.isdecimal() else value


def _escaped(value: str) -> str:
    return _MARKUP.sub(r"\\\1", _BREAKS.sub(" ", value))
