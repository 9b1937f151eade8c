"""The calls that are made for every message, in their leanest form.

aiogram's models cost 5 us to 23 ms a call, and their results can fail on fields that Telegram
added yesterday, after the message was sent. So what is sent often is a msgspec struct whose
large parts (entities, rich blocks, keyboards) are JSON already, and of the reply only what we
need is read. Everything else goes through aiogram.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, TypeVar, cast

import msgspec

from fsm.outbox import Number
from service.channels.telegram.aiogram_light import TelegramMethod

Fragment = msgspec.Raw | msgspec.UnsetType
"""A value that is JSON already, or absent."""

NO_PREVIEW: Final = msgspec.Raw(b'{"is_disabled":true}')

T = TypeVar("T")


class LeanMethod(TelegramMethod[T]):
    """A method whose result we read ourselves: it cannot fail on what we do not know."""

    decoder: ClassVar[msgspec.json.Decoder[Any]]

    @classmethod
    def read(cls, result: msgspec.Raw) -> T:
        """Return the value of a reply.

        Raises:
            msgspec.DecodeError, ValueError: It is something else.

        """
        return cast("T", cls.decoder.decode(result))


class RawGetUpdates(LeanMethod[list[dict[str, Any]]]):
    """getUpdates with plain dicts: a type of update nobody knows yet must not block the bot."""

    __returning__: ClassVar[Any] = list
    __api_method__: ClassVar[str] = "getUpdates"
    decoder: ClassVar[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(list[dict[str, Any]])

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


class Sent(msgspec.Struct):
    """What we want to know about a message we sent."""

    message_id: int = 0


class SentAbroad(msgspec.Struct):
    """What Telegram calls a message of ours in a chat that is not ours."""

    inline_message_id: str


class _Call(msgspec.Struct, omit_defaults=True, kw_only=True):
    chat_id: int = 0
    message_thread_id: int = 0

    def encoded(self) -> bytes:
        """Return the body of the request."""
        return _encode(self)


class Text(_Call, omit_defaults=True, kw_only=True):
    """sendMessage, editMessageText (with message_id) and sendMessageDraft (with draft_id)."""

    text: str = ""
    message_id: int = 0
    inline_message_id: str = ""
    draft_id: int = 0
    can_stop: bool = False
    keep_on_stop: bool = False
    entities: Fragment = msgspec.UNSET
    link_preview_options: Fragment = msgspec.UNSET
    reply_parameters: Fragment = msgspec.UNSET
    reply_markup: Fragment = msgspec.UNSET


class Rich(_Call, omit_defaults=True, kw_only=True):
    """sendRichMessage, editMessageText (with message_id) and sendRichMessageDraft."""

    rich_message: Fragment = msgspec.UNSET
    message_id: int = 0
    inline_message_id: str = ""
    draft_id: int = 0
    can_stop: bool = False
    keep_on_stop: bool = False
    reply_parameters: Fragment = msgspec.UNSET
    reply_markup: Fragment = msgspec.UNSET


def aim(call: Text | Rich, message: Number) -> None:
    """Let *call* change *message*: one of a chat's, or one that stands in a chat of others."""
    call.message_thread_id = 0
    if isinstance(message, str):
        call.chat_id, call.inline_message_id = 0, message
    else:
        call.message_id = message


class Removal(_Call, omit_defaults=True, kw_only=True):
    """deleteMessage."""

    message_id: int


class Action(_Call, omit_defaults=True, kw_only=True):
    """sendChatAction."""

    action: str


_encode: Final = msgspec.json.Encoder().encode
_sent: Final = msgspec.json.Decoder(Sent)


def number_of(result: msgspec.Raw) -> int:
    """Return the number of the message in *result*, or 0 where a reply is just ``true``."""
    return _sent.decode(result).message_id if bytes(memoryview(result)[:1]) == b"{" else 0
