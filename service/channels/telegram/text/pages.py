"""Pages: the messages an answer becomes, each in three ways of saying it.

`paginate` is pure and gives the same pages for the same text. What was drawn as the last preview
of page one is what page one becomes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.channels.telegram.text.cutting import pieces
from service.channels.telegram.text.division import BLOCKS, divided
from service.channels.telegram.text.entities import entities, tidy, units, words_of
from service.channels.telegram.text.flat import BETWEEN, flat
from service.channels.telegram.text.markdown import parsed
from service.channels.telegram.text.rich import deep, rich_block, weight
from service.channels.telegram.text.thoughts import sanitised, without_tags, without_thoughts
from service.channels.telegram.text.tree import (
    Block,
    ListBlock,
    Math,
    Paragraph,
    Quote,
    Table,
    Words,
)
from service.channels.telegram.text.words import joined, shown_plainly

__all__ = [
    "Page",
    "Profile",
    "Shown",
    "bound",
    "paginate",
    "read_as",
    "simpler",
    "visible_blocks",
]

_DEEP: Final = 3  # lists in lists in lists are easier to read as blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a chat wants its answers.

    *rich* allows rich messages, which are used where they pay: for tables, formulas, deep lists
    and long texts. *plain* leaves out all formatting. *spare* units of *limit* stay free in every
    classic page, for a mark that may be added when it is sent.
    """

    rich: bool = True
    plain: bool = False
    limit: int = 4096
    spare: int = 64
    rich_limit: int = 30_000

    @property
    def room(self) -> int:
        """The UTF-16 units that a classic page may take."""
        return self.limit - self.spare


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One message: *rich* if it is not None, else *text* with *entities*; *plain* as a last resort.

    A rich page's text may be longer than a classic message: `simpler` cuts it.
    """

    text: str
    entities: tuple[dict[str, Any], ...] = ()
    rich: dict[str, Any] | None = None
    plain: str

    def packed(self) -> dict[str, Any]:
        """Return this page as plain data, for msgpack or JSON."""
        return {
            "text": self.text,
            "entities": list(self.entities),
            "rich": self.rich,
            "plain": self.plain,
        }

    @classmethod
    def unpacked(cls, data: dict[str, Any]) -> Page:
        """Return the page that *data* was `packed` from."""
        return cls(
            text=data["text"],
            entities=tuple(data["entities"]),
            rich=data["rich"],
            plain=data["plain"],
        )


class Shown:
    """One top-level block and what it looks like; each look is made once."""

    __slots__ = ("_rich", "_weight", "asks", "block", "size", "words")

    def __init__(self, block: Block) -> None:
        self.block = block
        self.words = tidy(flat(block))
        self.size = units(self.words.text)
        self.asks = _asks(block)
        self._rich: dict[str, Any] | None = None
        self._weight = 0

    @property
    def rich(self) -> dict[str, Any]:
        """The block for a rich message."""
        if self._rich is None:
            self._rich = rich_block(self.block)
            self._weight = weight(self._rich)
        return self._rich

    @property
    def weight(self) -> int:
        """How many blocks Telegram counts in it."""
        return self._weight if self.rich else 0


def paginate(text: str, profile: Profile) -> tuple[Page, ...]:
    """Return the messages that say *text*: at least one, and nothing visible lost."""
    return tuple(bound([Shown(block) for block in visible_blocks(text)], profile))


_latest: dict[str, tuple[Block, ...]] = {}
"""The text that was read last: the pages of an answer and its files are made of one tree."""


def visible_blocks(text: str) -> tuple[Block, ...]:
    """Return the tree of what a reader of *text* should see; thoughts only if there is no more."""
    blocks = _latest.get(text)
    if blocks is None:
        clean = sanitised(text)
        blocks = parsed(without_thoughts(clean)).blocks
        if not blocks and clean.strip():
            blocks = parsed(without_tags(clean)).blocks or (Paragraph(Words(clean.strip())),)
        read_as(text, blocks)
    return blocks


def read_as(text: str, blocks: tuple[Block, ...]) -> None:
    """Take note of what `visible_blocks` would say to *text*."""
    _latest.clear()
    _latest[text] = blocks


def bound(shown: Sequence[Shown], profile: Profile) -> Iterator[Page]:
    """Yield the pages that *shown* fills, the first without looking at the rest."""
    if not shown:
        yield Page(text="", plain="")
    elif profile.rich and not profile.plain and _pays(shown, profile):
        yield from _rich_pages(shown, profile)
    else:
        words = joined([one.words for one in shown], BETWEEN)
        yield from _classic_pages(words, profile, plain=profile.plain)


def _pays(shown: Sequence[Shown], profile: Profile) -> bool:
    """Tell whether blocks show this better than entities would."""
    total = sum(one.size for one in shown) + len(BETWEEN) * (len(shown) - 1)
    return total > profile.room or any(one.asks for one in shown)


def _asks(block: Block) -> bool:
    match block:
        case Table() | Math():
            return True
        case Quote(blocks=blocks):
            return any(_asks(child) for child in blocks)
        case ListBlock(items=items):
            return deep(block) >= _DEEP or any(
                _asks(child) for item in items for child in item.blocks
            )
        case _:
            return False


def _classic_pages(words: Words, profile: Profile, *, plain: bool = False) -> Iterator[Page]:
    if plain:
        words = Words(_plain(words))
    empty = True
    for piece in pieces(words, profile.room):
        empty = False
        simple = _plain(piece)
        if units(simple) > profile.room:
            simple = piece.text
        yield Page(text=piece.text, entities=entities(piece), plain=simple)
    if empty:
        yield Page(text=words.text, plain=words.text)


def _plain(words: Words) -> str:
    """Return the text of *words* with the targets of links; their marks are not needed any more."""
    links = tuple(mark for mark in words.marks if mark.kind == "link")
    return shown_plainly(Words(words.text, links)).text


def _rich_pages(shown: Sequence[Shown], profile: Profile) -> Iterator[Page]:
    page: list[Shown] = []
    size = blocks = 0
    for whole in shown:
        for part in _parts(whole, profile.rich_limit):
            weighs = part.weight
            if page and (size + part.size > profile.rich_limit or blocks + weighs > BLOCKS):
                yield _rich_page(page)
                page, size, blocks = [], 0, 0
            page.append(part)
            size += part.size + len(BETWEEN)
            blocks += weighs
    yield _rich_page(page)


def _parts(whole: Shown, limit: int) -> Iterator[Shown]:
    if whole.size <= limit and whole.weight <= BLOCKS:
        yield whole
    else:
        yield from (Shown(part) for part in divided(whole.block, limit))


def _rich_page(shown: Sequence[Shown]) -> Page:
    words = joined([one.words for one in shown], BETWEEN)
    return Page(
        text=words.text,
        entities=entities(words),
        rich={"blocks": [one.rich for one in shown]},
        plain=_plain(words),
    )


def simpler(page: Page, profile: Profile) -> tuple[Page, ...]:
    """Return *page* one step simpler, for a peer that refused it: rich, entities, plain text.

    Returns:
        The pages to send instead; none if *page* was plain already.

    """
    words = words_of(page.text, page.entities)
    if page.rich is not None:
        return tuple(_classic_pages(words, profile))
    if page.entities:
        return tuple(_classic_pages(Words(page.plain), profile))
    return ()
