"""What the offline model writes into a card: an example for every blank, and plainly that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

Say = Callable[[str, str, Mapping[str, str]], str]

_ENTRIES: Final = 2
"""Entries of a list, and rows of a table."""


def written(schema: str, language: str, say: Say) -> str:
    """Return an object of that JSON schema, in JSON."""
    example = _example(msgspec.json.decode(schema), "", language, say)
    return msgspec.json.encode(example).decode()


def _example(schema: Mapping[str, Any], name: str, language: str, say: Say) -> Any:
    match schema:
        case {"enum": [first, *_]}:
            return first
        case {"type": "object", "properties": dict(properties)}:
            return {key: _example(each, key, language, say) for key, each in properties.items()}
        case {"type": "array", "items": dict(items)}:
            return [
                _example(items, f"{name} {number}", language, say)
                for number in range(1, _ENTRIES + 1)
            ]
        case {"type": "number"}:
            return 1
        case {"type": "boolean"}:
            return True
        case _:
            return say(language, "offline-blank", {"name": name}).strip()
