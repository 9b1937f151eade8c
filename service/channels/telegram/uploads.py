"""Messages that are files: pictures and sounds that were made for people, and what stands by them.

A file goes out as what it is to people (a photo, a voice message), and as a document where
Telegram does not take it as that.
"""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from actors.ports import Address
from fsm.media import Media, MediaKind
from service.channels.telegram.aiogram_light import (
    Bot,
    BufferedInputFile,
    EditMessageMedia,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    MessageEntity,
    ReplyParameters,
    SendAudio,
    SendDocument,
    SendPhoto,
    SendVideo,
    SendVoice,
    TelegramMethod,
)
from service.channels.telegram.failures import is_gone, is_lost, is_refusal, is_unmodified
from service.channels.telegram.forms import Body
from service.channels.telegram.methods import Fragment

log = logging.getLogger(__name__)

Fetch = Callable[[Media], Awaitable[bytes]]
InputMedia = InputMediaAudio | InputMediaDocument | InputMediaPhoto | InputMediaVideo

TIMEOUT: Final = 60
LARGEST_PHOTO: Final = 10_000_000
"""Bytes that Telegram takes as a photo; a larger picture is a document."""
_SOUNDS: Final = frozenset({"audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/m4a"})
_PHOTOS: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
_ENDINGS: Final = {"audio/ogg": ".ogg", "audio/wav": ".wav", "image/webp": ".webp"}


class Uploads:
    """Sends files for one bot; *fetch* returns the bytes of those that Telegram has not got."""

    def __init__(self, bot: Bot, fetch: Fetch) -> None:
        self._bot = bot
        self._fetch = fetch

    async def send(
        self,
        address: Address,
        media: Media,
        body: Body,
        edit: int,
        reply: int,
        keyboard: Fragment,
    ) -> int:
        """Send *media* with *body* as its caption, or put it in the place of message *edit*.

        Raises:
            FetchError: The file is not there any more.
            TelegramAPIError, GarbledReplyError: As aiogram's `Bot`.

        """
        file: InputFile | str = media.ref
        if media.made:
            data = await self._fetch(media)
            file = BufferedInputFile(data, media.name or f"{media.kind.value}{_ending(media.mime)}")
        about = _about(body, keyboard)
        if edit and (number := await self._replaced(address, media, file, edit, about)):
            return number
        about |= {"chat_id": address.chat, "message_thread_id": address.topic or None}
        if reply:
            about["reply_parameters"] = ReplyParameters(
                message_id=reply, allow_sending_without_reply=True
            )
        try:
            return await self._call(_method(media, file, about))
        except Exception as refusal:
            if not self._may_be_simpler(refusal, media):
                raise
            return await self._call(SendDocument(document=file, **about))

    async def document(self, address: Address, body: Body, mark: str) -> int:
        """Send the words of *body* as a text file."""
        call = SendDocument(
            chat_id=address.chat,
            message_thread_id=address.topic or None,
            document=BufferedInputFile(body.text.encode(), body.file),
            caption=mark or None,
        )
        return await self._call(call)

    async def _replaced(
        self, address: Address, media: Media, file: InputFile | str, edit: int, about: Any
    ) -> int:
        """Put a file in the place of a message; return 0 when that message cannot be had."""
        told = {key: about[key] for key in ("caption", "caption_entities")}

        async def replace(by: InputMedia) -> None:
            call = EditMessageMedia(
                chat_id=address.chat,
                message_id=edit,
                media=by,
                reply_markup=about["reply_markup"],
            )
            await self._bot(call, request_timeout=TIMEOUT)

        try:
            try:
                await replace(_input(media, file, told))
            except Exception as refusal:
                if not self._may_be_simpler(refusal, media):
                    raise
                await replace(InputMediaDocument(media=file, **told))
        except Exception as problem:
            if is_unmodified(problem):
                return edit
            if not is_lost(problem):
                raise
            return 0
        return edit

    def _may_be_simpler(self, refusal: Exception, media: Media) -> bool:
        """Tell whether to try once more with a document; anything else is final."""
        final = is_gone(refusal) or is_lost(refusal) or is_unmodified(refusal)
        if final or not is_refusal(refusal):
            return False
        log.warning("a %s was refused (%s); it goes out as a document", media.kind, refusal)
        return True

    async def _call(self, call: TelegramMethod[Any]) -> int:
        return int((await self._bot(call, request_timeout=TIMEOUT)).message_id)


def can_replace(media: Media) -> bool:
    """Whether *media* can take the place of a message; a voice message cannot."""
    return media.kind is not MediaKind.VOICE


def _form(media: Media) -> MediaKind:
    """Return as what Telegram takes *media*."""
    match media.kind:
        case MediaKind.PICTURE if media.mime in _PHOTOS and media.size <= LARGEST_PHOTO:
            return MediaKind.PICTURE
        case MediaKind.AUDIO if media.mime in _SOUNDS:
            return MediaKind.AUDIO
        case MediaKind.VOICE | MediaKind.VIDEO:
            return media.kind
        case _:
            return MediaKind.DOCUMENT


def _input(media: Media, file: InputFile | str, told: dict[str, Any]) -> InputMedia:
    match _form(media):
        case MediaKind.PICTURE:
            return InputMediaPhoto(media=file, **told)
        case MediaKind.AUDIO:
            return InputMediaAudio(media=file, **told)
        case MediaKind.VIDEO:
            return InputMediaVideo(media=file, **told)
        case _:
            return InputMediaDocument(media=file, **told)


def _method(media: Media, file: InputFile | str, about: dict[str, Any]) -> TelegramMethod[Any]:
    match _form(media):
        case MediaKind.PICTURE:
            return SendPhoto(photo=file, **about)
        case MediaKind.VOICE:
            return SendVoice(voice=file, **about)
        case MediaKind.AUDIO:
            return SendAudio(audio=file, **about)
        case MediaKind.VIDEO:
            return SendVideo(video=file, **about)
        case _:
            return SendDocument(document=file, **about)


def _about(body: Body, keyboard: Fragment) -> dict[str, Any]:
    entities = msgspec.json.decode(body.entities) if body.has_entities else ()
    markup = None
    if isinstance(keyboard, msgspec.Raw):
        markup = InlineKeyboardMarkup.model_validate(msgspec.json.decode(keyboard))
    return {
        "caption": body.text or None,
        "caption_entities": [MessageEntity.model_validate(each) for each in entities] or None,
        "reply_markup": markup,
    }


def _ending(mime: str) -> str:
    return _ENDINGS.get(mime) or mimetypes.guess_extension(mime) or ""
