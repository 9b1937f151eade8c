"""Finds a sentence by language and key, and fills in its placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

DEFAULT: Final = "en"
LANGUAGES: Final = ("en", "zh-CN")
FOLDER: Final = Path(__file__).parent

_COUNTED: Final = frozenset({"count", "seconds"})
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
        self._bundles: dict[str, FluentBundle] = {}

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
        bundle = self._bundles.get(chosen) or self._read(chosen)
        message = bundle.get_message(key) if bundle.has_message(key) else None
        if message is None or message.value is None:
            raise MissingTextError(chosen, key)
        values = {name: _counted(name, value) for name, value in args.items()}
        text, errors = bundle.format_pattern(message.value, values)
        if errors:
            raise MissingTextError(chosen, key) from errors[0]
        return str(text)

    def keys(self, language: str) -> frozenset[str]:
        """Return the keys of every sentence that *language* has."""
        bundle = self._bundles.get(language) or self._read(language)
        return frozenset(bundle._messages)  # noqa: SLF001  (fluent has no public list)

    def _read(self, language: str) -> FluentBundle:
        # Imported here: it brings babel along, which a process that says nothing can spare.
        from fluent.runtime import FluentBundle
        from fluent.syntax import FluentParser

        # Where each word stood in its file is half of the memory that a language takes.
        parser = FluentParser(with_spans=False)
        bundle = FluentBundle([language], use_isolating=False)
        for path in sorted((self._folder / language).glob("*.ftl")):
            bundle.add_resource(parser.parse(path.read_text(encoding="utf-8")))
        self._bundles[language] = bundle
        return bundle


def _counted(name: str, value: str) -> str | int:
    return int(value) if name in _COUNTED and value.isdecimal() else value


def _escaped(value: str) -> str:
    return _MARKUP.sub(r"\\\1", _BREAKS.sub(" ", value))
