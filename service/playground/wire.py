"""A call as it comes over HTTP: JSON, urlencoded or multipart, all three alike."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from service.playground.files import Upload
from service.playground.refusals import MAX_UPLOAD, Refusal, bad_request

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a bot: *params* are decoded and checked, *files* by their part's name."""

    method: str
    params: Json
    files: dict[str, Upload] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a parameter, or *default* if the bot left it out."""
        value = self.params.get(name)
        return default if value is None else value

    @property
    def chat(self) -> int | None:
        """The chat this call is about, if it names one."""
        chat = self.params.get("chat_id")
        if chat is None and (name := self.params.get("inline_message_id")):
            # Limited by itself, and as strictly as a group.
            return -zlib.crc32(str(name).encode())
        return chat if isinstance(chat, int) else None


async def read_body(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """Return the parameters and the files of *request*, query included.

    Raises:
        Refusal: The body cannot be read.

    """
    params: Json = dict(request.query)
    if request.content_type == "application/json":
        params |= _object(await request.read())
        return params, {}
    if request.content_type.startswith("multipart/"):
        fields, files = await _parts(request)
        return params | fields, files
    params |= dict(await request.post())
    return params, {}


def _object(body: bytes) -> Json:
    try:
        decoded = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(decoded, dict):
        raise bad_request("object expected as POST content")
    return decoded


async def _parts(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    fields: Json = {}
    files: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("a part of the body has no name")
        data = await _read(part)
        if part.filename is None:
            fields[part.name] = data.decode()
            continue
        kind = part.headers.get("Content-Type", "application/octet-stream")
        name = part.name if part.name not in files else f"{part.name}_{len(files)}"
        files[name] = Upload(name=part.filename, type=kind, data=data)
    return fields, files


async def _read(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(1 << 16):
        data += chunk
        if len(data) > MAX_UPLOAD:
            raise Refusal(413, "Request Entity Too Large")
    return bytes(data)
