"""What stands on disk, and how it is opened: schemas, encryption, the cache of media."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

import anyio
import anyio.to_thread
import structlog

from actors.chat import Chat, apply
from actors.generation import GRACE, pace_of
from actors.pacing import Pace
from actors.ports import Accepted, KeepError, StoreFullError
from fsm.events import Grew
from fsm.outbox import PartMoved
from service import audience
from service.audience import Audience, Seen
from service.identities import Face
from service.money.purses import Purse
from service.penalties import Penalty
from service.settings import Settings
from service.settings_errors import CannotStartError
from snapshots import (
    Bounds,
    Cipher,
    Codec,
    DataDirectoryInUseError,
    KeyRing,
    MissingKeyError,
    NewerDataError,
    Plain,
    Schema,
    Store,
    open_store,
)
from snapshots.media import FOLDER, MediaCache

log = structlog.get_logger()

SCHEMAS: Final = {
    "chat": Schema(value=Chat, deltas={"part": PartMoved, "grew": Grew}, apply=apply),
    "peer": Schema(value=Penalty),
    "fleet": Schema(value=Audience, deltas={"seen": Seen}, apply=audience.apply),
    "person": Schema(value=Purse),
    "purse": Schema(value=Purse),
    "bot": Schema(value=Face),
}
"""What stands on disk under each kind of key."""


WORDS_WITHIN: Final = 1.85
"""Seconds after which the model's words are given to the disk, which has the rest of the two that
are promised."""


def cipher_of(settings: Settings) -> Cipher:
    """Return what seals the data directory."""
    words = settings.data_keys.get_secret_value()
    return KeyRing.parse(words) if words else Plain()


def cannot_open(error: Exception) -> CannotStartError:
    """Return the sentence about a data directory that cannot be opened."""
    match error:
        case DataDirectoryInUseError(path=folder, owner=owner):
            return CannotStartError("problem-data-in-use", folder=folder, owner=owner)
        case NewerDataError(path=folder):
            return CannotStartError("problem-data-newer", folder=folder)
        case MissingKeyError(name=name):
            return CannotStartError("problem-data-key", name=name)
        case _:
            folder = getattr(error, "path", "")
            return CannotStartError("problem-data-folder", folder=folder)


@asynccontextmanager
async def opened_store(
    settings: Settings, key_of: Callable[[str, Mapping[str, Any]], str]
) -> AsyncIterator[Store]:
    """Own the data directory; see `open_store` for what it raises."""
    async with open_store(
        settings.data_dir,
        Codec(SCHEMAS),
        key_of=key_of,
        accepted=Accepted,
        report=lambda kind, detail: log.warning(kind, detail=detail),
        full=StoreFullError,
        cipher=cipher_of(settings),
        progress=lambda count: log.info("snapshots are looked through", count=count),
        bounds=Bounds(resting_bytes=settings.packed_mb * 1_000_000, soon=leisure(settings)),
    ) as store:
        yield store


def leisure(settings: Settings) -> float:
    """Return the seconds that growing text may wait: what its reports leave of the promise."""
    return WORDS_WITHIN - GRACE - pace_of(Pace().scaled(settings.pace).gap)


def media_of(settings: Settings) -> MediaCache:
    """Return the cache of what people sent."""
    return MediaCache(settings.data_dir / FOLDER, cipher=cipher_of(settings))


class Uploads(Protocol):
    """Files that are stored elsewhere."""

    async def forget(self, owner: str) -> None:
        """Remove what is stored of a chat, as far as that can be done."""


class MediaShelf:
    """Media as the channel and the chats want them: off the event loop, one call at a time."""

    def __init__(self, settings: Settings, uploads: Uploads | None = None) -> None:
        """*uploads* are the copies of people's files that a provider has."""
        self._settings = settings
        self._uploads = uploads
        self._turn = anyio.CapacityLimiter(1)

    @functools.cached_property
    def _cache(self) -> MediaCache:
        # When it is first needed: whether the folder can be used at all the store finds out.
        return media_of(self._settings)

    async def get(self, unique: str) -> bytes | None:
        """Return the file, or None when it is not (any more) there."""
        return await anyio.to_thread.run_sync(self._cache.get, unique, limiter=self._turn)

    async def put(self, unique: str, data: bytes) -> None:
        """Keep the file as long as there is room."""
        await anyio.to_thread.run_sync(self._cache.put, unique, data, limiter=self._turn)

    async def keep(self, chat: str, data: bytes) -> str:
        """Keep what was made for *chat* until it is let go; see `actors.ports.Keep`."""
        try:
            return await anyio.to_thread.run_sync(self._cache.keep, chat, data, limiter=self._turn)
        except OSError as problem:
            log.error("a file that was made could not be kept", why=problem.strerror)
            raise KeepError(problem.strerror) from None

    async def let_go(self, ref: str) -> None:
        """Count *ref* as delivered."""
        await anyio.to_thread.run_sync(self._cache.let_go, ref, limiter=self._turn)

    async def forget(self, chat: str) -> None:
        """Remove what was made for *chat*, and what was cached of anything that people sent."""
        await anyio.to_thread.run_sync(self._cache.forget, chat, limiter=self._turn)
        if self._uploads is not None:
            await self._uploads.forget(chat)
