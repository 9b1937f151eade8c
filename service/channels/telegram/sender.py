"""Final messages: sent once, whole, in the best form that Telegram takes.

A form is given up only when Telegram has definitely refused it. After a timeout or a server
error the message may exist, so nothing else is tried, and the error says that nobody knows.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import msgspec

from actors.ports import Address, FetchError, RefusedError, Voice
from fsm.media import Media
from fsm.outbox import Answer, Number
from service.channels.telegram import forms
from service.channels.telegram.aiogram_light import Bot
from service.channels.telegram.failures import (
    in_our_words,
    is_gone,
    is_lost,
    is_refusal,
    is_unknown_method,
    is_unmodified,
    is_wordless,
)
from service.channels.telegram.forms import Body
from service.channels.telegram.keyboards import Keyboards
from service.channels.telegram.methods import (
    NO_PREVIEW,
    Fragment,
    Removal,
    Rich,
    SentAbroad,
    Text,
    aim,
    number_of,
)
from service.channels.telegram.offers import article
from service.channels.telegram.session import Line
from service.channels.telegram.text import Profile
from service.channels.telegram.uploads import Fetch, Uploads, can_replace

log = logging.getLogger(__name__)

_HALF_SENT: Final = 256
Place = tuple[str, int, int]


class Sender:
    """Sends and completes messages for one bot."""

    def __init__(
        self,
        line: Line,
        keyboards: Keyboards,
        bot: Bot,
        voice: Voice,
        fetch: Fetch,
        *,
        rich: bool = True,
    ) -> None:
        """*fetch* returns the bytes of files that were made for people."""
        self._uploads = Uploads(bot, fetch)
        self._voice = voice
        self._line = line
        self._keyboards = keyboards
        self._rich = rich
        self._half_sent: OrderedDict[Place, list[Number]] = OrderedDict()
        self._pages = 0

    def profile(self, *, plain: bool) -> Profile:
        """Return how answers look in a chat that wants them *plain* or not."""
        return Profile(rich=self._rich and not plain, plain=plain)

    async def deliver(self, address: Address, answer: Answer, index: int, *, mark: str) -> Number:
        """Send, or edit, part *index* of *answer*; see `Channel.deliver`."""
        if not answer.bubble and not answer.parts[index].body:
            return await self._remove(address, answer.place(index))
        body = _bubble() if answer.bubble else forms.unpacked(answer.parts[index].body)
        marked = forms.with_mark(body, mark)
        last = index == len(answer.parts) - 1
        keyboard: Fragment = msgspec.UNSET
        chat = address.chat if address.foreign else 0
        if last or answer.bubble:
            keyboard = self._keyboards.of(answer, private=address.private, chat=chat)
        if answer.bubble and keyboard is msgspec.UNSET:
            keyboard = self._keyboards.stop(answer.turn, answer.language, chat)
        edit = answer.place(index)
        if address.foreign and not edit and not answer.ticket:
            raise RefusedError("in a chat that is not ours there is no second message")
        reply = answer.reply_to if index == 0 else 0
        try:
            if answer.ticket:
                return await self._claim(answer, marked, keyboard)
            if body.file:
                return await self._uploads.document(address, body, mark)
            if (media := answer.parts[index].media) is not None and not address.foreign:
                return await self._file(address, answer, media, marked, int(edit), reply, keyboard)
            if answer.bubble or not (marked.is_rich or marked.has_entities):
                return await self._one(address, marked, edit, reply, keyboard)
            place = (address.key, answer.id, index)
            return await self._best(address, marked, edit, reply, keyboard, place)
        except Exception as problem:
            raise in_our_words(problem) from None

    async def _claim(self, answer: Answer, body: Body, keyboard: Fragment) -> str:
        """Say the one thing that a ticket is good for; return what Telegram calls the message."""
        title = self._keyboards.title(answer.language)
        claim = {
            "guest_query_id": answer.ticket,
            "result": article(title, body, keyboard),
        }
        result = await self._line.call("answerGuestQuery", msgspec.json.encode(claim))
        return msgspec.json.decode(result, type=SentAbroad).inline_message_id

    async def _file(
        self,
        address: Address,
        answer: Answer,
        media: Media,
        body: Body,
        edit: int,
        reply: int,
        keyboard: Fragment,
    ) -> Number:
        """Send a file; where it got lost, its caption and a sentence that says so."""
        if edit and not can_replace(media):
            await self._remove(address, edit)
            edit = 0
        try:
            return await self._uploads.send(address, media, body, edit, reply, keyboard)
        except FetchError:
            log.exception("a file that was made cannot be read (any more)")
        except Exception as refusal:
            if media.made or not is_refusal(refusal) or is_gone(refusal):
                raise
            log.warning("a file of long ago is not known any more (%s)", refusal)
        lost = self._voice.plain(answer.language, "file-lost")
        words = Body(text=f"{body.text}\n\n{lost}".lstrip())
        return await self._one(address, words, edit, reply, keyboard)

    async def page(self, address: Address, body: bytes, keyboard: Fragment) -> Number:
        """Send one body with any *keyboard*: a page for operators, which no outbox holds.

        Raises:
            DeliveryError: As `Channel.deliver`.

        """
        self._pages += 1
        try:
            place = (address.key, -self._pages, 0)
            return await self._best(address, forms.unpacked(body), 0, 0, keyboard, place)
        except Exception as problem:
            raise in_our_words(problem) from None

    async def _best(
        self,
        address: Address,
        body: Body,
        edit: Number,
        reply: int,
        keyboard: Fragment,
        place: Place,
    ) -> Number:
        """Send *body* in the best form that is taken: rich, with entities, plain."""
        refused: Exception = RefusedError("this server takes no rich messages")
        if place not in self._half_sent and (self._rich or not body.is_rich):
            try:
                return await self._one(address, body, edit, reply, keyboard)
            except Exception as refusal:
                if not is_refusal(refusal) or is_gone(refusal):
                    raise
                self._note(refusal, body)
                refused = refusal
        simpler = forms.simpler_bodies(body, Profile(rich=False))
        if not simpler:
            raise refused
        if len(simpler) == 1 or address.foreign:
            return await self._best(address, simpler[0], edit, reply, keyboard, place)
        return await self._several(address, simpler, edit, reply, keyboard, place)

    async def _several(
        self,
        address: Address,
        pages: Sequence[Body],
        edit: Number,
        reply: int,
        keyboard: Fragment,
        place: Place,
    ) -> Number:
        """Send a part that became several messages; if it breaks off, a repeat goes on there."""
        sent = self._half_sent.setdefault(place, [])
        if len(self._half_sent) > _HALF_SENT:
            self._half_sent.popitem(last=False)
        for at in range(len(sent), len(pages)):
            last = at == len(pages) - 1
            number = await self._best(
                address,
                pages[at],
                0 if at else edit,
                0 if at else reply,
                keyboard if last else msgspec.UNSET,
                (*place[:2], place[2] * 100 + at + 1),
            )
            sent.append(number)
        del self._half_sent[place]
        return sent[0]

    async def _one(
        self, address: Address, body: Body, edit: Number, reply: int, keyboard: Fragment
    ) -> Number:
        """Send or edit one message in exactly this form."""
        if edit:
            try:
                return await self._edit(address, body, edit, keyboard)
            except Exception as problem:
                if is_unmodified(problem):
                    return edit
                if isinstance(edit, str):
                    raise
                if is_wordless(problem):
                    await self._remove(address, edit)
                elif not is_lost(problem):
                    raise
            # Somebody deleted the message that this would have completed.
        call = _call(address, body, keyboard)
        if reply:
            # Whoever deleted the question still gets the answer.
            call.reply_parameters = msgspec.Raw(
                b'{"message_id":%d,"allow_sending_without_reply":true}' % reply
            )
        name = "sendRichMessage" if isinstance(call, Rich) else "sendMessage"
        return number_of(await self._line.call(name, call.encoded(), chat=address.chat))

    async def _edit(self, address: Address, body: Body, edit: Number, keyboard: Fragment) -> Number:
        call = _call(address, body, keyboard)
        aim(call, edit)
        await self._line.call("editMessageText", call.encoded(), chat=address.chat)
        return edit

    async def _remove(self, address: Address, message: Number) -> Number:
        """Take a message of ours away; one that cannot be (any more) stays as it is."""
        if isinstance(message, str):
            return message
        call = Removal(chat_id=address.chat, message_id=message)
        try:
            await self._line.call("deleteMessage", call.encoded(), chat=address.chat)
        except Exception as problem:
            if not is_refusal(problem) or is_gone(problem):
                raise in_our_words(problem) from None
        return message

    def _note(self, refusal: Exception, body: Body) -> None:
        """Remember that this server knows no rich messages; a refused content proves nothing."""
        if body.is_rich and is_unknown_method(refusal):
            self._rich = False
            log.warning("this Bot API server knows no rich messages; sending classic ones")
            return
        form = "rich" if body.is_rich else "formatted"
        log.warning("a %s message was refused (%s); a simpler one goes out", form, refusal)


def _call(address: Address, body: Body, keyboard: Fragment) -> Text | Rich:
    if body.is_rich:
        return Rich(
            chat_id=address.chat,
            message_thread_id=address.topic,
            rich_message=body.rich,
            reply_markup=keyboard,
        )
    return Text(
        chat_id=address.chat,
        message_thread_id=address.topic,
        text=body.text or forms.DOTS,
        entities=body.entities if body.has_entities else msgspec.UNSET,
        link_preview_options=NO_PREVIEW,
        reply_markup=keyboard,
    )


def _bubble() -> Body:
    return Body(text=forms.DOTS)
