"""What adapters send of people's files: a cache of them encoded, or where the provider has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread

from actors.ports import FetchError, Request, UnreadableFileError
from fsm.content import Media
from service.models import instructions
from service.models.documents import PDF, Fault, fault_of, in_utf8
from service.models.lru import LruBytes
from service.models.media import gemini_takes, is_picture, mime_of
from service.models.pictures import dimensions
from service.models.stored import Content, FileStore, NotStoredError, Stored
from service.models.variation import PLAIN, Variation

Encode = Callable[[str, bytes], bytes]
"""Turns a MIME type and a file's bytes into what the adapter sends."""
Shown = bytes | str | Stored
"""A file as a request has it: encoded, as words that stand for it, or by its name in a store."""

OFF_LOOP: Final = 256 * 1024
"""Files above this size are encoded in a thread; below, a thread costs more than it saves."""
INLINE: Final = 80 * 1024 * 1024
"""Bytes of the files of one question: Google takes 100 MB, with those of earlier turns."""
STORED_FROM: Final = 2 * 1024 * 1024
"""Bytes from which on a file is stored at the provider; decision 0008 has the numbers."""
FILMS_STORED_FROM: Final = 8 * 1024 * 1024
"""The same for films: those have to be looked through before the first question is asked."""
HISTORY_MEDIA: Final = 8 * 1024 * 1024
"""Bytes of earlier files that go along; beyond, all but the newest half are only mentioned."""
_STORED_WEIGHS: Final = 8
"""A file that is stored costs no bytes, only tokens, and so counts less for its size."""
_AT_ONCE: Final = 4
LONGEST_TEXT: Final = 400_000
"""Bytes of a file of text, a hundred thousand tokens; the rest is left out, with a remark."""
MOST_PIXELS: Final = 100_000_000
"""A file of kilobytes can claim to be a picture of gigabytes: nobody is asked to unpack it."""


@dataclass(slots=True)
class _Room:
    """How many bytes may still go along."""

    left: int

    def take(self, size: int) -> bool:
        """Whether a file of *size* fits; in base64 it takes a third more."""
        wanted = size * 4 // 3
        if wanted > self.left:
            return False
        self.left -= wanted
        return True


class Shelf:
    """Fetches files for a request and keeps them encoded, up to *most* bytes.

    The encoded form belongs to the adapter (*encode*), and so does the list of types that its
    model *takes*: an empty answer means that the file is only mentioned. What is large goes into
    the provider's *store*, if it has one. Which way a file goes depends on its size and kind
    alone, so that it is the same in every request and the provider's cache of beginnings works.
    """

    def __init__(
        self,
        encode: Encode,
        *,
        takes: Callable[[str], str] = gemini_takes,
        most: int = 32 * 1024 * 1024,
        store: FileStore | None = None,
    ) -> None:
        self._encode = encode
        self._takes = takes
        self._cache: LruBytes[bytes | str] = LruBytes(most)
        self._store = store

    async def collect(
        self,
        wanted: Iterable[Media],
        request: Request,
        variation: Variation = PLAIN,
    ) -> dict[str, Shown]:
        """Return, by `Media.ref`, each file as *request* is to have it.

        A model that is told "it could not be downloaded" can say so and answer the rest.

        Raises:
            UnreadableFileError: There is no rest: one file is asked about, and nobody can read it.

        """
        found: dict[str, Shown] = {}
        absent: list[Media] = []
        room = _Room(INLINE)
        for media in wanted:
            held = self._held(media, request, variation)
            if held is not None:
                found[media.ref] = held
                room.left -= len(held) if isinstance(held, bytes) else 0
            elif request.fetch is None:
                found[media.ref] = instructions.missing(media)
            elif not self._takes(mime_of(media)):
                found[media.ref] = instructions.unreadable(media)
            else:
                absent.append(media)
        for media in list(absent):
            if not self._stores(media, variation) and not room.take(media.size):
                found[media.ref] = instructions.too_much(media)
                absent.remove(media)
        if absent:
            limit, unreadable = anyio.Semaphore(_AT_ONCE), list[UnreadableFileError]()

            async def add(media: Media) -> None:
                async with limit:
                    try:
                        found[media.ref] = await self._fetched(media, request, variation, room)
                    except UnreadableFileError as problem:
                        unreadable.append(problem)

            async with anyio.create_task_group() as tasks:
                for media in absent:
                    tasks.start_soon(add, media)
            if unreadable:
                raise unreadable[0]
        return found

    def weight(self, media: Media) -> int:
        """Return how much of `HISTORY_MEDIA` a file takes that goes along again."""
        if self._stores(media, PLAIN):
            return min(media.size // _STORED_WEIGHS, HISTORY_MEDIA // 2)
        return media.size

    def good_until(self, shown: Iterable[Shown]) -> float:
        """Return the wall seconds until which the files may be named so."""
        return min((each.until for each in shown if isinstance(each, Stored)), default=float("inf"))

    def is_over(self, until: float) -> bool:
        """Whether that time has come."""
        return self._store is not None and self._store.now() >= until

    def _held(self, media: Media, request: Request, variation: Variation) -> Shown | None:
        kept = self._cache.get(media.unique or media.ref)
        if isinstance(kept, str):
            return kept
        if self._store is not None and self._stores(media, variation):
            owner, unique = _owner(request), media.unique or media.ref
            held = self._store.held(owner, unique)
            if held is None or held.name.removeprefix("files/") not in variation.lost:
                return held
            self._store.lost(owner, unique)
            return None
        return kept

    def _stores(self, media: Media, variation: Variation) -> bool:
        if self._store is None or variation.inline or not self._store.is_open:
            return False
        mime = self._takes(mime_of(media))
        least = FILMS_STORED_FROM if mime.startswith("video/") else STORED_FROM
        return bool(mime) and mime != "text/plain" and media.size >= least

    async def _fetched(
        self, media: Media, request: Request, variation: Variation, room: _Room
    ) -> Shown:
        assert request.fetch is not None, "without it nothing is absent"
        mime = self._takes(mime_of(media))
        try:
            content: Content = await request.fetch(media)
            fault = await fault_of(content) if mime == PDF else None
        except (FetchError, OSError):
            return instructions.missing(media)
        if isinstance(content, bytes) and is_picture(mime) and _pixels(content) > MOST_PIXELS:
            return instructions.too_large(media)
        if fault is not None:
            return self._useless(media, request, fault)
        if self._store is not None and self._stores(media, variation):
            request.tell("progress-passing-on")
            try:
                unique = media.unique or media.ref
                return await self._store.put(_owner(request), unique, mime, content)
            except NotStoredError as problem:
                if problem.senseless:
                    return instructions.senseless(media)
                if isinstance(content, Path) or not room.take(len(content)):
                    return instructions.not_now(media)
        if isinstance(content, Path):
            return instructions.too_heavy(media)
        if mime == "text/plain":
            content = instructions.shortened(await in_utf8(content), LONGEST_TEXT)
        encoded = await self._encoded(mime, content)
        self._cache.put(media.unique or media.ref, encoded, len(encoded))
        return encoded

    def _useless(self, media: Media, request: Request, fault: Fault) -> str:
        """Return what is said of a document that nobody could read, if there is more to say."""
        asked = [file.ref for prompt in request.prompts for file in prompt.media]
        if asked == [media.ref]:
            raise UnreadableFileError(fault.key, {"name": media.name or "PDF", **fault.args})
        words = instructions.useless(media, fault.remark)
        self._cache.put(media.unique or media.ref, words, len(words))
        return words

    async def _encoded(self, mime: str, data: bytes) -> bytes:
        if len(data) > OFF_LOOP:
            return await anyio.to_thread.run_sync(self._encode, mime, data)
        return self._encode(mime, data)


def _owner(request: Request) -> str:
    """Return whose files they are: what is asked beside a chat's talk has a key below its own."""
    return request.chat.partition("/")[0]


def _pixels(data: bytes) -> int:
    """Return how many pixels a picture claims to have; 0 where that cannot be told."""
    width, height = dimensions(data) or (0, 0)
    return width * height
