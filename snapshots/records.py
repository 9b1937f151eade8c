"""The records of the journal. The numbers of kinds and the order of fields are for ever.

Fields are only ever added at the end, with a default.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

import msgspec

from snapshots.errors import DamagedError


class Kind(IntEnum):
    """What a frame of the journal holds."""

    END = 0
    HEAD = 1
    ACCEPTED = 2
    OFFSET = 3
    COMMITTED = 4
    AMENDED = 5
    ABSORBED = 6
    START = 7
    STOP = 8
    FORGOTTEN = 9


class End(msgspec.Struct, array_like=True):
    """A batch ends: everything from *start* on, *count* records, was synced together."""

    start: int
    count: int


class Head(msgspec.Struct, array_like=True):
    """A segment begins: what must not be lost with older segments."""

    life: int
    """How many lives there have been; the epoch of everything written in this one."""
    n: int
    """The newest arrival number."""
    previous: int
    """Number of the segment before this one, 0 if there is none."""
    previous_size: int
    """So many bytes of it are known to have been on disk."""


class Accepted(msgspec.Struct, array_like=True):
    """An update has come."""

    n: int
    bot: str
    id: int | None
    update: bytes


class Offset(msgspec.Struct, array_like=True):
    """Where a bot stands; *ids*, if given, replace the remembered ones."""

    bot: str
    next: int | None
    ids: list[int] | None = None


class Committed(msgspec.Struct, array_like=True):
    """A whole value of a key."""

    key: str
    epoch: int
    seq: int
    absorbed: list[int]
    owes: float | None
    version: int
    value: bytes


class Amended(msgspec.Struct, array_like=True):
    """A small change of the value (epoch, seq) = *base* of a key, or of a later one."""

    key: str
    epoch: int
    seq: int
    base: tuple[int, int]
    owes: float | None
    version: int
    name: str
    delta: bytes


class Absorbed(msgspec.Struct, array_like=True):
    """Updates that mean nothing to any actor."""

    numbers: list[int]


class Forgotten(msgspec.Struct, array_like=True):
    """Nothing of *key* that stands before this may be read again."""

    key: str


class Mark(msgspec.Struct, array_like=True):
    """A life begins or ends (START, STOP)."""

    at: float


Body = End | Head | Accepted | Offset | Committed | Amended | Absorbed | Forgotten | Mark

_TYPES: Final[dict[Kind, Any]] = {
    Kind.END: End,
    Kind.HEAD: Head,
    Kind.ACCEPTED: Accepted,
    Kind.OFFSET: Offset,
    Kind.COMMITTED: Committed,
    Kind.AMENDED: Amended,
    Kind.ABSORBED: Absorbed,
    Kind.START: Mark,
    Kind.STOP: Mark,
    Kind.FORGOTTEN: Forgotten,
}
_DECODE: Final = {kind: msgspec.msgpack.Decoder(type_).decode for kind, type_ in _TYPES.items()}
encode: Final = msgspec.msgpack.Encoder().encode


def decode(kind: int, body: bytes) -> Any:
    """Return the record in *body*.

    Raises:
        DamagedError: It is none, or of a kind from the future.

    """
    try:
        return _DECODE[Kind(kind)](body)
    except (ValueError, msgspec.MsgspecError, RecursionError) as problem:
        raise DamagedError(f"no record of kind {kind} ({type(problem).__name__})") from None
