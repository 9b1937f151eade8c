"""Takes out of a log event whatever must not be read by who reads logs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final

HIDDEN: Final = "***"
_MARKS: Final = re.compile(
    r"\d{3,}:[A-Za-z0-9_-]{20,}"  # a bot token
    r"|AIza[\w-]{20,}|AQ\.[\w-]{20,}"  # keys of Google
    r"|sk-[\w-]{16,}"  # keys of OpenAI and its kin
    r"|(?<=/bot)\d+:[\w-]+"  # any token in an address
    r"|(?i:(?<=bearer )|(?<=key=)|(?<=token=)|(?<=secret=))[^\s&'\"]{6,}"
)
_WORDS: Final = frozenset(
    {"text", "caption", "prompt", "prompts", "partial", "answer_text", "body", "update", "content"}
)
"""Names under which what people or models said might be logged."""
_DEEPEST: Final = 6


def chat_hash(key: str) -> str:
    """Return a short name for a chat that does not tell whose it is."""
    return hashlib.blake2s(key.encode(), digest_size=5).hexdigest()


class Scrubber:
    """A structlog processor: hides secrets, and leaves of message text just its length."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # The longest first, so that no tail of one is left by a shorter one inside it.
        known = sorted((each for each in secrets if len(each) >= 6), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Return *event* as it may be written."""
        for name in list(event):
            event[name] = self._clean(event[name], name, 0)
        return event

    def text(self, text: str) -> str:
        """Return *text* without any secret."""
        if self._known:
            text = self._known.sub(HIDDEN, text)
        return _MARKS.sub(HIDDEN, text)

    def _clean(self, value: Any, name: str, depth: int) -> Any:
        if name in _WORDS and not isinstance(value, int | float | bool | None):
            return f"({_size(value)})"
        match value:
            case str():
                return self.text(value)
            case bool() | int() | float() | None:
                return value
            case _ if depth >= _DEEPEST:
                return f"({type(value).__name__})"
            case Mapping():
                return {
                    self.text(str(key)): self._clean(each, str(key), depth + 1)
                    for key, each in value.items()
                }
            case list() | tuple() | set() | frozenset():
                return [self._clean(each, "", depth + 1) for each in value]
            case bytes() | bytearray():
                return f"({len(value)} bytes)"
            case BaseException():
                return self.text(f"{type(value).__name__}: {value}")
            case _:
                return self.text(str(value))


def _size(value: Any) -> str:
    return f"{len(value)} long" if hasattr(value, "__len__") else type(value).__name__
