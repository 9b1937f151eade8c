"""The answer while it is still being written."""

from __future__ import annotations

from collections.abc import Iterator

from service.channels.telegram.text.held import held
from service.channels.telegram.text.markdown import parsed
from service.channels.telegram.text.pages import (
    Page,
    Profile,
    Shown,
    bound,
    read_as,
    visible_blocks,
)
from service.channels.telegram.text.prepare import defines
from service.channels.telegram.text.thoughts import sanitised, without_thoughts

__all__ = ["Preview"]


class Preview:
    """Shows a growing text; one for each attempt at an answer.

    Blocks that can change no more are kept as they look, so only the end is parsed again. Any
    text may be given: one that does not continue the last is simply read from its beginning.
    """

    __slots__ = ("_clean", "_closed", "_head", "_raw", "profile")

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._raw = ""
        self._clean = ""
        self._head = ""
        self._closed: list[Shown] = []

    def render(self, text: str, *, done: bool = False) -> Page:
        """Return page one of *text* so far.

        Half-written marks at the very end are held back or completed, unless the text is *done*:
        then this is the first page of `paginate`, exactly.
        """
        return next(self._pages(text, done=done))

    def pages(self, text: str) -> tuple[Page, ...]:
        """Return what `paginate` makes of *text*, exactly; only its end is read if it has grown."""
        shown = self._shown(text, done=True)
        read_as(text, tuple(one.block for one in shown))
        return tuple(bound(shown, self.profile))

    def current(self, text: str, *, done: bool = False) -> tuple[int, Page]:
        """Return the page being written now, and its number from 0."""
        *before, page = self._pages(text, done=done)
        return len(before), page

    def _pages(self, text: str, *, done: bool) -> Iterator[Page]:
        return bound(self._shown(text, done=done), self.profile)

    def _shown(self, text: str, *, done: bool) -> list[Shown]:
        clean = without_thoughts(self._sanitised(text))
        if defines(clean):  # a definition changes words far away: nothing is certain
            return [Shown(block) for block in parsed(clean if done else held(clean)).blocks]
        if not clean.startswith(self._head):
            self._head, self._closed = "", []
        tail = clean[len(self._head) :]
        found = parsed(tail if done else held(tail))
        shown = [Shown(block) for block in found.blocks]
        if found.closed:
            self._closed += shown[: found.closed]
            self._head += tail[: found.settled]
        if done and not self._closed and not shown:
            return [Shown(block) for block in visible_blocks(text)]
        return [*self._closed, *shown[found.closed :]]

    def _sanitised(self, text: str) -> str:
        """Return *text* sanitised; of a text that has grown, only what is new is looked at."""
        grown = bool(self._raw) and text.startswith(self._raw)
        more = text[len(self._raw) :] if grown else text
        clean = sanitised(more)
        self._clean = self._clean + clean if grown else clean
        if text.endswith("\r"):  # may be half of a line end: look at it again
            self._raw = ""
            return self._clean
        self._raw = text
        return self._clean
