"""The answer while it grows: native drafts in private chats, edits of one bubble elsewhere.

A preview is worth little and may always be left out; so nothing here is tried twice.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import msgspec

from actors.ports import (
    Address,
    DeliveryError,
    Growth,
    NotSentError,
    PenaltyError,
    RefusedError,
    Voice,
)
from fsm.outbox import Number
from service.channels.telegram import forms
from service.channels.telegram.failures import (
    in_our_words,
    is_refusal,
    is_unknown_method,
    is_unmodified,
)
from service.channels.telegram.forms import Body
from service.channels.telegram.keyboards import Keyboards
from service.channels.telegram.marks import draft_id
from service.channels.telegram.methods import NO_PREVIEW, Rich, Text, aim
from service.channels.telegram.session import Line
from service.channels.telegram.text import Page, Preview, Profile

log = logging.getLogger(__name__)

DRAFT_TIMEOUT: Final = 5.0
REFRESH: Final = 20.0
"""A draft fades after 30 s; one that has not changed is sent again after this long."""
_KEPT: Final = 4096
PATIENCE: Final = 3
"""After so many refused or punished drafts a chat sees its answers grow by edits."""

Transport = Literal["auto", "draft", "edit", "final"]


@dataclass(slots=True, kw_only=True)
class _Growing:
    """What is shown of one turn in one chat."""

    turn: int
    attempt: int
    plain: bool
    preview: Preview
    shown: bytes = b""
    shown_at: float = 0.0
    classic: bool = False
    """Telegram refused the rich form of this answer once: the rest is shown classic."""


class Previews:
    """Shows growing answers for one bot."""

    def __init__(
        self,
        line: Line,
        keyboards: Keyboards,
        voice: Voice,
        profile: Callable[..., Profile],
        *,
        transport: Transport = "auto",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._complaints: OrderedDict[str, int] = OrderedDict()
        self._line = line
        self._keyboards = keyboards
        self._voice = voice
        self._profile = profile
        self._clock = clock
        self._no_drafts = False
        self._growing: OrderedDict[str, _Growing] = OrderedDict()

    def growth(self, address: Address) -> Growth:
        """Return how the next answer will be seen growing in a chat.

        Groups have no drafts. Where drafts were refused, or led to penalties again and again,
        answers grow by edits, unless the operator insists on drafts.
        """
        if self._transport == "final":
            return Growth.UNSEEN
        if self._transport == "edit" or not address.private:
            return Growth.BUBBLE
        insists = self._transport == "draft"
        if self._no_drafts:
            return Growth.UNSEEN if insists else Growth.BUBBLE
        tired = self._complaints.get(address.key, 0) >= PATIENCE
        return Growth.BUBBLE if tired and not insists else Growth.DRAFT

    def of(self, address: Address | None) -> Preview | None:
        """Return what has shown the answer that grows in a chat, if it was a chat and has."""
        growing = self._growing.get(address.key) if address is not None else None
        return growing.preview if growing is not None else None

    def forget(self, address: Address) -> None:
        """Drop what is known about the growing answer of a chat."""
        self._growing.pop(address.key, None)

    async def show(
        self,
        address: Address,
        *,
        turn: int,
        attempt: int,
        text: str,
        bubble: Number,
        plain: bool,
        language: str = "en",
        refresh: bool = False,
    ) -> None:
        """Show *text*; see `Channel.preview`."""
        if not bubble and (not address.private or self._no_drafts):
            return
        draft = not bubble
        growing = self._of(address, turn, attempt, plain=plain)
        if refresh:
            growing.shown_at = float("-inf")
        try:
            if bubble:
                await self._edit(address, growing, text, bubble, language)
            else:
                await self._draft(address, growing, text)
        except Exception as problem:
            if is_refusal(problem):
                self._demote(growing, problem)
            told = in_our_words(problem)
            if draft and isinstance(told, RefusedError | PenaltyError):
                self._complain(address, told)
            raise told from None

    def _complain(self, address: Address, problem: DeliveryError) -> None:
        if isinstance(problem, NotSentError):
            return  # it did not get as far as that
        self._complaints[address.key] = self._complaints.get(address.key, 0) + 1
        if len(self._complaints) > _KEPT:
            self._complaints.popitem(last=False)

    def _demote(self, growing: _Growing, refusal: Exception) -> None:
        """Show this answer classic from now on, or nothing if the server knows no drafts."""
        if not growing.classic and growing.preview.profile.rich:
            growing.classic = True
            growing.preview = Preview(replace(growing.preview.profile, rich=False))
        elif is_unknown_method(refusal):
            self._no_drafts = True
            log.warning("this Bot API server knows no drafts; answers grow by edits")

    def _of(self, address: Address, turn: int, attempt: int, *, plain: bool) -> _Growing:
        growing = self._growing.get(address.key)
        if (
            growing is None
            or (growing.turn, growing.attempt) != (turn, attempt)
            or growing.plain != plain
        ):
            preview = Preview(self._profile(plain=plain))
            growing = _Growing(turn=turn, attempt=attempt, plain=plain, preview=preview)
            self._growing[address.key] = growing
            if len(self._growing) > _KEPT:
                self._growing.popitem(last=False)
        self._growing.move_to_end(address.key)
        return growing

    async def _draft(self, address: Address, growing: _Growing, text: str) -> None:
        page, shown = (0, None) if not text.strip() else growing.preview.current(text)
        body = forms.of_page(shown) if shown is not None else Body(text="")
        call = self._call(address, body)
        call.draft_id = draft_id(growing.turn, growing.attempt, page)
        # Kept for a moment after a Stop: the part that was written follows as a message at once.
        call.can_stop = call.keep_on_stop = True
        encoded = call.encoded()
        fresh = self._clock() - growing.shown_at < REFRESH
        if encoded == growing.shown and fresh:
            return
        name = "sendRichMessageDraft" if isinstance(call, Rich) else "sendMessageDraft"
        await self._line.call(name, encoded, timeout=DRAFT_TIMEOUT, chat=address.chat)
        growing.shown, growing.shown_at = encoded, self._clock()

    async def _edit(
        self, address: Address, growing: _Growing, text: str, bubble: Number, language: str
    ) -> None:
        body = Body(text=forms.DOTS)
        if text.strip():
            number, page = growing.preview.current(text)
            if number:
                page = self._with_more(growing.preview.render(text), language)
            body = forms.of_page(page)
            if not (body.text.strip() or body.is_rich):
                return
        call = self._call(replace(address, topic=0), body)
        if isinstance(call, Text):
            call.link_preview_options = NO_PREVIEW
        aim(call, bubble)
        chat = address.chat if address.foreign else 0
        call.reply_markup = self._keyboards.stop(growing.turn, language, chat)
        encoded = call.encoded()
        if encoded == growing.shown:
            return
        try:
            await self._line.call(
                "editMessageText", encoded, timeout=DRAFT_TIMEOUT, chat=address.chat
            )
        except Exception as problem:
            if not is_unmodified(problem):
                raise
        growing.shown, growing.shown_at = encoded, self._clock()

    def _with_more(self, page: Page, language: str) -> Page:
        """Return *page* with a line under it that more follows."""
        more = self._voice.say(language, "more-follows")[: forms.MARK_ROOM - 2]
        rich = page.rich
        if rich is not None:
            rich = rich | {"blocks": [*rich["blocks"], {"type": "footer", "text": more}]}
        return replace(page, text=f"{page.text}\n{more}", rich=rich)

    def _call(self, address: Address, body: Body) -> Text | Rich:
        if body.is_rich:
            return Rich(
                chat_id=address.chat, message_thread_id=address.topic, rich_message=body.rich
            )
        return Text(
            chat_id=address.chat,
            message_thread_id=address.topic,
            text=body.text,
            entities=body.entities if body.has_entities else msgspec.UNSET,
        )
