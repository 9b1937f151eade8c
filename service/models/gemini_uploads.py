"""One upload to Google's store of files, piece by piece, by its resumable protocol."""

from __future__ import annotations

import random
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import anyio
import msgspec

from service.http import Client, HttpError, Reply
from service.models.stored import Content, NotStoredError, piece_of, size_of

PIECE: Final = 4 * 1024 * 1024
"""Bytes of one request (and so in memory); Google wants multiples of 256 kB."""
CONNECT: Final = 5.0
CALL: Final = 20.0
"""Seconds that a call without a piece may take."""
_PER_PIECE: Final = 90.0
_INTERRUPTIONS: Final = 3


class Upload:
    """Sends one file; `said` is what is known of it at the end."""

    def __init__(self, client: Client, start: str, mime: str, content: Content) -> None:
        """*start* is where uploads begin."""
        self._client = client
        self._start = start
        self._mime = mime
        self._content = content
        self._size = size_of(content)
        self._target = ""
        self.said: Any = {}

    async def begin(self, name: str) -> int:
        """Ask for a place called *name*; return the status of the reply.

        Raises:
            HttpError, TimeoutError: There was none.

        """
        reply, _ = await self._client.call(
            self._start,
            msgspec.json.encode({"file": {"name": f"files/{name}", "mimeType": self._mime}}),
            kind="application/json",
            headers={
                "X-Goog-Upload-Protocol": "resumable",
                "X-Goog-Upload-Command": "start",
                "X-Goog-Upload-Header-Content-Length": str(self._size),
                "X-Goog-Upload-Header-Content-Type": self._mime,
            },
            within=CALL,
            connect=CONNECT,
        )
        # Whatever host it names (a proxy may not know of it), our key goes to ours alone.
        way = urlsplit(reply.headers.get("x-goog-upload-url", ""))
        self._target = f"{way.path}?{way.query}" if way.query else way.path
        if reply.status == HTTPStatus.OK and not self._target:
            return HTTPStatus.NOT_FOUND  # something that says yes to everything
        return reply.status

    async def send(self) -> int:
        """Send everything, behind what has arrived where that breaks off; return the status.

        Raises:
            HttpError, TimeoutError: It broke off too often.
            OSError: The file on our disk cannot be read (any more).

        """
        offset, left = 0, _INTERRUPTIONS
        while True:
            piece = await piece_of(self._content, offset, PIECE)
            last = offset + len(piece) >= self._size
            if not piece and offset < self._size:
                raise OSError("the file has become shorter")
            command = "upload, finalize" if last else "upload"
            try:
                reply = await self._ask(command, piece, offset)
                again = reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR and left > 0
            except (HttpError, TimeoutError):
                if not left:
                    raise
                again = True
            if again:
                left -= 1
                await anyio.sleep(random.uniform(0, 0.5))
                reply = await self._ask("query", b"")
                received = reply.headers.get("x-goog-upload-size-received", "")
                if received.isdecimal():
                    offset = int(received)
                    continue
                last = True  # it is whole, or there is no such upload any more
            if last or reply.status != HTTPStatus.OK:
                return reply.status
            offset += len(piece)

    async def _ask(self, command: str, piece: bytes, offset: int | None = None) -> Reply:
        headers = {"X-Goog-Upload-Command": command}
        if offset is not None:
            headers["X-Goog-Upload-Offset"] = str(offset)
        reply, said = await self._client.call(
            self._target, piece, headers=headers, within=_PER_PIECE, connect=CONNECT
        )
        if reply.headers.get("x-goog-upload-status") == "final":
            self.said = decoded(said)
        return reply


def decoded(said: bytes) -> Any:
    """Return the object in a reply.

    Raises:
        NotStoredError: There is none.

    """
    try:
        found = msgspec.json.decode(said) if said.strip() else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise NotStoredError("the store answered with something else")
    return found
