"""Frames: how a body stands in a file that grows, so that a torn or damaged one is told apart.

A frame is magic, version, kind, length, CRC-32, body. The CRC starts from the file's salt, so
nothing that somebody writes into a message can pass for a frame. After damage the next whole
frame is found again by its magic.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

_MAGIC: Final = b"\xc1\xf5"  # 0xC1 never begins a msgpack value
_HEAD: Final = struct.Struct(">2sBBII")
HEAD_SIZE: Final = _HEAD.size
VERSION: Final = 1


class Frame(NamedTuple):
    """A whole frame: its kind, where it begins and ends, and its body."""

    kind: int
    start: int
    end: int
    body: bytes


class Gap(NamedTuple):
    """Bytes that are no frame."""

    start: int
    end: int


def frame(kind: int, body: bytes, salt: int) -> bytes:
    """Return *body* as a frame of *kind* in a file with *salt*."""
    return _HEAD.pack(_MAGIC, VERSION, kind, len(body), _check(kind, body, salt)) + body


def scan(data: bytes, salt: int) -> Iterator[Frame | Gap]:
    """Yield the frames in *data*, and the gaps between and behind them."""
    at = 0
    while at < len(data):
        found = _at(data, at, salt)
        if found is None:
            gap = at
            while found is None:
                at = data.find(_MAGIC, at + 1)
                if at < 0:
                    yield Gap(gap, len(data))
                    return
                found = _at(data, at, salt)
            yield Gap(gap, at)
        yield found
        at = found.end


def one(data: bytes, salt: int) -> Frame | None:
    """Return the frame that *data* begins with, or None if it is not whole."""
    return _at(data, 0, salt)


def _at(data: bytes, at: int, salt: int) -> Frame | None:
    begin = at + HEAD_SIZE
    if begin > len(data):
        return None
    magic, version, kind, length, check = _HEAD.unpack_from(data, at)
    if magic != _MAGIC or version != VERSION or begin + length > len(data):
        return None
    body = data[begin : begin + length]
    if _check(kind, body, salt) != check:
        return None
    return Frame(kind, at, begin + length, body)


def _check(kind: int, body: bytes, salt: int) -> int:
    return zlib.crc32(body, zlib.crc32(bytes((VERSION, kind)), salt))
