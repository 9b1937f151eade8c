"""The store of files of the stand-in for Gemini: the resumable protocol, states, and an end.

A test sets what goes wrong (`FileDesk.cuts`, `busy`, `fails`, `refuses`) and lets time pass
(`end`). In a process of its own: `GET /_/files` lists them, `DELETE /_/files` ends them all.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

from tests.stand_ins import refusals

LIFETIME: Final = 48 * 3600.0
_NAME: Final = re.compile(r"files/[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_GRAIN: Final = 256 * 1024


@dataclass(slots=True, kw_only=True)
class Kept:
    """One file, or a part of one."""

    name: str
    mime: str
    size: int
    data: bytearray = field(default_factory=bytearray)
    asked: int = 0
    """How often its state was asked for."""
    until: float = 0.0


class FileDesk:
    """The files of one account."""

    def __init__(self, address: Callable[[], str]) -> None:
        self._address = address
        self.kept: dict[str, Kept] = {}
        self._coming: dict[str, Kept] = {}
        self.busy = 1
        """How often a film is still being looked through when somebody asks."""
        self.cuts = 0
        """So many pieces of uploads are lost on their way, half of each arrives."""
        self.unheard = 0
        """So many pieces arrive whole, but what was asked with them is lost, and the reply."""
        self.fails: set[str] = set()
        """Types of which nothing can be made."""
        self.refuses = 0
        """A status that everything is refused with."""
        self.on_piece: Callable[[], object] = lambda: None
        self.uploads = 0
        self.bytes = 0
        """Of all pieces that came."""
        self.largest = 0

    def routes(self, app: web.Application) -> None:
        """Serve uploads and files."""
        app.router.add_post("/upload/{version}/files", self._upload)
        app.router.add_get("/{version}/files", self._list)
        app.router.add_get("/{version}/files/{id}", self._get)
        app.router.add_delete("/{version}/files/{id}", self._delete)
        app.router.add_get("/_/files", self._shown)
        app.router.add_delete("/_/files", self._ended)

    @property
    def contents(self) -> dict[str, bytes]:
        """What is in the files, by the addresses that name them."""
        return {self._uri(file): bytes(file.data) for file in self.kept.values()}

    def end(self) -> None:
        """Let two days pass for everything that is there."""
        self.kept.clear()

    def refusal(self, contents: list[dict[str, Any]]) -> web.Response | None:
        """Return what Google says to a request that names a file it has not got, or not yet."""
        for content in contents:
            for part in content["parts"]:
                if "fileData" not in part:
                    continue
                uri = part["fileData"]["fileUri"]
                file = self.kept.get("files/" + uri.rpartition("/")[2])
                if file is None or file.until <= time.time():
                    return _unknown(uri.rpartition("/")[2])
                if self._state(file) != "ACTIVE":
                    what = f"The File {file.name[6:]} is not in an ACTIVE state and usage is not "
                    return refusals.error(400, "FAILED_PRECONDITION", f"{what}allowed.")
                if part["fileData"].get("mimeType") != file.mime:
                    return refusals.error(400, "INVALID_ARGUMENT", "Unsupported MIME type")
        return None

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if (refused := self._refused(request)) is not None:
            return refused
        command = request.headers.get("X-Goog-Upload-Command", "")
        if command == "start":
            return await self._begun(request)
        file = self._coming.get(request.query.get("upload_id", ""))
        if file is None:
            return refusals.error(404, "NOT_FOUND", "no such upload")
        if command == "query":
            return self._progress(file)
        if int(request.headers["X-Goog-Upload-Offset"]) != len(file.data):
            return refusals.error(400, "INVALID_ARGUMENT", "not the next byte")
        piece = await request.read()
        self.on_piece()
        self.largest = max(self.largest, len(piece))
        if self.cuts:
            self.cuts -= 1
            file.data += piece[: len(piece) // 2 // _GRAIN * _GRAIN]
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        file.data += piece
        self.bytes += len(piece)
        if self.unheard:
            self.unheard -= 1
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if "finalize" not in command:
            if len(piece) % _GRAIN:
                return refusals.error(400, "INVALID_ARGUMENT", "not a multiple of 256 kB")
            return self._progress(file)
        if len(file.data) != file.size:
            return refusals.error(400, "INVALID_ARGUMENT", "not all bytes")
        file.until = time.time() + LIFETIME
        self.kept[file.name] = file
        self.uploads += 1
        return self._progress(file)

    async def _begun(self, request: web.Request) -> web.Response:
        said = (await request.json())["file"]
        name = said.get("name") or f"files/{uuid.uuid4().hex[:12]}"
        if not _NAME.fullmatch(name):
            return refusals.error(400, "INVALID_ARGUMENT", f"{name} is no name")
        if name in self.kept:
            return refusals.error(409, "ALREADY_EXISTS", f"Requested entity {name} already exists")
        if request.headers.get("X-Goog-Upload-Protocol") != "resumable":
            return refusals.error(400, "INVALID_ARGUMENT", "which protocol?")
        file = Kept(
            name=name,
            mime=request.headers["X-Goog-Upload-Header-Content-Type"],
            size=int(request.headers["X-Goog-Upload-Header-Content-Length"]),
        )
        upload = uuid.uuid4().hex
        self._coming[upload] = file
        # Google names its own host, even to those who came through a proxy.
        way = f"https://store.example{request.path}?upload_id={upload}&upload_protocol=resumable"
        return web.Response(
            headers={"X-Goog-Upload-URL": way, "X-Goog-Upload-Status": "active"}, text=""
        )

    def _progress(self, file: Kept) -> web.Response:
        if file.name in self.kept:
            said = {"file": self._about(file)}
            return web.json_response(said, headers={"X-Goog-Upload-Status": "final"})
        received = str(len(file.data))
        return web.Response(
            headers={"X-Goog-Upload-Status": "active", "X-Goog-Upload-Size-Received": received}
        )

    async def _list(self, request: web.Request) -> web.Response:
        if (refused := self._refused(request)) is not None:
            return refused
        names = sorted(self.kept)
        begin = int(request.query.get("pageToken") or 0)
        end = begin + min(int(request.query.get("pageSize", "10")), 3)
        said: dict[str, Any] = {
            "files": [self._about(self.kept[name]) for name in names[begin:end]]
        }
        if end < len(names):
            said["nextPageToken"] = str(end)
        return web.json_response(said)

    async def _get(self, request: web.Request) -> web.Response:
        if (refused := self._refused(request)) is not None:
            return refused
        file = self.kept.get("files/" + request.match_info["id"])
        if file is None:
            return _unknown(request.match_info["id"])
        file.asked += 1
        return web.json_response(self._about(file))

    async def _delete(self, request: web.Request) -> web.Response:
        if (refused := self._refused(request)) is not None:
            return refused
        if self.kept.pop("files/" + request.match_info["id"], None) is None:
            return _unknown(request.match_info["id"])
        return web.json_response({})

    async def _shown(self, _: web.Request) -> web.Response:
        files = [self._about(file) for file in self.kept.values()]
        return web.json_response({"files": files, "uploads": self.uploads, "bytes": self.bytes})

    async def _ended(self, _: web.Request) -> web.Response:
        self.end()
        return web.json_response({})

    def _refused(self, request: web.Request) -> web.Response | None:
        if self.refuses:
            return refusals.error(self.refuses, "NOT_FOUND", "there is no store here")
        return refusals.for_key(request)

    def _state(self, file: Kept) -> str:
        if file.mime in self.fails:
            return "FAILED"
        busy = file.mime.startswith("video/") and file.asked < self.busy
        return "PROCESSING" if busy else "ACTIVE"

    def _uri(self, file: Kept) -> str:
        return f"{self._address()}/v1beta/{file.name}"

    def _about(self, file: Kept) -> dict[str, Any]:
        until = datetime.fromtimestamp(file.until, UTC).isoformat().replace("+00:00", "Z")
        return {
            "name": file.name,
            "mimeType": file.mime,
            "sizeBytes": str(file.size),
            "expirationTime": until,
            "uri": self._uri(file),
            "state": self._state(file),
        }


def _unknown(name: str) -> web.Response:
    what = f"You do not have permission to access the File {name} or it may not exist."
    return refusals.error(403, "PERMISSION_DENIED", what)
