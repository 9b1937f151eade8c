"""Reading a page of the web whose address a person or a model has named."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Final

import anyio.to_thread

from service.tools.declared import ToolError
from service.tools.fetching import Fetcher

_UNSEEN: Final = frozenset({"script", "style", "noscript", "template", "svg", "head"})
_BREAKS: Final = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "section"})
_RAW: Final = {
    name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "noscript")
}
"""Within these a tag is no tag, but for their own end."""
_TAG: Final = re.compile(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)[^<>]*+>")
MOST: Final = 200_000
"""Characters of text that are looked for; a model is given a small part of that."""


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
    """Return what a person would read of an HTML page, as far as `MOST` characters.

    Takes time in proportion to its length, whatever it holds: `html.parser` needs minutes for
    two megabytes of `<a<a<a`, with the interpreter's lock.
    """
    said: list[str] = []
    length = start = depth = 0
    unseen = ""
    while (found := _TAG.search(page, start)) is not None:
        if not unseen:
            said.append(page[start : found.start()])
            length += found.start() - start
        start, name = found.end(), (found[2] or "").lower()
        if not name:
            end = page.find("-->", start)
            start = end + 3 if end >= 0 else len(page)
        elif not unseen and name in _UNSEEN and not found[1]:
            unseen, depth = name, 1
        elif unseen == name:
            depth += -1 if found[1] else 1
            unseen = unseen if depth else ""
        elif unseen == "head" and name == "body":
            unseen = ""
        elif not unseen and name in _BREAKS:
            said.append("\n")
        if name in _RAW and not found[1]:
            end_of_raw = _RAW[name].search(page, start)
            start = end_of_raw.start() if end_of_raw else len(page)
        if length > MOST:
            break
    else:
        said.append("" if unseen else page[start:])
    lines = [" ".join(line.split()) for line in html.unescape("".join(said)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
