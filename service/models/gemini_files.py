"""Google's store of files: what is large is put there once, and requests name it.

Spoken by our own few lines of HTTP: google-genai would cost 58 MB and half a second of import
for two calls. A file is read piece by piece, and an upload that breaks off goes on where it was.

Files are named after the chat and the file, by hashes that nobody else can make. So a later life
finds what an earlier one has put there, and `forget` finds everything of a chat, though nothing
of all this is ever on our own disk.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlsplit
from weakref import WeakValueDictionary

import anyio
import structlog

from service.http import Client, HttpError
from service.models.gemini_uploads import CALL, CONNECT, Upload, decoded
from service.models.stored import Content, NotStoredError, Stored, size_of

log = structlog.get_logger()

EARLY: Final = 3600.0
"""Seconds before its end at which a file counts as gone: a question may take a while."""
REST: Final = 600.0
"""Seconds for which files go along inline after the store has failed as such."""
MOST: Final = 4096
"""Files that are remembered."""

_AT_ONCE: Final = 2
_PATIENCE: Final = 120.0
_SLOWEST: Final = 1 << 20
"""Bytes per second that a large file is granted for its way, and for being looked through."""
_FORGETTING: Final = 10.0
_PAGES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """What Google says of a file."""

    name: str
    uri: str
    state: str
    until: float

    @classmethod
    def read(cls, said: Any) -> _File:
        file = said.get("file", said)
        try:
            until = datetime.fromisoformat(str(file["expirationTime"])).timestamp()
            name, uri = str(file["name"]), str(file["uri"])
        except (KeyError, TypeError, ValueError):
            raise NotStoredError("the store answered with something else") from None
        return cls(name=name, uri=uri, state=str(file.get("state") or "ACTIVE"), until=until)


class GeminiFiles:
    """Keeps files at Google for one key; `async with` closes its connections."""

    def __init__(
        self,
        key: str,
        *,
        base_url: str,
        api_version: str,
        proxy: str = "",
        now: Callable[[], float] = time.time,
        first_look: float = 0.5,
    ) -> None:
        """*first_look* is after how many seconds a file that is being prepared is asked about."""
        base = base_url.rstrip("/")
        root = urlsplit(base).path
        self._start = f"{root}/upload/{api_version}/files"
        self._files = f"{root}/{api_version}/files"
        self._api = f"{root}/{api_version}/"
        self._client = Client(
            base,
            headers={"x-goog-api-key": key, "user-agent": "greenroom"},
            proxy=proxy,
        )
        self._secret = key.encode()
        self.now = now
        self._first_look = first_look
        self._held: OrderedDict[str, Stored] = OrderedDict()
        self._turns: WeakValueDictionary[str, anyio.Lock] = WeakValueDictionary()
        self._limit = anyio.Semaphore(_AT_ONCE)
        self._rests_until = 0.0

    async def __aenter__(self) -> GeminiFiles:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    @property
    def is_open(self) -> bool:
        """Whether it is worth asking; for a while after it has failed it is not."""
        return self.now() >= self._rests_until

    def held(self, owner: str, unique: str) -> Stored | None:
        """Return where *unique* is stored for *owner*, as far as that is known and still good."""
        stored = self._held.get(f"{owner} {unique}")
        return stored if stored is not None and stored.until > self.now() else None

    def lost(self, owner: str, unique: str) -> None:
        """Take note that a file is not there any more, whatever was said about its end."""
        self._held.pop(f"{owner} {unique}", None)

    async def put(self, owner: str, unique: str, mime: str, content: Content) -> Stored:
        """Store *content* for *owner*, unless it is there already, until it can be used.

        Raises:
            NotStoredError: It cannot be used from there, now or at all.

        """
        key = f"{owner} {unique}"
        turn = self._turns.setdefault(key, anyio.Lock())
        async with turn:
            if (held := self.held(owner, unique)) is not None:
                return held
            try:
                within = _PATIENCE + size_of(content) / _SLOWEST
                async with self._limit:
                    with anyio.fail_after(within):
                        file = await self._stored(self._name(owner, unique), mime, content)
                with anyio.fail_after(within):  # outside of the limit: it takes nothing of ours
                    file = await self._ready(file)
            except (HttpError, TimeoutError) as problem:
                self.rest()
                log.warning("files go along inline for a while", why=type(problem).__name__)
                raise NotStoredError(type(problem).__name__) from None
            except OSError as problem:  # our own disk; the store is fine
                raise NotStoredError(type(problem).__name__) from None
            stored = Stored(name=file.name, uri=file.uri, mime=mime, until=file.until - EARLY)
            self._held[key] = stored
            if len(self._held) > MOST:
                self._held.popitem(last=False)
            return stored

    def rest(self) -> None:
        """Do without for a while: what is stored could not be used."""
        self._rests_until = self.now() + REST

    async def forget(self, owner: str) -> None:
        """Remove what is stored for *owner*, also by earlier lives, as far as that can be done."""
        for key in [key for key in self._held if key.startswith(f"{owner} ")]:
            del self._held[key]
        try:
            with anyio.fail_after(_FORGETTING):
                for name in await self._names(self._prefix(owner)):
                    await self._removed(name)
        except (HttpError, TimeoutError, NotStoredError) as problem:
            # They end by themselves after two days.
            log.warning("files at Google could not be removed", why=type(problem).__name__)

    # -- uploading ----------------------------------------------------------------------------

    async def _stored(self, name: str, mime: str, content: Content) -> _File:
        """Return the file *name*, sent now or found where an earlier life has put it."""
        upload = Upload(self._client, self._start, mime, content)
        status = await upload.begin(name)
        if status == HTTPStatus.CONFLICT:
            try:
                file = _File.read(await self._call("GET", f"{self._files}/{name}"))
                if file.state != "FAILED" and file.until - EARLY > self.now():
                    return file
            except NotStoredError:
                log.debug("a name is taken, and nothing is behind it")
            status = await upload.begin(f"{name}-{secrets.token_hex(2)}")
        if status == HTTPStatus.OK:
            status = await upload.send()
        if status == HTTPStatus.OK:
            return _File.read(upload.said)
        if status != HTTPStatus.BAD_REQUEST:
            self.rest()  # there is no store behind this address, or it has no room for us
        log.warning("a file was not stored at Google", status=status)
        raise NotStoredError(f"HTTP {status}")

    async def _ready(self, file: _File) -> _File:
        """Wait until Google has looked through *file*; it does that with films."""
        pause = self._first_look
        while file.state == "PROCESSING":
            await anyio.sleep(pause)
            pause = min(3.0, pause * 1.5)
            file = _File.read(await self._call("GET", self._api + file.name))
        if file.state == "FAILED":
            raise NotStoredError("Google could not make sense of it", senseless=True)
        return file

    # -- what is there ------------------------------------------------------------------------

    async def _names(self, prefix: str) -> list[str]:
        names: list[str] = []
        page = ""
        for _ in range(_PAGES):
            more = f"&pageToken={quote(page, safe='')}" if page else ""
            said = await self._call("GET", f"{self._files}?pageSize=100{more}")
            names += [str(file.get("name")) for file in said.get("files") or ()]
            page = str(said.get("nextPageToken") or "")
            if not page:
                break
        return [name for name in names if name.startswith(prefix)]

    async def _removed(self, name: str) -> None:
        """Remove a file; one that has ended meanwhile must not keep the others there."""
        try:
            await self._call("DELETE", self._api + name)
        except NotStoredError as problem:
            log.warning("a file at Google could not be removed", why=str(problem))

    async def _call(self, method: str, target: str) -> Any:
        reply, said = await self._client.call(target, method=method, within=CALL, connect=CONNECT)
        if reply.status != HTTPStatus.OK:
            raise NotStoredError(f"HTTP {reply.status}")
        return decoded(said)

    def _prefix(self, owner: str) -> str:
        return f"files/gr-{self._hash(owner)[:12]}-"

    def _name(self, owner: str, unique: str) -> str:
        return f"gr-{self._hash(owner)[:12]}-{self._hash(unique)[:16]}"

    def _hash(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()
