"""Reading a page of the web whose address a person or a model has named."""

from __future__ import annotations

import html.parser
import re
from collections.abc import Callable
from typing import Final

import anyio.to_thread

from service.tools.declared import ToolError
from service.tools.fetching import Fetcher

_UNSEEN: Final = frozenset({"script", "style", "noscript", "template", "svg", "head"})
_BREAKS: Final = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "section"})


class Pages:
    """Reads pages through a guarded fetcher."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    @property
    def functions(self) -> tuple[Callable[..., object], ...]:
        """The functions that are tools."""
        return (self.read_page,)

    async def read_page(self, address: str) -> str:
        """Read a public web page and return its text.

        Args:
            address: The whole address, beginning with https:// or http://.

        """
        kind, body = await self._fetcher.get(address.strip(), accept="text/html, text/plain")
        if kind == "text/html" or kind == "application/xhtml+xml":
            text = await anyio.to_thread.run_sync(text_of, body.decode(errors="replace"))
        elif kind.startswith("text/") or kind in {"application/json", "application/xml"}:
            text = body.decode(errors="replace")
        else:
            raise ToolError(f"It is no page to read but {kind}.")
        return text or "The page has no text."


def text_of(page: str) -> str:
    """Return what a person would read of an HTML page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    text = "".join(reader.said)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag in _BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            while self._unseen.pop() != tag:
                pass
        elif tag in _BREAKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(data)
