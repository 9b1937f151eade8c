"""The records of the journal: framed, checked, versioned.

A frame is length (4 bytes), CRC-32 of the body (4 bytes), body; the body is the msgpack array
`[kind, ...fields]`. A torn frame can only be the last one of a segment: it was never
acknowledged, so it is left out.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, Final

import msgpack

_HEAD: Final = struct.Struct("<II")


class Record(IntEnum):
    """Kinds of records; the numbers are for ever."""

    START = 1
    """A segment begins: [version, next n, next seq]"""
    ACCEPTED = 2
    """[n, bot, key, update]"""
    OFFSET = 3
    """[bot, next offset, last ids]"""
    COMMITTED = 4
    """[key, seq, epoch, absorbed, owes, version, packed value]"""
    AMENDED = 5
    """[key, seq, owes, name, packed delta]"""
    ABSORBED = 6
    """[numbers]"""
    STOP = 7
    """The service ended in good order: []"""
    FORGOTTEN = 8
    """[key, seq]: nothing before this may be read again"""


VERSION: Final = 1


def frame(kind: Record, *fields: Any) -> bytes:
    """Return one record as it stands in a segment."""
    return seal(msgpack.packb([int(kind), *fields], use_bin_type=True))


def seal(body: bytes) -> bytes:
    """Return *body* with its length and checksum in front."""
    return _HEAD.pack(len(body), zlib.crc32(body)) + body


def read(segment: bytes) -> Iterator[list[Any]]:
    """Yield the records of *segment* as `[kind, ...fields]`, up to the first torn one."""
    for body in read_bodies(segment):
        yield msgpack.unpackb(body, raw=False, strict_map_key=False)


def read_bodies(data: bytes) -> Iterator[bytes]:
    """Yield the sealed bodies in *data*, up to the first torn one."""
    at, end = 0, len(data)
    while at + _HEAD.size <= end:
        length, check = _HEAD.unpack_from(data, at)
        begin = at + _HEAD.size
        body = data[begin : begin + length]
        if begin + length > end or zlib.crc32(body) != check:
            return
        yield body
        at = begin + length


def whole_length(segment: bytes) -> int:
    """Return how many bytes of *segment* are whole records."""
    return sum(_HEAD.size + len(body) for body in read_bodies(segment))
