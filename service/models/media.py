"""Files on their way to a model: which types it takes, and their bytes in base64."""

from __future__ import annotations

import base64
import mimetypes
from pathlib import PurePath
from typing import Final

from fsm.content import Media, MediaKind

_SLICE: Final = 3 * 256 * 1024
"""Base64 of slices divisible by three can be joined; a whole file would hold the GIL too long."""

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
