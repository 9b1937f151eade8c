"""The value that a chat actor owns: a conversation and what it still has to say."""

from __future__ import annotations

from dataclasses import dataclass, field

from fsm.data import Conversation
from fsm.events import Grew
from fsm.outbox import Outbox, PartMoved, move
from fsm.states import BUSY, State
from fsm.values import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """The value that a chat actor owns and its snapshot holds."""

    key: str = ""
    """`telegram.<bot>.<chat>[.<topic>]`."""
    conversation: Conversation = field(default_factory=Conversation)
    outbox: Outbox = field(default_factory=Outbox)
    moved_to: str = ""
    """Key of the chat that this one has become."""
    moved_from: str = ""
    """Key of the chat that this one was before."""


def apply(chat: Chat, delta: PartMoved | Grew) -> Chat:
    """Return *chat* after a small change that the journal kept by itself."""
    if isinstance(delta, PartMoved):
        return replace(chat, outbox=move(chat.outbox, delta))
    conv = chat.conversation
    if conv.state not in BUSY or (conv.turn, conv.attempt) != (delta.turn, delta.attempt):
        return chat
    return replace(chat, conversation=replace(conv, state=State.STREAMING, partial=delta.text))
