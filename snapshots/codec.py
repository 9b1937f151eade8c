"""Values to bytes and back: msgpack of frozen dataclasses, versioned per kind.

Fields go by name, so a new one with a default needs no new version, and one that has gone is
passed over. Dataclasses, enums, tuples, mappings, bytes; no unions of dataclasses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from fsm.memory import Turn
from snapshots.errors import DamagedError

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]

ARCHIVED = "archived"
"""The kind under which `Codec` looks up what archives are made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What the values of one kind of key look like."""

    value: type
    deltas: Mapping[str, type] = field(default_factory=dict)
    """Small changes by name; the name is what the journal keeps."""
    apply: Callable[[Any, Any], Any] | None = None
    """`apply(value, delta)` returns the value after a delta."""
    version: int = 1
    """Raised when old data needs an upgrade; a new field with a default needs none."""
    upgrades: Mapping[int, Upgrade] = field(default_factory=dict)
    """For each retired version, what makes plain data of it plain data of the next one."""
    delta_upgrades: Mapping[int, Callable[[str, dict[str, Any]], dict[str, Any]]] = field(
        default_factory=dict
    )
    """The same for deltas (name, plain data); a version that is missing changed none of them."""


class Codec:
    """Packs values by the kind of their key (`chat/...`)."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        schemas = {ARCHIVED: Schema(value=Turn), **schemas}
        self._schemas = schemas
        self._decoders: dict[str, msgspec.msgpack.Decoder[Any]] = {
            kind: msgspec.msgpack.Decoder(schema.value) for kind, schema in schemas.items()
        }
        self._names = {
            (kind, delta): name
            for kind, schema in schemas.items()
            for name, delta in schema.deltas.items()
        }
        self._deltas: dict[tuple[str, str], msgspec.msgpack.Decoder[Any]] = {
            (kind, name): msgspec.msgpack.Decoder(delta)
            for kind, schema in schemas.items()
            for name, delta in schema.deltas.items()
        }

    @property
    def versions(self) -> dict[str, int]:
        """The version of every kind, for the format file."""
        return {kind: schema.version for kind, schema in self._schemas.items()}

    def version(self, key: str) -> int:
        """Return the version that values of *key* are written in."""
        return self._schema(key).version

    def type_of(self, key: str) -> type:
        """Return what values of *key* are."""
        return self._schema(key).value

    def pack(self, value: object) -> bytes:
        """Return *value* as msgpack."""
        return encode(value)

    def unpack(self, key: str, version: int, packed: bytes) -> Any:
        """Return the value of *key* that was packed in *version*.

        Raises:
            DamagedError: The bytes are no such value, or of a version from the future.

        """
        schema = self._schema(key)
        if version > schema.version:
            what = f"{key} is of version {version}, newer than {schema.version}"
            raise DamagedError(what)
        try:
            if version < schema.version:
                plain = msgspec.msgpack.decode(packed)
                for old in range(version, schema.version):
                    plain = schema.upgrades[old](plain)
                packed = encode(plain)
            return self._decoders[_kind(key)].decode(packed)
        except Exception as problem:  # an upgrade may stumble over anything
            raise DamagedError(f"{key} cannot be read: {type(problem).__name__}") from problem

    def pack_delta(self, key: str, delta: object) -> tuple[str, bytes]:
        """Return the name of *delta* and its bytes."""
        return self._names[_kind(key), type(delta)], encode(delta)

    def apply(self, key: str, value: Any, version: int, name: str, packed: bytes) -> Any:
        """Return *value* after the packed delta *name*.

        Raises:
            DamagedError: There is no such delta, or the bytes are none.

        """
        schema = self._schema(key)
        try:
            if version < schema.version and schema.delta_upgrades:
                plain = msgspec.msgpack.decode(packed)
                for old in range(version, schema.version):
                    if old in schema.delta_upgrades:
                        plain = schema.delta_upgrades[old](name, plain)
                packed = encode(plain)
            delta = self._deltas[_kind(key), name].decode(packed)
        except Exception as problem:
            what = f"{key} has a change {name!r} that cannot be read"
            raise DamagedError(what) from problem
        return self.applied(key, value, delta)

    def applied(self, key: str, value: Any, delta: object) -> Any:
        """Return *value* after *delta*, which was never packed."""
        apply = self._schema(key).apply
        assert apply is not None, f"{key} has deltas but no way to apply them"
        return apply(value, delta)

    def _schema(self, key: str) -> Schema:
        try:
            return self._schemas[_kind(key)]
        except KeyError:
            raise DamagedError(f"{key} is of a kind that nobody has registered") from None


_encode = msgspec.msgpack.Encoder().encode


def encode(value: object) -> bytes:
    """Return *value* as msgpack, whatever strings are in it."""
    try:
        return _encode(value)
    except (UnicodeEncodeError, OverflowError):
        # Half a surrogate pair is no UTF-8, and JSON can smuggle one in; it is shown as U+FFFD.
        return _encode(_mended(msgspec.to_builtins(value, builtin_types=(bytes,))))


def decode(packed: bytes) -> Any:
    """Return the plain data in *packed*.

    Raises:
        DamagedError: It is no msgpack.

    """
    try:
        return msgspec.msgpack.decode(packed)
    except (ValueError, RecursionError) as problem:
        raise DamagedError(f"no msgpack ({problem})") from None


def _mended(plain: Any) -> Any:
    match plain:
        case str():
            return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {_mended(key): _mended(value) for key, value in plain.items()}
        case list() | tuple():
            return [_mended(each) for each in plain]
        case int() if not -(2**63) <= plain < 2**64:
            return str(plain)
        case _:
            return plain


def _kind(key: str) -> str:
    return key.partition("/")[0]
