"""What a newer Bot API sends that this copy does not know: the names, never what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from service.channels.telegram.known import KNOWN

_MOST: Final = 50
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Novelties:
    """Remembers each unknown kind of update, and each unknown field of those we read, once."""

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names so far, oldest first: `new_kind`, `message.new_field`."""
        return tuple(self._seen)

    def look(self, update: Mapping[str, Any]) -> None:
        """Take note of what is new in *update*; less than a microsecond where nothing is."""
        for kind, content in update.items():
            known = KNOWN.get(kind, _NOTHING)
            if known is _NOTHING:
                self._note("", (kind,))
            elif known is not None and type(content) is dict and not known.issuperset(content):
                self._note(f"{kind}.", content.keys() - known)

    def _note(self, prefix: str, names: Iterable[str]) -> None:
        for name in sorted(names):
            # Whatever does not look like a name could be content.
            if len(self._seen) < _MOST and _NAME.fullmatch(name):
                self._seen[prefix + name] = None


_NOTHING: Final[frozenset[str]] = frozenset()
