"""The body of a message as it is kept until it is sent, and the forms it may be sent in.

A body is JSON: the text with its entities, the rich blocks if it deserves them, and the plain
text. When it is sent, those parts go into the request as they are; nothing is encoded twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from service.channels.telegram.text import Page, Preview, Profile, paginate, simpler

log = logging.getLogger(__name__)

CAPTION: Final = 1024
"""UTF-16 units of a caption."""
MARK_ROOM: Final = 64
"""UTF-16 units that every page leaves free."""
DOTS: Final = "…"
"""What stands where nothing has been written yet."""

_NOTHING: Final = msgspec.Raw(b"null")
_encode: Final = msgspec.json.Encoder().encode


class Body(msgspec.Struct, omit_defaults=True):
    """One page: *rich* where it is not null, else *text* with *entities*, else *plain*.

    With the name of a *file* it is a document, and *text* is what stands in it.
    """

    text: str
    plain: str = ""
    entities: msgspec.Raw = _NOTHING
    rich: msgspec.Raw = _NOTHING
    file: str = ""

    @property
    def is_rich(self) -> bool:
        """Whether it is meant to be sent as a rich message."""
        return self.rich != _NOTHING

    @property
    def has_entities(self) -> bool:
        """Whether the text is formatted."""
        return self.entities != _NOTHING


_bodies: Final = msgspec.json.Decoder(Body)


def bodies(text: str, profile: Profile, grown: Preview | None = None) -> tuple[bytes, ...]:
    """Return *text* as the bodies of messages, at least one; pure.

    *grown* has shown how it grew, and spares reading it anew; the bodies are the same.

    If the renderer fails, the person gets the text as the model wrote it, cut at line ends.
    """
    try:
        if grown is not None and grown.profile == profile:
            pages = grown.pages(text)
        else:
            pages = paginate(text, profile)
    except Exception:  # an answer must not be lost to a bug in how it looks
        log.exception("a text could not be rendered; it goes out as it is")
        return tuple(_encode(Body(text=piece)) for piece in cut_plainly(text, profile.room))
    return tuple(_encode(of_page(page)) for page in pages)


def of_file(name: str, content: str) -> bytes:
    """Return a document as the body of a message."""
    return _encode(Body(text=content, file=name))


def caption(text: str, profile: Profile) -> bytes | None:
    """Return *text* as the body of a message that is a file, or None when it is too long."""
    if not text.strip():
        return _encode(Body(text=""))
    if len(text) > 2 * CAPTION:
        return None
    first, *more = (unpacked(each) for each in bodies(text, profile))
    fits = not more and units(first.text) <= CAPTION - MARK_ROOM
    return _encode(first) if fits else None


def of_page(page: Page) -> Body:
    """Return *page* as a body."""
    body = Body(text=page.text, plain=page.plain if page.plain != page.text else "")
    if page.entities:
        body.entities = msgspec.Raw(_encode(page.entities))
    if page.rich is not None:
        body.rich = msgspec.Raw(_encode(page.rich))
    return body


def unpacked(body: bytes) -> Body:
    """Return the body that *body* holds."""
    return _bodies.decode(body)


def simpler_bodies(body: Body, profile: Profile) -> tuple[Body, ...]:
    """Return the messages that say *body* in a simpler form; none if there is no simpler one."""
    entities = msgspec.json.decode(body.entities) if body.has_entities else ()
    page = Page(
        text=body.text,
        entities=tuple(entities),
        rich={} if body.is_rich else None,
        plain=body.plain or body.text,
    )
    return tuple(of_page(each) for each in simpler(page, profile))


def with_mark(body: Body, mark: str) -> Body:
    """Return *body* with *mark* on a line of its own in front; entities move along."""
    if not mark:
        return body
    line = f"{_clipped(mark, MARK_ROOM - 1)}\n" if body.text else mark
    marked = Body(text=line + body.text, plain=line + body.plain if body.plain else "")
    if body.has_entities:
        shifted = [
            entity | {"offset": entity["offset"] + units(line)}
            for entity in msgspec.json.decode(body.entities)
        ]
        marked.entities = msgspec.Raw(_encode(shifted))
    if body.is_rich:
        rich = msgspec.json.decode(body.rich)
        rich["blocks"] = [{"type": "paragraph", "text": line.rstrip()}, *rich["blocks"]]
        marked.rich = msgspec.Raw(_encode(rich))
    return marked


def units(text: str) -> int:
    """Return the length of *text* as Telegram counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_plainly(text: str, most: int) -> Sequence[str]:
    """Return *text* in pieces of at most *most* units, cut at line ends where there are any."""
    return tuple(_pieces(text, most)) or (DOTS,)


def _pieces(text: str, most: int) -> Iterator[str]:
    rest = text.strip("\n")
    while units(rest) > most:
        head = _clipped(rest, most)
        end = head.rfind("\n") + 1 or len(head)
        if rest[:end].strip():
            yield rest[:end].rstrip("\n")
        rest = rest[end:].lstrip("\n")
    if rest.strip():
        yield rest


def _clipped(text: str, most: int) -> str:
    """Return the beginning of *text* that takes at most *most* units; no character is split."""
    if units(text) <= most:
        return text
    encoded: Any = text.encode("utf-16-le", "surrogatepass")[: most * 2]
    return str(encoded.decode("utf-16-le", "ignore"))
