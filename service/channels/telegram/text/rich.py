"""The tree as blocks of a rich message (``InputRichMessage.blocks``), as plain dicts.

Telegram allows 16 levels, 500 blocks with list items and table rows counted, and 20 columns.
What lies deeper or is wider is shown as a classic message would show it.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from service.channels.telegram.text.flat import columns, flat
from service.channels.telegram.text.nesting import nested
from service.channels.telegram.text.tree import (
    Block,
    Code,
    Heading,
    Item,
    ListBlock,
    Mark,
    Math,
    Paragraph,
    Quote,
    Rule,
    Table,
    Words,
)
from service.channels.telegram.text.words import marked

__all__ = ["COLUMNS", "deep", "rich_block", "rich_blocks", "rich_text", "weight"]

COLUMNS: Final = 20
_DEEPEST: Final = 8  # blocks; their words nest up to six deep, and items count as well

Json: TypeAlias = dict[str, Any]

# Boxes come from flattened blocks only; inside a paragraph they are inline code.
_RANK: Final = {
    kind: rank
    for rank, kind in enumerate(
        ["link", "spoiler", "bold", "italic", "strikethrough", "superscript", "pre", "code", "math"]
    )
}


def rich_blocks(blocks: tuple[Block, ...]) -> list[Json]:
    """Return *blocks* for the wire."""
    return [rich_block(block) for block in blocks]


def rich_block(block: Block, depth: int = 1) -> Json:
    """Return one block, which stands *depth* levels deep, for the wire."""
    match block:
        case Paragraph(words=words):
            return {"type": "paragraph", "text": rich_text(words)}
        case Heading(words=words, level=level):
            return {"type": "heading", "text": rich_text(words), "size": level}
        case Code(text=text, language=language):
            return _pre(text, language)
        case Math(text=text):
            return {"type": "mathematical_expression", "expression": text}
        case Table():
            return _table(block)
        case Rule():
            return {"type": "divider"}
        case Quote() | ListBlock() if depth >= _DEEPEST:
            return {"type": "paragraph", "text": rich_text(flat(block)) or " "}
        case Quote(kind=kind, blocks=blocks):
            title = (Paragraph(marked(Words(kind), "bold")),) if kind else ()
            return {"type": "blockquote", "blocks": _inner((*title, *blocks), depth)}
        case ListBlock(items=items):
            return {"type": "list", "items": [_item(item, depth + 1) for item in items]}


def _inner(blocks: tuple[Block, ...], depth: int) -> list[Json]:
    """Return the content of a container, which must not be empty."""
    return [rich_block(block, depth + 1) for block in blocks] or [_blank()]


def _blank() -> Json:
    return {"type": "paragraph", "text": " "}


def _item(item: Item, depth: int) -> Json:
    entry: Json = {"blocks": _inner(item.blocks, depth)}
    if item.number is not None:
        entry["value"] = item.number
        entry["type"] = "1"
    if item.checked is not None:
        entry["has_checkbox"] = True
        if item.checked:
            entry["is_checked"] = True
    return entry


def _pre(text: str, language: str = "") -> Json:
    block: Json = {"type": "pre", "text": text or " "}
    if language:
        block["language"] = language
    return block


def _table(table: Table) -> Json:
    if len(table.align) > COLUMNS:
        return _pre(columns(table))
    cells = []
    for place, row in enumerate(table.rows):
        line = []
        for words, align in zip(row, table.align, strict=True):
            cell = {"text": rich_text(words), "align": align, "valign": "top"}
            if not place and not table.headless:
                cell["is_header"] = True
            line.append(cell)
        cells.append(line)
    return {"type": "table", "cells": cells, "is_bordered": True}


def rich_text(words: Words) -> Any:
    """Return *words* as a string, or as a list of strings and nested marks."""
    if not words.marks:
        return words.text
    parts = _parts(words.text, nested(words, _RANK, list), 0, len(words.text))
    return parts[0] if len(parts) == 1 else parts or ""


def _parts(text: str, marks: list[Mark], start: int, end: int) -> list[Any]:
    """Return *text* from *start* to *end* with *marks*, which are sorted and nest, around it."""
    parts: list[Any] = []
    place = 0
    while place < len(marks):
        mark = marks[place]
        if start < mark.start:
            parts.append(text[start : mark.start])
        beyond = place + 1
        while beyond < len(marks) and marks[beyond].start < mark.end:
            beyond += 1
        parts.append(_wrapped(text, mark, marks[place + 1 : beyond]))
        start, place = mark.end, beyond
    if start < end:
        parts.append(text[start:end])
    return parts


def _wrapped(text: str, mark: Mark, within: list[Mark]) -> Json:
    if mark.kind == "math":
        return {"type": "mathematical_expression", "expression": text[mark.start : mark.end]}
    inner = _parts(text, within, mark.start, mark.end)
    content = inner[0] if len(inner) == 1 else inner
    if mark.kind == "link":
        return {"type": "url", "text": content, "url": mark.value}
    return {"type": "code" if mark.kind == "pre" else mark.kind, "text": content}


def weight(block: Json) -> int:
    """Return how many blocks Telegram counts in *block*."""
    if block["type"] == "list":
        return 1 + sum(1 + sum(map(weight, item["blocks"])) for item in block["items"])
    if block["type"] == "table":
        return 1 + len(block["cells"])
    return 1 + sum(map(weight, block.get("blocks", ())))


def deep(block: Block, depth: int = 0) -> int:
    """Return how many lists are nested in *block*."""
    if isinstance(block, ListBlock):
        inner = [deep(child, depth + 1) for item in block.items for child in item.blocks]
        return max(inner, default=depth + 1)
    if isinstance(block, Quote):
        return max((deep(child, depth) for child in block.blocks), default=depth)
    return depth
