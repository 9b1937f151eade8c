"""The bytes of what people send: fetched when a model needs them, from the cache if it has them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final, Protocol

import anyio.to_thread

from actors.ports import FetchError
from fsm.content import Media
from service.channels.telegram.aiogram_light import Bot, GetFile
from service.channels.telegram.contents import MAX_BYTES
from service.channels.telegram.session import LeanSession

log = logging.getLogger(__name__)

DOWNLOAD_TIMEOUT: Final = 120
PREPARING_TIMEOUT: Final = 600
"""A server of one's own has the whole file before it says where."""
ON_DISK: Final = 2000 << 20
"""Bytes of a file that a Bot API server of one's own hands out."""


class Cache(Protocol):
    """Keeps files by their unique id, for a while."""

    async def get(self, unique: str) -> bytes | None:
        """Return the file, or None when it is not (any more) there."""

    async def put(self, unique: str, data: bytes) -> None:
        """Keep the file as long as there is room."""


class Files:
    """Downloads for one bot; a server that runs with `--local` leaves files in *folder* instead."""

    def __init__(
        self,
        bot: Bot,
        session: LeanSession,
        cache: Cache | None = None,
        folder: Path | None = None,
    ) -> None:
        self._bot = bot
        self._session = session
        self._cache = cache
        self._folder = folder

    @property
    def largest(self) -> int:
        """How many bytes a file may have."""
        return ON_DISK if self._folder else MAX_BYTES

    async def fetch(self, media: Media) -> bytes | Path:
        """Return the bytes of *media*, or where it lies when it is too large for memory.

        Raises:
            FetchError: It is too big, Telegram no longer has it, or there is no connection.

        """
        if self._folder is None or media.size <= MAX_BYTES:
            return await self.bytes_of(media)
        try:
            place, _ = await self._found(media, PREPARING_TIMEOUT)
            return self._placed(media, place)
        except FetchError:
            raise
        except Exception as problem:
            raise FetchError(f"{media.kind.value}: {problem}") from None

    async def bytes_of(self, media: Media) -> bytes:
        """Return the bytes of *media*.

        Raises:
            FetchError: As `fetch`, and for what is too large for memory.

        """
        if self._cache is not None and media.unique:
            kept = await self._cache.get(media.unique)
            if kept is not None:
                return kept
        try:
            data = await self._download(media)
        except FetchError:
            raise
        except Exception as problem:  # whatever the network, the server or a local disk says
            raise FetchError(f"{media.kind.value}: {problem}") from None
        if self._cache is not None and media.unique:
            await self._cache.put(media.unique, data)
        return data

    async def _download(self, media: Media) -> bytes:
        if media.size > MAX_BYTES:
            raise FetchError(f"{media.kind.value} of {media.size} bytes is too big")
        if media.made:
            raise FetchError(f"{media.kind.value}: it was made here, and is not here any more")
        place, size = await self._found(media, DOWNLOAD_TIMEOUT)
        if place.startswith("/"):
            return await self._read(media, self._placed(media, place))
        url = self._session.api.file_url(self._bot.token, place)
        data = bytearray()
        async for piece in self._session.stream_content(url, timeout=DOWNLOAD_TIMEOUT):
            data += piece
            if len(data) > MAX_BYTES:
                raise FetchError(f"{media.kind.value} is more than {MAX_BYTES} bytes")
        if size and len(data) != size:
            raise FetchError(f"{media.kind.value} came with {len(data)} of {size} bytes")
        return bytes(data)

    async def _found(self, media: Media, within: int) -> tuple[str, int]:
        """Return where the server has *media* (a path to ask for, or on the disk), and its size."""
        found = await self._bot(GetFile(file_id=media.ref), request_timeout=within)
        if not found.file_path:
            raise FetchError(f"{media.kind.value}: Telegram does not say where it is")
        return str(found.file_path), int(found.file_size or 0)

    def _placed(self, media: Media, place: str) -> Path:
        """Return the file at *place*, which has to be in the folder that we were told of."""
        path = Path(place).resolve()
        if self._folder is None:
            log.warning(
                "the Bot API server runs with --local and leaves files on its disk: "
                "GREENROOM_TELEGRAM_FILES has to name its folder"
            )
        elif not path.is_relative_to(self._folder.resolve()):
            log.warning("the Bot API server leaves files outside GREENROOM_TELEGRAM_FILES")
        elif path.is_file() and path.stat().st_size <= ON_DISK:
            return path
        raise FetchError(f"{media.kind.value}: it cannot be read where the server has left it")

    async def _read(self, media: Media, path: Path) -> bytes:
        def read() -> bytes:
            with path.open("rb") as file:
                return file.read(MAX_BYTES + 1)

        data = await anyio.to_thread.run_sync(read)
        if len(data) > MAX_BYTES:
            raise FetchError(f"{media.kind.value} is more than {MAX_BYTES} bytes")
        return data
