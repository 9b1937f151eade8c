"""The bytes of what people send: fetched when a model needs them, from the cache if it has them."""

from __future__ import annotations

from typing import Final, Protocol

from actors.ports import FetchError
from fsm.content import Media
from service.channels.telegram.aiogram_light import Bot, GetFile
from service.channels.telegram.contents import MAX_BYTES
from service.channels.telegram.session import LeanSession

DOWNLOAD_TIMEOUT: Final = 120


class Cache(Protocol):
    """Keeps files by their unique id, for a while."""

    async def get(self, unique: str) -> bytes | None:
        """Return the file, or None when it is not (any more) there."""

    async def put(self, unique: str, data: bytes) -> None:
        """Keep the file as long as there is room."""


class Files:
    """Downloads for one bot."""

    def __init__(self, bot: Bot, session: LeanSession, cache: Cache | None = None) -> None:
        self._bot = bot
        self._session = session
        self._cache = cache

    async def fetch(self, media: Media) -> bytes:
        """Return the bytes of *media*.

        Raises:
            FetchError: It is too big, Telegram no longer has it, or there is no connection.

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
        found = await self._bot(GetFile(file_id=media.ref), request_timeout=30)
        if not found.file_path:
            raise FetchError(f"{media.kind.value}: Telegram does not say where it is")
        url = self._session.api.file_url(self._bot.token, found.file_path)
        data = bytearray()
        async for piece in self._session.stream_content(url, timeout=DOWNLOAD_TIMEOUT):
            data += piece
            if len(data) > MAX_BYTES:
                raise FetchError(f"{media.kind.value} is more than {MAX_BYTES} bytes")
        if found.file_size and len(data) != found.file_size:
            raise FetchError(f"{media.kind.value} came with {len(data)} of {found.file_size} bytes")
        return bytes(data)
