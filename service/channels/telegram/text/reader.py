"""From the parser's events to blocks.

A stack of its own instead of recursion, so that ten thousand nested quotes are only odd.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, Final

from service.channels.telegram.text.prepare import BREAK, cleaned, guarded
from service.channels.telegram.text.tree import (
    Block,
    Code,
    Heading,
    Item,
    ListBlock,
    Math,
    Paragraph,
    Quote,
    Rule,
    Table,
    Words,
)
from service.channels.telegram.text.words import Builder, sliced

__all__ = ["Reader", "is_link"]

_DEEPEST: Final = 24  # containers further down are laid flat into the one above
_LINK: Final = re.compile(
    r"https?://(?:[^\s/?#@]+@)?[^\s/?#@:]+\.[^\s/?#@:.]+\.?(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE
)
_MATHS: Final = re.compile(r"\\\((.*)\\\)|\\\[(.*)\\\]", re.DOTALL)
_LANGUAGE: Final = re.compile(r"[A-Za-z0-9_+#.\-]{1,32}")
_NUMBER: Final = re.compile(r"\d{1,9}")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_SPANS: Final = {"Emphasis": "italic", "Strong": "bold", "Strikethrough": "strikethrough"}
_ALIGN: Final = {"None": "left", "Left": "left", "Center": "center", "Right": "right"}
_CONTAINERS: Final = frozenset({"Item", "List", "BlockQuote", "CodeBlock", "Heading", "Table"})


def is_link(target: str) -> bool:
    """Tell whether Telegram makes *target* a link, and a harmless one."""
    return len(target) <= 2048 and _LINK.fullmatch(target) is not None


class _Frame:
    """A container that is being filled; a *flat* one gives its blocks to the one above."""

    __slots__ = ("blocks", "checked", "data", "flat", "items", "tag")

    def __init__(self, tag: str, data: Any = None, *, flat: bool = False) -> None:
        self.tag = tag
        self.data = data
        self.flat = flat
        self.blocks: list[Block] = []
        self.items: list[Item] = []
        self.checked: bool | None = None


class Reader:
    """Builds blocks from events; *encoded* is the source in the parser's own coordinates."""

    def __init__(self, source: str) -> None:
        self.encoded = None if source.isascii() else source.encode()
        self._source = source
        self._guarded = guarded(source)
        self._stack = [_Frame("root")]
        self._starts: list[int] = []
        self._at = -1
        self._words = Builder()
        self._code: list[str] | None = None
        self._rows: list[list[Words]] = []
        self._cell_end = 0
        self._after_formula = False

    def finished(self) -> tuple[tuple[Block, ...], list[int]]:
        """Return the blocks, and the byte at which each begins."""
        self._flush()
        return tuple(self._stack[0].blocks), self._starts

    def read(self, event: Any, start: int, end: int) -> None:
        """Take one event that stands at *start* to *end* in the source."""
        if self._at < 0:
            self._at = start
        if isinstance(event, str):
            if event == "Rule":
                self._flush()
                if len(self._stack) == 1:
                    self._at = start
                self._put(Rule())
            else:
                self._words.add("\n")
            return
        ((name, value),) = event.items()
        if name == "Start":
            tag, data = (value, None) if isinstance(value, str) else next(iter(value.items()))
            self._start(tag, data, start)
        elif name == "End":
            self._end(value if isinstance(value, str) else next(iter(value)), end)
        elif self._code is not None:
            self._code.append(value)
        else:
            self._inline(name, value)

    # Words

    def _inline(self, name: str, value: Any) -> None:
        if name == "Text":
            if self._guarded and not value.isascii():
                value = cleaned(BREAK.sub("\n", value))
            self._words.add(value)
        elif name == "Code":
            self._words.add(cleaned(value), "code")
        elif name == "InlineMath":
            self._words.add(_formula(value), "math")
        elif name == "DisplayMath":
            if self._words.inside or self._stack[-1].tag in {"Heading", "Table"}:
                self._words.add(_formula(value), "math")
            else:
                self._flush()
                self._put(Math(_formula(value)))
                self._after_formula = True
        elif name == "TaskListMarker":
            self._stack[-1].checked = value
        else:  # HTML that `prepare` took for code: shown as written
            self._words.add(cleaned(value))

    def _open_link(self, data: Any, *, image: bool) -> None:
        target = cleaned(data["dest_url"])
        if data["link_type"] == "Email" and not target.startswith("mailto:"):
            target = f"mailto:{target}"
        if image:
            self._words.add("🖼 ")
        self._words.open("link" if is_link(target) else "shown", target)

    def _flush(self) -> None:
        """Make a paragraph of the words at hand."""
        after_formula, self._after_formula = self._after_formula, False
        if not self._words:
            return
        words = _trimmed(self._words.take())
        blocks = self._stack[-1].blocks
        if after_formula and len(words.text) == 1 and words.text in ".,;:" and blocks:
            last = blocks[-1]
            if isinstance(last, Math):
                blocks[-1] = Math(last.text + words.text)
                return
        if words.text:
            self._put(Paragraph(words))

    def _put(self, block: Block) -> None:
        self._stack[-1].blocks.append(block)
        if len(self._stack) == 1:
            last = self._starts[-1] if self._starts else 0
            self._starts.append(max(self._at, last))
            self._at = -1

    # Blocks

    def _start(self, tag: str, data: Any, start: int) -> None:
        if tag in _SPANS:
            self._words.open(_SPANS[tag])
        elif tag in {"Link", "Image"}:
            self._open_link(data, image=tag == "Image")
        elif tag in {"TableHead", "TableRow"}:
            self._rows.append([])
            self._cell_end = start
        elif tag != "TableCell":
            self._flush()
            if len(self._stack) == 1:
                self._at = start
            if tag in _CONTAINERS:
                self._open_block(tag, data, start)

    def _open_block(self, tag: str, data: Any, start: int) -> None:
        if tag == "Item":
            ordered = self._stack[-1].data is not None
            data = self._number(start) if ordered else None
        elif tag == "Table":
            self._rows = []
        elif tag == "CodeBlock":
            self._code = []
        flat = len(self._stack) > _DEEPEST and tag in {"Item", "List", "BlockQuote"}
        self._stack.append(_Frame(tag, data, flat=flat))

    def _number(self, start: int) -> int | None:
        found = _NUMBER.search(self._slice(start, start + 24))
        return int(found[0]) if found else None

    def _slice(self, start: int, end: int) -> str:
        if self.encoded is None:
            return self._source[start:end]
        return self.encoded[start:end].decode(errors="ignore")

    def _end(self, tag: str, end: int) -> None:
        if tag in _SPANS or tag in {"Link", "Image"}:
            self._words.close()
        elif tag == "TableCell":
            self._cell_end = end
            self._rows[-1].append(_trimmed(self._words.take()))
        elif tag in {"TableHead", "TableRow"}:
            beyond = self._slice(self._cell_end, end).strip(" \t\n|")
            if beyond:  # more cells than the header has: the parser drops them
                texts = (cleaned(cell).strip() for cell in _PIPE.split(beyond))
                self._rows[-1].extend(Words(text) for text in texts)
        elif tag == "Heading":
            words = _trimmed(self._words.take())
            self._close(Heading(int(self._stack[-1].data["level"][1]), words))
        elif tag in _CONTAINERS:
            self._flush()
            self._close_container(tag)
        else:
            self._flush()

    def _close(self, block: Block) -> None:
        self._stack.pop()
        self._put(block)

    def _close_container(self, tag: str) -> None:
        frame = self._stack[-1]
        if frame.flat:
            self._stack.pop()
            self._stack[-1].blocks.extend(frame.blocks)
        elif tag == "Item":
            self._stack.pop()
            if self._stack[-1].flat:
                self._stack[-1].blocks.extend(frame.blocks)
            else:
                item = Item(tuple(frame.blocks), frame.data, frame.checked)
                self._stack[-1].items.append(item)
        elif tag == "List":
            self._close(ListBlock(_numbered(frame.items, frame.data)))
        elif tag == "BlockQuote":
            kind = str(frame.data or "").upper()
            self._close(Quote(tuple(frame.blocks), kind))
        elif tag == "Table":
            self._close(_table(frame.data, self._rows))
        else:
            self._close(_code("".join(self._code or ()), frame.data))
            self._code = None


def _trimmed(words: Words) -> Words:
    """Return *words* without blanks around them."""
    text = words.text
    start = len(text) - len(text.lstrip())
    end = max(start, len(text.rstrip()))
    return words if (start, end) == (0, len(text)) else sliced(words, start, end)


def _formula(source: str) -> str:
    """Return the LaTeX of a formula without its delimiters."""
    source = cleaned(source).strip()
    found = _MATHS.fullmatch(source)
    return (found[1] or found[2] or "").strip() if found else source


def _code(text: str, kind: Any) -> Block:
    """Return a block of code; words behind its language become its first line."""
    text = cleaned(text).removesuffix("\n")
    info = "" if kind == "Indented" else cleaned(kind["Fenced"]).strip()
    language, _, rest = info.partition(" ")
    if not _LANGUAGE.fullmatch(language):
        language, rest = "", info
    if rest.strip():
        text = f"{rest.strip()}\n{text}"
    if not text.strip() and language:  # nothing but its name, so that is what there is to show
        text, language = language, ""
    return Math(text.strip()) if language == "math" and text.strip() else Code(text, language)


def _numbered(items: list[Item], first: int | None) -> tuple[Item, ...]:
    """Return *items* with the numbers that were written, or counted on if those don't rise."""
    if first is None:
        return tuple(items)
    written = [item.number for item in items]
    rising = all(a is not None and b is not None and a < b for a, b in pairwise(written))
    if rising and written and written[0] is not None:
        return tuple(items)
    return tuple(Item(item.blocks, first + place, item.checked) for place, item in enumerate(items))


def _table(align: Any, rows: list[list[Words]]) -> Table:
    width = max((len(row) for row in rows), default=0)
    sides = [_ALIGN[side] for side in align]
    sides += ["left"] * (width - len(sides))
    padded = tuple((*row, *(Words() for _ in range(width - len(row)))) for row in rows)
    return Table(tuple(sides), padded)
