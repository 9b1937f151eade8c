"""Which chat, and which turn of it, the task in hand works for: each of its log lines says so.

Chats are named by a short hash, and a turn by that hash and its number; so the lines of one turn
are found by one search, and nobody who reads them learns whose chat it is.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any, Final

from service.observe.scrubbing import chat_hash

_HERE: Final[ContextVar[tuple[str, int] | None]] = ContextVar("working_for", default=None)


def working_for(chat: str, turn: int = 0) -> None:
    """Say that from here on this task works for that chat; 0: for no turn that is known."""
    _HERE.set((chat, turn))


def trace(chat: str, turn: int) -> str:
    """Return the name of a turn in the log."""
    return f"{chat_hash(chat)}-{turn}"


def told(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add to *event* for whom it happened; a structlog processor."""
    here = _HERE.get()
    if here is not None and "chat" not in event:
        chat, turn = here
        event["chat"] = chat_hash(chat)
        if turn:
            event["trace"] = trace(chat, turn)
    return event
