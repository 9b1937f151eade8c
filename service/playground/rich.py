"""Rich messages: what a bot may put into one, and what a client gets to see of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.playground.files import Files, Upload
from service.playground.refusals import bad_request, check_button

Json = dict[str, Any]

_MOST_CHARACTERS = 32_768
_MOST_BLOCKS = 500
_DEEPEST = 16
_MOST_MEDIA = 50
_MOST_COLUMNS = 20

_MEDIA = {
    "photo": "photo", "video": "video", "audio": "audio", "animation": "animation",
    "voice_note": "voice_note", "document": "document",
}  # fmt: skip
_NOT_FOR_BOTS = {
    "mention", "hashtag", "cashtag", "bot_command", "email_address", "phone_number",
    "bank_card_number",
}  # fmt: skip


def accepted(
    files: Files, wanted: Json, uploads: dict[str, Upload], *, is_draft: bool = False
) -> Json:
    """Return the ``RichMessage`` that clients get for an ``InputRichMessage``.

    Raises:
        Refusal: It is empty, too large, too deep, or holds what a bot may not send.

    """
    given = [key for key in ("blocks", "html", "markdown") if wanted.get(key) is not None]
    if len(given) != 1:
        raise bad_request("exactly one of blocks, html and markdown must be given")
    if given != ["blocks"]:
        raise bad_request(f"the playground reads blocks, not {given[0]}")
    blocks = wanted["blocks"]
    if not blocks and not is_draft:
        raise bad_request("rich message is empty")
    _check_size(blocks)
    shown = [_shown(files, block, uploads, is_draft=is_draft) for block in blocks]
    message: Json = {"blocks": shown}
    return message | {"is_rtl": True} if wanted.get("is_rtl") else message


def _check_size(blocks: list[Json]) -> None:
    if sum(len(piece) for piece in _texts(blocks)) > _MOST_CHARACTERS:
        raise bad_request("rich message is too long")
    count = media = 0
    for block, depth in _walk(blocks, 1):
        count += 1
        media += block.get("type") in _MEDIA
        if depth > _DEEPEST:
            raise bad_request("rich message is nested too deeply")
        if block.get("type") == "table":
            rows = block.get("cells", [])
            count += len(rows)
            if any(sum(cell.get("colspan") or 1 for cell in row) > _MOST_COLUMNS for row in rows):
                raise bad_request("rich message table has too many columns")
    if count > _MOST_BLOCKS:
        raise bad_request("rich message has too many blocks")
    if media > _MOST_MEDIA:
        raise bad_request("rich message has too many media")


def _walk(blocks: list[Json], depth: int) -> Iterator[tuple[Json, int]]:
    """Yield every block and list item with its depth."""
    for block in blocks:
        yield block, depth
        yield from _walk(block.get("blocks") or [], depth + 1)
        for item in block.get("items") or []:
            yield item, depth + 1
            yield from _walk(item.get("blocks") or [], depth + 2)


def _texts(value: Any) -> Iterator[str]:
    """Yield whatever in *value* is shown as text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in _SHOWN:
                yield from _texts(inner)


_SHOWN = {
    "text", "blocks", "items", "cells", "summary", "caption", "credit", "expression",
    "label", "buttons",
}  # fmt: skip


def _shown(files: Files, block: Json, uploads: dict[str, Upload], *, is_draft: bool) -> Json:
    kind = block.get("type")
    if kind is None:
        raise bad_request("a rich block has no type")
    if kind == "thinking" and not is_draft:
        raise bad_request("RICH_VALIDATE_CTOR_NOT_ALLOWED")
    for part in ("text", "summary", "caption", "credit", "cells"):
        _check_text(block.get(part))
    for button in block.get("buttons") or []:
        check_button(button)
    made = dict(block)
    if kind in _MEDIA:
        if is_draft:
            raise bad_request("media can't be sent in a draft")
        made[kind] = _media(files, kind, block.get(kind) or {}, uploads)
    if "blocks" in block:
        made["blocks"] = [
            _shown(files, inner, uploads, is_draft=is_draft) for inner in block["blocks"]
        ]
    if "items" in block:
        made["items"] = [
            _item(files, item, uploads, place, is_draft=is_draft)
            for place, item in enumerate(block["items"], 1)
        ]
    if kind == "table":
        made["cells"] = [
            [{"align": "left", "valign": "top", **cell} for cell in row] for row in block["cells"]
        ]
    return made


def _item(
    files: Files, item: Json, uploads: dict[str, Upload], place: int, *, is_draft: bool
) -> Json:
    value = item.get("value")
    label = f"{value or place}." if item.get("type") or value is not None else "•"
    inner = [_shown(files, block, uploads, is_draft=is_draft) for block in item["blocks"]]
    return {**item, "label": label, "blocks": inner}


def _check_text(text: Any) -> None:
    """Make sure that *text* holds only what a bot may write.

    Raises:
        Refusal: It holds a mention, a command or another thing clients find themselves.

    """
    if isinstance(text, list):
        for part in text:
            _check_text(part)
    elif isinstance(text, dict):
        if text.get("type") in _NOT_FOR_BOTS:
            raise bad_request("RICH_VALIDATE_CTOR_NOT_ALLOWED")
        if text.get("type") == "button":
            check_button(text.get("button") or {})
        _check_text(text.get("text"))


def _media(files: Files, kind: str, wanted: Json, uploads: dict[str, Upload]) -> Any:
    source = str(wanted.get("media", ""))
    if not source.startswith("attach://"):
        known = files.by_id(source)
        return [known.about] if kind == "photo" else known.about
    upload = uploads.get(source.removeprefix("attach://"))
    if upload is None:
        raise bad_request("can't find the attached file")
    if kind == "photo":
        return files.keep_photo(upload)
    return files.keep(upload, f"{kind}s", duration=0, file_name=upload.name)
