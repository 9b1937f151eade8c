"""What a message of Telegram's says, in our words: its text, its files, what it replies to.

Everything here reads plain dicts and asks only for what it needs: a field or a type that
Telegram added yesterday is simply not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fsm.content import Media, MediaKind

Json = Mapping[str, Any]

SHARPEST: Final = 1280
"""Pixels of the longer side of a photo; models scale larger ones down anyway."""
MAX_BYTES: Final = 20 << 20
"""Telegram's Bot API server hands out no larger files; and what is larger never is in memory."""
QUOTE: Final = 2000
OWN_QUOTE: Final = 1000
"""Our own answers are mostly remembered anyway; a longer quote would say everything twice."""
_DEEPEST: Final = 40

# In this order: a message with an animation carries it a second time as a document.
_FILES: Final = (
    ("animation", MediaKind.VIDEO, "video/mp4"),
    ("document", MediaKind.DOCUMENT, "application/octet-stream"),
    ("voice", MediaKind.VOICE, "audio/ogg"),
    ("audio", MediaKind.AUDIO, "audio/mpeg"),
    ("video", MediaKind.VIDEO, "video/mp4"),
    ("video_note", MediaKind.VIDEO_NOTE, "video/mp4"),
)
_UNSUPPORTED: Final = frozenset({"story", "game", "paid_media", "invoice", "giveaway"})


def text_of(message: Json) -> str:
    """Return what *message* says in words, whatever form they have."""
    match message:
        case {"text": str(text)} | {"caption": str(text)}:
            return text
        case {"rich_message": {"blocks": list(blocks)}}:
            return _blocks(blocks)
        case {"venue": {"title": title, "address": address, "location": place}}:
            return f"[Venue: {title}, {address} ({_coordinates(place)})]"
        case {"location": place}:
            return f"[Location: {_coordinates(place)}]"
        case {"contact": {"first_name": first, "phone_number": phone, **more}}:
            return f"[Contact: {_joined(first, more.get('last_name'))}, {phone}]"
        case {"poll": {"question": question, "options": options}}:
            return "\n".join((f"[Poll: {question}]", *(f"- {each['text']}" for each in options)))
        case {"checklist": {"title": title, "tasks": tasks}}:
            return "\n".join((f"[Checklist: {title}]", *(f"- {each['text']}" for each in tasks)))
        case {"dice": {"emoji": emoji, "value": value}}:
            return f"[Dice {emoji}: {value}]"
        case {"sticker": {"emoji": emoji}}:
            return f"[Sticker {emoji}]"
        case _:
            return ""


def media_of(message: Json) -> tuple[Media, ...]:
    """Return the file in *message*, if there is one that a model could look at."""
    if photo := message.get("photo") or (message.get("live_photo") or {}).get("photo"):
        return (_file(_sharp_enough(photo), MediaKind.PICTURE, "image/jpeg"),)
    if sticker := message.get("sticker"):
        return _sticker(sticker)
    for key, kind, mime in _FILES:
        if file := message.get(key):
            return (_file(file, kind, mime),)
    return ()


def _sticker(sticker: Json) -> tuple[Media, ...]:
    """Return what of a sticker can be looked at; of a drawing that moves only its thumbnail can."""
    if sticker.get("is_video"):
        return (_file(sticker, MediaKind.STICKER, "video/webm"),)
    if not sticker.get("is_animated"):
        return (_file(sticker, MediaKind.STICKER, "image/webp"),)
    still = sticker.get("thumbnail")
    return (_file(still, MediaKind.STICKER, "image/webp"),) if still else ()


def looked_at(message: Json, largest: int = MAX_BYTES) -> tuple[Media, ...]:
    """Return the file that *message* is about: its own, else that of the message it replies to."""
    replied = message.get("reply_to_message") or {}
    return tuple(file for file in media_of(message) or media_of(replied) if file.size <= largest)


def too_big(message: Json, largest: int = MAX_BYTES) -> dict[str, str]:
    """Return the name of a file in *message* that cannot be had, and how large it may be."""
    for file in media_of(message):
        if file.size > largest:
            return {"name": file.name or file.mime, "size": f"{largest >> 20} MB"}
    return {}


def is_unsupported(message: Json) -> bool:
    """Tell whether *message* has content that we do not understand (a service message has none)."""
    return not _UNSUPPORTED.isdisjoint(message)


def origin_of(message: Json) -> str:
    """Return who first said a forwarded *message*; empty when it was not forwarded."""
    match message.get("forward_origin"):
        case {"sender_user": user}:
            return name_of(user) or "?"
        case {"sender_user_name": str(name)}:
            return name
        case {"sender_chat": chat} | {"chat": chat}:
            return str(chat.get("title") or chat.get("username") or "?")
        case None:
            return ""
        case _:
            return "?"


def quote_of(message: Json, own: int) -> str:
    """Return the text that *message* replies to; *own* is the number of our bot.

    A passage that the person picked wins over the whole message.
    """
    match message:
        case {"quote": {"text": str(text)}}:
            return text[:QUOTE]
        case {"reply_to_message": {"forum_topic_created": _}}:
            return ""  # every message in a topic seems to reply to the topic's first
        case {"reply_to_message": dict(original)}:
            ours = (original.get("from") or {}).get("id") == own
            text = text_of(original)
            most = OWN_QUOTE if ours else QUOTE
            return text if len(text) <= most else f"{text[:most]}…"
        case _:
            return ""


def answer_of(message: Json, own: int) -> int:
    """Return the number of the message of ours that *message* replies to, 0 if there is none."""
    match message:
        case {"reply_to_message": {"forum_topic_created": _}}:
            return 0
        case {"reply_to_message": {"from": {"id": author}, "message_id": int(number)}}:
            return number if author == own else 0
        case _:
            return 0


def name_of(user: Json) -> str:
    """Return the name that people see of *user*."""
    return _joined(user.get("first_name"), user.get("last_name"))


def spans(text: str, entities: Sequence[Json], *kinds: str) -> list[tuple[Json, str]]:
    """Return the entities of these *kinds* with the passages of *text* they cover."""
    found = [entity for entity in entities if entity.get("type") in kinds]
    if not found:
        return []
    units = text.encode("utf-16-le")
    return [(entity, cut_units(units, entity)) for entity in found]


def cut_units(units: bytes, entity: Json) -> str:
    """Return the passage of *entity* in a text given as UTF-16."""
    start, length = int(entity["offset"]) * 2, int(entity["length"]) * 2
    return units[start : start + length].decode("utf-16-le", "replace")


def _file(file: Json, kind: MediaKind, mime: str) -> Media:
    return Media(
        kind=kind,
        ref=str(file["file_id"]),
        unique=str(file.get("file_unique_id") or ""),
        mime=str(file.get("mime_type") or mime),
        name=str(file.get("file_name") or ""),
        size=int(file.get("file_size") or 0),
    )


def _sharp_enough(sizes: Sequence[Json]) -> Json:
    """Return the largest size that is not larger than a model can use."""

    def edge(size: Json) -> int:
        return max(int(size.get("width") or 0), int(size.get("height") or 0))

    usable = [size for size in sizes if edge(size) <= SHARPEST]
    return max(usable, key=edge) if usable else min(sizes, key=edge)


def _coordinates(place: Json) -> str:
    return f"{place.get('latitude')}, {place.get('longitude')}"


def _joined(*names: Any) -> str:
    return " ".join(str(name) for name in names if name)


def _blocks(blocks: Sequence[Any], depth: int = 0) -> str:
    """Return the blocks of a rich message as plain lines."""
    return "\n".join(line for block in blocks if (line := _block(block, depth)))


def _block(block: Any, depth: int) -> str:
    if depth > _DEEPEST or not isinstance(block, Mapping):
        return ""
    deeper = depth + 1
    match block:
        case {"cells": list(rows)}:
            lines = (" | ".join(_inline(cell.get("text"), deeper) for cell in row) for row in rows)
            return "\n".join(lines)
        case {"items": list(items)}:
            return "\n".join(
                f"{item.get('label') or '-'} {_blocks(item.get('blocks') or (), deeper)}"
                for item in items
            )
        case {"blocks": list(inner)}:
            summary = _inline(block.get("summary"), deeper)
            return "\n".join(part for part in (summary, _blocks(inner, deeper)) if part)
        case {"expression": str(formula)}:
            return formula
        case _:
            return _inline(block.get("text"), deeper)


def _inline(text: Any, depth: int) -> str:
    """Return rich text (a string, a list, or a marked piece) as a plain string."""
    match text:
        case str():
            return text
        case _ if depth > _DEEPEST:
            return ""
        case list():
            return "".join(_inline(part, depth + 1) for part in text)
        case {"expression": str(shown)} | {"alternative_text": str(shown)}:
            return shown
        case {"text": inner}:
            return _inline(inner, depth + 1)
        case _:
            return ""
