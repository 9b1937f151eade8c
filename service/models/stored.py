"""A file that a provider keeps for us, and the bytes of files that may be too many for memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import anyio.to_thread

Content = bytes | Path
"""What is in a file: its bytes, or where on our disk it lies when it is too large for memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file at the provider."""

    name: str
    uri: str
    mime: str
    until: float
    """Wall seconds after which it has to be stored anew."""


class NotStoredError(Exception):
    """A file could not be stored; *senseless*: the provider cannot make anything of it."""

    def __init__(self, what: str, *, senseless: bool = False) -> None:
        super().__init__(what)
        self.senseless = senseless


class FileStore(Protocol):
    """Where a provider keeps files; see `gemini_files.GeminiFiles`."""

    @property
    def is_open(self) -> bool:
        """Whether it is worth asking just now."""

    @property
    def now(self) -> Callable[[], float]:
        """Returns the wall seconds that `Stored.until` is compared with."""

    def held(self, owner: str, unique: str) -> Stored | None:
        """Return where a file is stored, as far as that is known."""

    def lost(self, owner: str, unique: str) -> None:
        """Take note that a file is not there any more."""

    def rest(self) -> None:
        """Do without for a while."""

    async def put(self, owner: str, unique: str, mime: str, content: Content) -> Stored:
        """Store a file; raises `NotStoredError`."""


def size_of(content: Content) -> int:
    """Return how many bytes there are."""
    return content.stat().st_size if isinstance(content, Path) else len(content)


async def piece_of(content: Content, offset: int, most: int) -> bytes:
    """Return up to *most* bytes from *offset* on.

    Raises:
        OSError: The file on our disk cannot be read (any more).

    """
    if not isinstance(content, Path):
        return content[offset : offset + most]

    def read() -> bytes:
        with content.open("rb") as file:
            file.seek(offset)
            return file.read(most)

    return await anyio.to_thread.run_sync(read)
