"""What can go wrong between us and Telegram, and what it is called on either side of the house.

`failure` turns a refusal into aiogram's exception; `in_our_words` turns any of those into an
error of the channel port. Neither ever repeats the address that was called: it holds the token.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import msgspec

from actors.ports import (
    DeliveryError,
    DoubtError,
    GoneError,
    MovedError,
    NotSentError,
    PenaltyError,
    RefusedError,
)
from service.channels.telegram.aiogram_light import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

DEFAULT_PENALTY: Final = 5.0
"""Seconds to wait after a 429 that does not say how long."""
NO_CONNECTION_PAUSE: Final = 2.0
NO_ACCESS_PAUSE: Final = 10.0

_GONE: Final = (
    "chat not found",
    "peer_id_invalid",
    "group chat was deactivated",
    "group is deactivated",
    "bot is not a member",
    "message thread not found",
    "topic_deleted",
    "topic_closed",
    "chat_write_forbidden",
    "not enough rights to send",
    "have no rights to send",
)


class BadTokenError(Exception):
    """Telegram does not know our token; only the operator can help. One sentence says how.

    *count* is how many tokens there are, of which it knows none.
    """

    def __init__(self, count: int = 1) -> None:
        self.count = count
        super().__init__(
            "Telegram does not accept the bot token: copy it again from @BotFather "
            "(or ask it for a new one) and put it into TELEGRAM_BOT_TOKEN."
        )


class NoConnectionError(TelegramNetworkError):
    """No connection could be made, so nothing was sent."""


class GarbledReplyError(ClientDecodeError):
    """Telegram did what we asked, or not; its reply cannot be read. *body* is what came."""

    def __init__(self, name: str, body: bytes, original: Exception) -> None:
        what = f"the reply to {name} is not what it should be"
        super().__init__(what, original, f"{len(body)} bytes")
        self.body = body

    def __str__(self) -> str:
        return f"{self.message} ({type(self.original).__name__}, {self.data})"


class Parameters(msgspec.Struct):
    """What Telegram adds to some refusals."""

    retry_after: float = 0.0
    migrate_to_chat_id: int = 0


class Envelope(msgspec.Struct):
    """What every reply of Telegram is wrapped in."""

    ok: bool = False
    result: msgspec.Raw = msgspec.Raw(b"null")
    description: str = ""
    error_code: int = 0
    parameters: Parameters | None = None


_BY_STATUS: Final[dict[int, type[TelegramAPIError]]] = {
    HTTPStatus.BAD_REQUEST: TelegramBadRequest,
    HTTPStatus.UNAUTHORIZED: TelegramUnauthorizedError,
    HTTPStatus.FORBIDDEN: TelegramForbiddenError,
    HTTPStatus.NOT_FOUND: TelegramNotFound,
    HTTPStatus.CONFLICT: TelegramConflictError,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TelegramEntityTooLarge,
}


def failure(method: Any, status: int, envelope: Envelope, retry_after: str = "") -> Exception:
    """Return aiogram's exception for a reply that is not ok; *retry_after* is the HTTP header."""
    said = envelope.description or f"HTTP {status}"
    more = envelope.parameters or Parameters()
    code = envelope.error_code or status
    if code == HTTPStatus.TOO_MANY_REQUESTS or more.retry_after:
        header = float(retry_after) if retry_after.isdecimal() else DEFAULT_PENALTY
        # aiogram says int; a stand-in for Telegram may ask for less than a second.
        wait: Any = more.retry_after or header
        return TelegramRetryAfter(method=method, message=said, retry_after=wait)
    if more.migrate_to_chat_id:
        return TelegramMigrateToChat(
            method=method, message=said, migrate_to_chat_id=more.migrate_to_chat_id
        )
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TelegramServerError(method=method, message=said)
    if code < HTTPStatus.BAD_REQUEST:
        # A redirect, or a page of something between us and Telegram.
        return TelegramNetworkError(method=method, message=said)
    return _BY_STATUS.get(code, TelegramBadRequest)(method=method, message=said)


def is_refusal(problem: Exception) -> bool:
    """Tell whether Telegram definitely did not do it, and would not do it a second time.

    Only then may another form of the same message be tried: after a timeout or a server
    error the message may exist. (aiogram's TelegramEntityTooLarge is a network error by
    descent, but a refusal by meaning.)
    """
    return isinstance(problem, TelegramBadRequest | TelegramNotFound | TelegramEntityTooLarge)


def is_unmodified(problem: Exception) -> bool:
    """Tell whether an edit was refused because the message reads like that already."""
    return isinstance(problem, TelegramBadRequest) and "not modified" in problem.message.lower()


def is_unknown_method(problem: Exception) -> bool:
    """Tell whether this Bot API server is too old for the method; a wrong token is a 404 too."""
    return isinstance(problem, TelegramNotFound) and "method" in problem.message.lower()


def is_gone(problem: Exception) -> bool:
    """Tell whether the chat, or the topic, is not there, or we may not speak in it."""
    return isinstance(problem, TelegramBadRequest) and any(
        sign in problem.message.lower() for sign in _GONE
    )


def in_our_words(problem: Exception) -> DeliveryError:
    """Return the port's error for *problem*."""
    match problem:
        case DeliveryError():
            return problem
        case TelegramRetryAfter(retry_after=seconds):
            return PenaltyError(float(seconds))
        case TelegramMigrateToChat(migrate_to_chat_id=chat):
            return MovedError(chat)
        case TelegramForbiddenError():
            return GoneError(problem.message)
        case TelegramUnauthorizedError():
            # The poller stops the service over this; until then no answer may be given up.
            return NotSentError(problem.message, NO_ACCESS_PAUSE)
        case TelegramBadRequest() if is_gone(problem):
            return GoneError(problem.message)
        case TelegramNotFound() if not is_unknown_method(problem):
            return NotSentError(problem.message, NO_ACCESS_PAUSE)
        case NoConnectionError():
            return NotSentError(problem.message, NO_CONNECTION_PAUSE)
        case TelegramBadRequest() | TelegramNotFound() | TelegramEntityTooLarge():
            return RefusedError(problem.message)
        case _:
            return DoubtError(f"{type(problem).__name__}: {problem}")


def is_lost(problem: Exception) -> bool:
    """Tell whether there is no message (any more) that could be edited."""
    text = str(problem).lower()
    return is_refusal(problem) and any(
        sign in text
        for sign in ("message to edit not found", "message can't be edited", "message_id_invalid")
    )


def is_wordless(problem: Exception) -> bool:
    """Tell whether the message that should be edited is a file, which no words can replace."""
    text = str(problem).lower()
    return is_refusal(problem) and "there is no text in the message to edit" in text
