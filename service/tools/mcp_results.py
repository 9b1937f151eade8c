"""What a tool of an MCP server has answered: words for the model, pictures for the person."""

from __future__ import annotations

import base64
import binascii
import io
import json
from typing import Any, Final

import anyio.to_thread

from actors.ports import KeepError, KeepFile
from fsm.media import Media

MOST_PICTURES: Final = 4
_MOST_BYTES: Final = 10 * 1024 * 1024
_MOST_SIDES: Final = 10_000
_SLIMMEST: Final = 20
"""What Telegram takes as a photo: bytes, width and height together, the one over the other."""
_KINDS: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


def words_of(result: Any, shown: int = 0) -> str:
    """Return a result in words: texts as they are, everything else by what it is.

    The first *shown* pictures go to the person.
    """
    said = []
    for block in result.content:
        is_picture = block.type == "image"
        said.append(_PICTURE if is_picture and shown > 0 else _block(block))
        shown -= is_picture
    if not any(said) and result.structured_content is not None:
        return json.dumps(result.structured_content, ensure_ascii=False)
    return "\n".join(filter(None, said))


_PICTURE: Final = "((a picture; it goes to the person with your answer, and you do not see it))"


def _block(block: Any) -> str:
    match block.type:
        case "text":
            return str(block.text)
        case "image" | "audio":
            return f"((a file of type {block.mime_type}, which cannot be shown))"
        case "resource":
            return str(getattr(block.resource, "text", "")) or f"((a file: {block.resource.uri}))"
        case "resource_link":
            return f"{block.name}: {block.uri}"
        case _:
            return ""


async def pictures_of(result: Any, keep: KeepFile) -> tuple[Media, ...]:
    """Return the first pictures of a result, kept; none from one on that cannot be shown."""
    kept: list[Media] = []
    for block in result.content:
        if block.type != "image":
            continue
        if len(kept) == MOST_PICTURES:
            break
        mime, data = await anyio.to_thread.run_sync(_picture, block.data)
        if not mime:
            break
        try:
            kept.append(await keep(mime, data))
        except KeepError:
            break
    return tuple(kept)


def _picture(encoded: str) -> tuple[str, bytes]:
    """Return what *encoded* is, looked at rather than believed, and its bytes."""
    from PIL import Image

    if len(encoded) * 3 // 4 > _MOST_BYTES:
        return "", b""
    try:
        data = base64.b64decode(encoded, validate=True)
        with Image.open(io.BytesIO(data), formats=tuple(_KINDS)) as picture:
            kind, (width, height) = _KINDS[picture.format or ""], picture.size
            picture.verify()
    except (binascii.Error, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return "", b""
    fits = width + height <= _MOST_SIDES and max(width, height) <= _SLIMMEST * min(width, height)
    return (kind, data) if fits else ("", b"")
