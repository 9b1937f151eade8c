"""Values to bytes and back: msgpack of frozen dataclasses, versioned per kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from snapshots.errors import DamagedError

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


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


class Codec:
    """Packs values by the kind of their key (`chat/...`)."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = dict(schemas)
        self._encode = msgspec.msgpack.Encoder().encode
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
    def newest(self) -> int:
        """The newest version of any schema, for the format file."""
        return max((schema.version for schema in self._schemas.values()), default=1)

    def version(self, key: str) -> int:
        """Return the version that values of *key* are written in."""
        return self._schema(key).version

    def pack(self, value: object) -> bytes:
        """Return *value* as msgpack."""
        return self._encode(value)

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
            if version == schema.version:
                return self._decoders[_kind(key)].decode(packed)
            plain = msgspec.msgpack.decode(packed)
            for old in range(version, schema.version):
                plain = schema.upgrades[old](plain)
            return msgspec.convert(plain, schema.value)
        except (msgspec.MsgspecError, KeyError, TypeError, ValueError, RecursionError) as problem:
            raise DamagedError(f"{key} cannot be read: {type(problem).__name__}") from None

    def pack_delta(self, key: str, delta: object) -> tuple[str, bytes]:
        """Return the name of *delta* and its bytes."""
        return self._names[_kind(key), type(delta)], self._encode(delta)

    def apply(self, key: str, value: Any, name: str, packed: bytes) -> Any:
        """Return *value* after the packed delta *name*.

        Raises:
            DamagedError: There is no such delta, or the bytes are none.

        """
        schema = self._schema(key)
        try:
            delta = self._deltas[_kind(key), name].decode(packed)
        except (msgspec.MsgspecError, KeyError):
            raise DamagedError(f"{key} has a change {name!r} that cannot be read") from None
        assert schema.apply is not None
        return schema.apply(value, delta)

    def applied(self, key: str, value: Any, delta: object) -> Any:
        """Return *value* after *delta*, which was never packed."""
        apply = self._schema(key).apply
        assert apply is not None
        return apply(value, delta)

    def _schema(self, key: str) -> Schema:
        try:
            return self._schemas[_kind(key)]
        except KeyError:
            raise DamagedError(f"{key} is of a kind that nobody has registered") from None


def _kind(key: str) -> str:
    return key.partition("/")[0]
