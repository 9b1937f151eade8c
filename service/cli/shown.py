"""Values at rest as JSON for a terminal; what people or models said shows only its length."""

from __future__ import annotations

import dataclasses
import json
from enum import Enum
from typing import Any, Final

import msgspec

_PLAIN: Final = frozenset(
    {"key", "bot", "language", "person", "mime", "answered_by", "problem", "reason", "error"}
    | {"actor", "message", "type", "language_code", "name_of_delta"}
)
"""Names under which no text of a person stands."""


def as_json(value: object, *, reveal: bool) -> str:
    """Return *value* as indented JSON; without *reveal* texts and bytes are left out."""
    return json.dumps(plain(value, reveal=reveal), ensure_ascii=False, indent=2)


def plain(value: Any, *, reveal: bool, name: str = "") -> Any:
    """Return *value* as plain data; fields that have their default are left out."""
    match value:
        case Enum():
            return value.value
        case str():
            return value if reveal or name in _PLAIN else f"({len(value)} characters)"
        case bytes():
            return _bytes(value, reveal=reveal)
        case dict():
            return {str(key): plain(value[key], reveal=reveal, name=str(key)) for key in value}
        case list() | tuple():
            return [plain(each, reveal=reveal, name=name) for each in value]
        case msgspec.Struct():
            fields = {each: getattr(value, each) for each in value.__struct_fields__}
            return plain(fields, reveal=reveal)
        case _ if dataclasses.is_dataclass(value):
            return {
                each.name: plain(getattr(value, each.name), reveal=reveal, name=each.name)
                for each in dataclasses.fields(value)
                if not _is_default(each, getattr(value, each.name))
            }
        case _:
            return value


def _bytes(value: bytes, *, reveal: bool) -> Any:
    if not reveal:
        return f"({len(value)} bytes)"
    for decode in (msgspec.msgpack.decode, msgspec.json.decode):
        try:
            return plain(decode(value), reveal=True)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
    return value.decode(errors="replace")


def _is_default(each: dataclasses.Field[Any], value: object) -> bool:
    if each.default_factory is not dataclasses.MISSING:
        return bool(value == each.default_factory())
    return each.default is not dataclasses.MISSING and bool(value == each.default)
