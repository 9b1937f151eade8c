"""Files that people and the bot have sent, and the pictures Telegram makes of them."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from PIL import Image, UnidentifiedImageError

from service.playground.refusals import MAX_DOWNLOAD, MAX_UPLOAD, bad_request

Json = dict[str, Any]

_LARGEST_PICTURE = 1280
_THUMBNAIL = 320
_KEPT_BYTES = 512 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One size of a photo."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it came in."""

    name: str
    type: str
    data: bytes
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file as it is kept; *about* is what a message says of it."""

    id: str
    path: str
    upload: Upload
    about: Json


class Files:
    """Every file, by its id and by its download path; the oldest go when it is too much."""

    def __init__(self) -> None:
        self._by_id: dict[str, Stored] = {}
        self._by_path: dict[str, Stored] = {}
        self._bytes = 0

    def keep(self, upload: Upload, folder: str, **about: Any) -> Json:
        """Store *upload* and return what a message says of it (``file_id`` and so on)."""
        if len(upload.data) > MAX_UPLOAD:
            raise bad_request("file is too big")
        number = len(self._by_id)
        file_id = f"{folder[:2].upper()}{secrets.token_urlsafe(24)}"
        suffix = PurePosixPath(upload.name).suffix.lower()
        safe = suffix if suffix[1:].isalnum() and suffix.isascii() else ""
        path = f"{folder}/file_{number}{safe}"
        told = {
            "file_id": file_id,
            "file_unique_id": secrets.token_urlsafe(9),
            "file_size": len(upload.data),
            **about,
        }
        stored = Stored(id=file_id, path=path, upload=upload, about=told)
        self._by_id[file_id] = self._by_path[path] = stored
        self._bytes += len(upload.data)
        self._make_room()
        return told

    def by_id(self, file_id: str) -> Stored:
        """Return the file.

        Raises:
            Refusal: There is none of that id.

        """
        found = self._by_id.get(file_id)
        if found is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return found

    def by_path(self, path: str) -> Stored | None:
        """Return the file that ``getFile`` gave this path, if any."""
        return self._by_path.get(path)

    def describe(self, file_id: str) -> Json:
        """Answer ``getFile``.

        Raises:
            Refusal: The file is unknown, or larger than a bot may fetch.

        """
        stored = self.by_id(file_id)
        if len(stored.upload.data) > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        about = stored.about
        return {
            "file_id": stored.id,
            "file_unique_id": about["file_unique_id"],
            "file_size": len(stored.upload.data),
            "file_path": stored.path,
        }

    def keep_photo(self, upload: Upload) -> list[Json]:
        """Store the sizes of a photo and return them as ``PhotoSize``, smallest first.

        Raises:
            Refusal: The bytes are no picture.

        """
        return [
            self.keep(
                Upload(name="photo.jpg", type="image/jpeg", data=picture.data),
                "photos",
                width=picture.width,
                height=picture.height,
            )
            for picture in developed(upload).pictures
        ]

    def _make_room(self) -> None:
        while self._bytes > _KEPT_BYTES:
            oldest = next(iter(self._by_id.values()))
            del self._by_id[oldest.id], self._by_path[oldest.path]
            self._bytes -= len(oldest.upload.data)


def developed(upload: Upload) -> Upload:
    """Return *upload* with its pictures made.

    It takes milliseconds: call it in a thread where many people are waiting.

    Raises:
        Refusal: The bytes are no picture.

    """
    return upload if upload.pictures else replace(upload, pictures=tuple(_develop(upload.data)))


def _develop(data: bytes) -> list[Picture]:
    """Return the JPEGs that Telegram makes of a picture: a thumbnail and one to look at.

    A JPEG that is small enough is kept byte for byte.

    Raises:
        Refusal: The bytes are no picture.

    """
    try:
        with Image.open(io.BytesIO(data)) as opened:
            is_fine = opened.format == "JPEG" and max(opened.size) <= _LARGEST_PICTURE
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    large = Picture(data=data, width=picture.width, height=picture.height)
    if not is_fine:
        large = _shrunk(picture, _LARGEST_PICTURE)
    if max(picture.size) <= _THUMBNAIL:
        return [large]
    return [_shrunk(picture, _THUMBNAIL), large]


def _shrunk(picture: Image.Image, longest: int) -> Picture:
    smaller = picture.copy()
    smaller.thumbnail((longest, longest))
    out = io.BytesIO()
    smaller.save(out, "JPEG", quality=85)
    return Picture(data=out.getvalue(), width=smaller.width, height=smaller.height)
