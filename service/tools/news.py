"""Headlines from the feeds of the settings, RSS or Atom."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as ET

import anyio
import anyio.to_thread

from service.tools.declared import ToolError
from service.tools.fetching import Fetcher

MOST: Final = 15
_SUMMARY: Final = 300
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One piece of news."""

    title: str
    link: str = ""
    summary: str = ""
    published: str = ""


class News:
    """Reads feeds, all of them at once."""

    def __init__(self, fetcher: Fetcher, feeds: Sequence[str]) -> None:
        self._fetcher = fetcher
        self._feeds = tuple(feeds)

    @property
    def functions(self) -> tuple[Callable[..., object], ...]:
        """The functions that are tools."""
        return (self.news,)

    async def news(self, topic: str = "", count: int = 8) -> str:
        """List recent headlines with their links, newest first as their sources have them.

        Args:
            topic: A word that the headline or its summary has to contain; empty for all.
            count: How many, at most 15.

        """
        read: dict[int, list[Item]] = {}

        async def one(number: int, feed: str) -> None:
            try:
                _, body = await self._fetcher.get(feed)
                read[number] = await anyio.to_thread.run_sync(items_of, body)
            except ToolError:
                read[number] = []

        async with anyio.create_task_group() as tasks:
            for number, feed in enumerate(self._feeds):
                tasks.start_soon(one, number, feed)
        columns = [[each for each in read[n] if _is_about(each, topic)] for n in sorted(read)]
        if not any(read.values()):
            raise ToolError("None of the news feeds could be read.")
        # One of each source in turn, so that the longest feed is not the only one.
        mixed = [column[at] for at in range(MOST) for column in columns if at < len(column)]
        chosen = mixed[: min(MOST, max(1, count))]
        return "\n".join(map(_line, chosen)) or f"No headline is about {topic!r}."


def items_of(feed: bytes) -> list[Item]:
    """Return the items of a feed as far as it is one: it may be broken, or cut where it is long."""
    # The feeds are the operator's own choice, and expat limits what entities may grow to.
    parser: Any = ET.XMLPullParser()
    found: list[Item] = []
    with contextlib.suppress(ET.ParseError, ValueError, LookupError):
        parser.feed(feed)
        for _, each in parser.read_events():
            if _name(each) in {"item", "entry"}:
                found.append(_item(each))
    return [item for item in found if item.title]


def _item(element: ET.Element) -> Item:
    texts: dict[str, str] = {}
    for child in element:
        name, text = _name(child), (child.text or "").strip()
        if name == "link" and not text:
            text = child.get("href", "")
        if text:
            texts.setdefault(name, text)
    return Item(
        title=_plain(texts.get("title", "")),
        link=texts.get("link", ""),
        summary=_plain(texts.get("description") or texts.get("summary") or "")[:_SUMMARY],
        published=texts.get("pubDate") or texts.get("published") or texts.get("updated") or "",
    )


def _name(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", html.unescape(text))).split())


def _is_about(item: Item, topic: str) -> bool:
    words = topic.casefold().split()
    return all(word in f"{item.title} {item.summary}".casefold() for word in words)


def _line(item: Item) -> str:
    when = f" ({item.published})" if item.published else ""
    return f"- {item.title}{when}: {item.summary} {item.link}".rstrip()
