"""The sentences of one language, each of which is parsed when it is first said.

Parsing a whole language takes 40 ms and a megabyte, and most of it is never said in a life.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle
    from fluent.runtime.resolver import Pattern

_ENTRY: Final = re.compile(r"^(?=[-A-Za-z#])", re.MULTILINE)
"""Where a sentence or a comment begins: its other lines are indented."""
_NAMED: Final = re.compile(r"\{\s*(-?[A-Za-z][\w-]*)\s*\}")
"""Another sentence that is a part of this one."""


class Language:
    """What stands in the Fluent files of a folder, which is called like its language."""

    def __init__(self, folder: Path) -> None:
        # Imported here: it brings babel along, which a process that says nothing can spare.
        from fluent.runtime import FluentBundle
        from fluent.syntax import FluentParser

        # Where each word stood in its file is half of the memory that a sentence takes.
        self._parser = FluentParser(with_spans=False)
        self.bundle: FluentBundle = FluentBundle([folder.name], use_isolating=False)
        self._written: dict[str, str] = {}
        self._parsed: set[str] = set()
        for path in sorted(folder.glob("*.ftl")):
            for entry in _ENTRY.split(path.read_text(encoding="utf-8")):
                key = entry.partition("=")[0].strip()
                if key and not key.startswith("#"):
                    self._written.setdefault(key, entry)

    def keys(self) -> frozenset[str]:
        """Return the keys of all sentences."""
        return frozenset(key for key in self._written if not key.startswith("-"))

    def find(self, key: str) -> Pattern | None:
        """Return the sentence *key*, ready for `bundle`; None if there is none."""
        self._parse(key)
        return self.bundle.get_message(key).value if self.bundle.has_message(key) else None

    def _parse(self, key: str) -> None:
        entry = self._written.get(key)
        if entry is None or key in self._parsed:
            return
        self._parsed.add(key)
        self.bundle.add_resource(self._parser.parse(entry))
        for part in _NAMED.findall(entry):
            self._parse(part)
