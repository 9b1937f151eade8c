"""Words to Telegram's text and entities: valid, sorted, in UTF-16 units.

Telegram's rules: an entity is not empty, code contains and is contained by nothing but a quote,
quotes do not nest, and at most a hundred entities count.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from service.channels.telegram.text.nesting import Key, nested
from service.channels.telegram.text.tree import Mark, Words

__all__ = ["entities", "tidy", "units", "words_of"]

_TYPES: Final = {
    "blockquote": "blockquote",
    "pre": "pre",
    "link": "text_link",
    "spoiler": "spoiler",
    "bold": "bold",
    "italic": "italic",
    "strikethrough": "strikethrough",
    "code": "code",
    "math": "code",
}
_KINDS: Final = {"text_link": "link"}
_RANK: Final = {kind: rank for rank, kind in enumerate(_TYPES)}


def units(text: str) -> int:
    """Return the length of *text* as Telegram counts it, in UTF-16 code units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le")) // 2


def tidy(words: Words) -> Words:
    """Return *words* with only such marks as entities can express."""
    return Words(words.text, tuple(nested(words, _RANK, _allowed))) if words.marks else words


def _allowed(keys: list[Key]) -> list[Key]:
    """Return those of *keys* that one letter may have; a link or a secret outranks code."""
    kinds = {kind for kind, _ in keys}
    if "code" in kinds or "math" in kinds:
        if "link" in kinds or "spoiler" in kinds:
            return [key for key in keys if key[0] not in {"code", "math"}]
        return [key for key in keys if key[0] in {"code", "math", "blockquote"}]
    return keys


def entities(words: Words) -> tuple[dict[str, Any], ...]:
    """Return the entities of *words*, which are tidy, as the Bot API wants them."""
    if not words.marks:
        return ()
    offset = _offsets(words.text, words.marks)
    found = []
    for mark in words.marks:
        start = offset[mark.start]
        entity: dict[str, Any] = {
            "type": _TYPES[mark.kind],
            "offset": start,
            "length": offset[mark.end] - start,
        }
        if mark.kind == "link":
            entity["url"] = mark.value
        elif mark.kind == "pre" and mark.value:
            entity["language"] = mark.value
        found.append(entity)
    return tuple(found)


def _offsets(text: str, marks: tuple[Mark, ...]) -> dict[int, int]:
    """Return the UTF-16 offset of every end of a mark."""
    places = sorted({place for mark in marks for place in mark[:2]})
    if units(text) == len(text):
        return dict(zip(places, places, strict=True))
    offsets: dict[int, int] = {}
    at = total = 0
    for place in places:
        total += units(text[at:place])
        offsets[place] = total
        at = place
    return offsets


def words_of(text: str, found: Iterable[dict[str, Any]]) -> Words:
    """Return the words that *found*, the `entities` of *text*, came from."""
    encoded = text.encode("utf-16-le")

    def place(offset: int) -> int:
        return offset if text.isascii() else len(encoded[: 2 * offset].decode("utf-16-le"))

    marks = (
        Mark(
            place(entity["offset"]),
            place(entity["offset"] + entity["length"]),
            _KINDS.get(entity["type"], entity["type"]),
            entity.get("url") or entity.get("language") or "",
        )
        for entity in found
    )
    return Words(text, tuple(marks))
