"""Files on their way to a model: which types it takes, their bytes, and a cache of them encoded."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import Any, Final

import anyio
import anyio.to_thread

from actors.ports import FetchError
from fsm.content import Media, MediaKind
from service.models import instructions
from service.models.lru import LruBytes
from service.models.pictures import dimensions

Encode = Callable[[str, bytes], bytes]
"""Turns a MIME type and a file's bytes into what the adapter sends."""

OFF_LOOP: Final = 256 * 1024
"""Files above this size are encoded in a thread; below, a thread costs more than it saves."""
INLINE: Final = 96 * 1024 * 1024
"""Bytes of files in one request: Google takes 100 MB, words included."""
_SLICE: Final = 3 * 256 * 1024
"""Base64 of slices divisible by three can be joined; a whole file would hold the GIL too long."""
_AT_ONCE: Final = 4
LONGEST_TEXT: Final = 400_000
"""Bytes of a file of text, a hundred thousand tokens; the rest is left out, with a remark."""
MOST_PIXELS: Final = 100_000_000
"""A file of kilobytes can claim to be a picture of gigabytes: nobody is asked to unpack it."""

_USUAL: Final = {
    MediaKind.PICTURE: "image/jpeg",
    MediaKind.VOICE: "audio/ogg",
    MediaKind.AUDIO: "audio/mpeg",
    MediaKind.VIDEO: "video/mp4",
    MediaKind.VIDEO_NOTE: "video/mp4",
    MediaKind.STICKER: "image/webp",
}
_PICTURES: Final = {"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"}
_UNSAID: Final = {"", "application/octet-stream", "binary/octet-stream"}
_TEXTS: Final = frozenset({
    ".c", ".cfg", ".conf", ".cpp", ".cs", ".css", ".csv", ".env", ".go", ".h", ".ini", ".java",
    ".js", ".json", ".kt", ".log", ".lua", ".md", ".php", ".pl", ".proto", ".py", ".r", ".rb",
    ".rs", ".rst", ".sh", ".sql", ".srt", ".swift", ".tex", ".toml", ".ts", ".tsv", ".tsx", ".txt",
    ".vue", ".xml", ".yaml", ".yml",
})  # fmt: skip
"""Files that are text, though people's phones do not know it (`.ts` is no video here)."""
_WRITTEN: Final = {
    "application/json",
    "application/javascript",
    "application/toml",
    "application/x-python",
    "application/x-sh",
    "application/x-yaml",
    "application/xml",
    "application/yaml",
}


def mime_of(media: Media) -> str:
    """Return the MIME type of *media*, guessed from its name or kind when nobody has said it."""
    said = media.mime.partition(";")[0].strip().lower()
    if said in _UNSAID:
        ending = PurePath(media.name).suffix.lower()
        guessed = "text/plain" if ending in _TEXTS else mimetypes.guess_type(media.name)[0]
        return guessed or said or _USUAL.get(media.kind, "")
    return said


def is_picture(mime: str) -> bool:
    """Whether *mime* is a picture that models generally take."""
    return mime in _PICTURES


def is_written(mime: str) -> bool:
    """Whether *mime* is text, under whatever name."""
    return mime.startswith("text/") or mime in _WRITTEN


def gemini_takes(mime: str) -> str:
    """Return the type under which Gemini takes files of type *mime*; empty if it does not."""
    if is_written(mime):
        return "text/plain"
    if is_picture(mime) or mime == "application/pdf" or mime.startswith(("audio/", "video/")):
        return mime
    return ""


def in_base64(data: bytes) -> bytes:
    """Return *data* in base64, slice by slice, so that a thread doing it lets others run."""
    if len(data) <= _SLICE:
        return base64.b64encode(data)
    starts = range(0, len(data), _SLICE)
    return b"".join(base64.b64encode(data[start : start + _SLICE]) for start in starts)


def _pixels(data: bytes) -> int:
    """Return how many pixels a picture claims to have; 0 where that cannot be told."""
    width, height = dimensions(data) or (0, 0)
    return width * height


class Shelf:
    """Fetches files for a request and keeps them encoded, up to *most* bytes.

    The encoded form belongs to the adapter (*encode*), and so does the list of types that its
    model *takes*: an empty answer means that the file is only mentioned.
    """

    def __init__(
        self,
        encode: Encode,
        *,
        takes: Callable[[str], str] = gemini_takes,
        most: int = 32 * 1024 * 1024,
    ) -> None:
        self._encode = encode
        self._takes = takes
        self._cache: LruBytes[bytes] = LruBytes(most)

    async def collect(
        self, wanted: Iterable[Media], fetch: Callable[[Media], Any] | None
    ) -> dict[str, bytes | str]:
        """Return, by `Media.ref`, each file encoded, or the words that stand for it.

        Never raises because of a file: a model that is told "it could not be downloaded" can
        say so and answer the rest.
        """
        found: dict[str, bytes | str] = {}
        absent: list[Media] = []
        for media in wanted:
            held = self._cache.get(media.unique or media.ref)
            if held is not None:
                found[media.ref] = held
            elif fetch is None:
                found[media.ref] = instructions.missing(media)
            elif not self._takes(mime_of(media)):
                found[media.ref] = instructions.unreadable(media)
            else:
                absent.append(media)
        room = INLINE - sum(len(each) for each in found.values() if isinstance(each, bytes))
        for media in list(absent):
            # In base64 a file takes a third more.
            if (room := room - media.size * 4 // 3) < 0:
                found[media.ref] = instructions.too_much(media)
                absent.remove(media)
        if absent and fetch is not None:
            limit = anyio.Semaphore(_AT_ONCE)
            async with anyio.create_task_group() as tasks:
                for media in absent:
                    tasks.start_soon(self._fetch, media, fetch, found, limit)
        return found

    async def _fetch(
        self,
        media: Media,
        fetch: Callable[[Media], Any],
        found: dict[str, bytes | str],
        limit: anyio.Semaphore,
    ) -> None:
        async with limit:
            try:
                data: bytes = await fetch(media)
            except FetchError:
                found[media.ref] = instructions.missing(media)
                return
            mime = self._takes(mime_of(media))
            if mime == "text/plain":
                data = instructions.shortened(data, LONGEST_TEXT)
            elif is_picture(mime) and _pixels(data) > MOST_PIXELS:
                found[media.ref] = instructions.too_large(media)
                return
            if len(data) > OFF_LOOP:
                encoded = await anyio.to_thread.run_sync(self._encode, mime, data)
            else:
                encoded = self._encode(mime, data)
            self._cache.put(media.unique or media.ref, encoded, len(encoded))
            found[media.ref] = encoded
