"""What has to be true of every page, whatever it says."""

from __future__ import annotations

from typing import Any

from service.channels.telegram.text import Page, Profile

EXACT = {"pre", "code"}


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def covered(text: str, entity: dict[str, Any]) -> str:
    """Return the text under *entity*; fails if it cuts a letter in half."""
    encoded = text.encode("utf-16-le")
    start, end = entity["offset"], entity["offset"] + entity["length"]
    assert 0 <= start < end <= len(encoded) // 2, entity
    return encoded[2 * start : 2 * end].decode("utf-16-le")


def check_entities(page: Page) -> None:
    """Fail unless Telegram takes the entities of *page* as they are."""
    spans = []
    for entity in page.entities:
        assert covered(page.text, entity).strip(), "an entity over blanks"
        spans.append((entity["offset"], entity["offset"] + entity["length"], entity["type"]))
        assert ("url" in entity) == (entity["type"] == "text_link")
        if "url" in entity:
            assert entity["url"].lower().startswith(("http://", "https://"))
    assert spans == sorted(spans, key=lambda span: (span[0], -span[1]))
    for place, (start, end, kind) in enumerate(spans):
        for other_start, other_end, other in spans[place + 1 :]:
            if other_start >= end:
                break
            assert other_end <= end, "two entities cross"
            assert (start, end, kind) != (other_start, other_end, other)
            assert kind not in EXACT, f"{other} within {kind}"
            if other in EXACT:
                assert kind == "blockquote", f"{other} within {kind}"
            assert not kind == other == "blockquote"


def check_page(page: Page, profile: Profile) -> None:
    """Fail unless *page* keeps the limits of its kind."""
    check_entities(page)
    if page.rich is None:
        assert units(page.text) <= profile.limit - profile.spare
        assert units(page.plain) <= profile.limit - profile.spare
        assert len(page.entities) <= 100
        return
    assert set(page.rich) == {"blocks"}
    assert page.rich["blocks"]
    assert rich_length(page.rich["blocks"]) <= 32_768
    assert sum(map(count, page.rich["blocks"])) <= 500
    assert max(map(depth, page.rich["blocks"])) <= 16
    for table in tables(page.rich["blocks"]):
        widths = {len(row) for row in table["cells"]}
        assert len(widths) == 1
        assert widths.pop() <= 20


def walk(value: Any) -> list[dict[str, Any]]:
    """Return every dict in *value*, outer ones first."""
    if isinstance(value, dict):
        return [value, *(found for child in value.values() for found in walk(child))]
    if isinstance(value, list):
        return [found for child in value for found in walk(child)]
    return []


def tables(blocks: list[Any]) -> list[dict[str, Any]]:
    return [found for found in walk(blocks) if found.get("type") == "table"]


def count(block: dict[str, Any]) -> int:
    total = 1
    for item in block.get("items", ()):
        total += 1 + sum(map(count, item["blocks"]))
    total += sum(map(count, block.get("blocks", ())))
    return total + len(block.get("cells", ()))


def depth(value: Any) -> int:
    """Return how many typed things are nested in *value*, words included."""
    if isinstance(value, dict):
        inner = max((depth(child) for child in value.values()), default=0)
        return inner + (1 if "type" in value or "blocks" in value else 0)
    if isinstance(value, list):
        return max((depth(child) for child in value), default=0)
    return 0


def rich_text(value: Any) -> str:
    """Return the text that a client shows for rich *value*: strings, words, blocks, items."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return (
            "\n".join(map(rich_text, value)) if _blocks(value) else "".join(map(rich_text, value))
        )
    kind = value.get("type")
    if kind == "list":
        return "\n".join(
            str(item.get("value", "")) + " " + rich_text(item["blocks"]) for item in value["items"]
        )
    if kind == "table":
        return "\n".join(
            " ".join(rich_text(c.get("text", "")) for c in row) for row in value["cells"]
        )
    for key in ("blocks", "text", "expression"):
        if key in value:
            return rich_text(value[key])
    return ""


def _blocks(value: list[Any]) -> bool:
    block_kinds = {"paragraph", "heading", "list", "table", "blockquote", "pre", "divider"}
    return any(isinstance(one, dict) and one.get("type") in block_kinds for one in value)


def rich_length(blocks: list[Any]) -> int:
    return sum(units(rich_text(block)) for block in blocks)
