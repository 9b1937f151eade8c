"""A group becomes a supergroup: its chat gets another key, and takes everything along.

The old actor notes where it moves and hands its value over; the new one takes it and, once that
is on disk, tells the old one, which only then lets go. A crash in between repeats the handing
over, and the new one takes it only once. Mail that still comes to the old one is passed on.
"""

from __future__ import annotations

from dataclasses import dataclass

from actors.chat_value import Chat
from actors.messages import Moved
from actors.ports import Address
from fsm.data import Conversation
from fsm.effects import CancelGeneration
from fsm.memory import Fact, Turn
from fsm.outbox import Answer, PartState, take
from fsm.states import BUSY, State
from fsm.values import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Bequeath:
    """Intention of the old chat: hand over what it is."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """To the new chat: this is what you were under your old key."""

    was: Chat


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Intention of the new chat: tell the old one, once everything is on disk."""

    old: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bequeathed:
    """To the old chat: the new one has everything; let go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOn:
    """Intention of the old chat: this mail is for the new one."""

    to: str
    mail: object


def leave(chat: Chat, moved: Moved) -> tuple[Chat, tuple[object, ...]]:
    """Return *chat* on its way to its new key."""
    address = Address.parse(chat.key)
    to = replace(address, chat=moved.chat).key
    conv = chat.conversation
    stop = (CancelGeneration(turn=conv.turn),) if conv.state in BUSY else ()
    return replace(chat, moved_to=to), (*stop, Bequeath(to=to))


def let_go(chat: Chat) -> Chat:
    """Return what is left of a chat whose new key has everything."""
    return Chat(key=chat.key, moved_to=chat.moved_to)


def is_handing_over(chat: Chat) -> bool:
    """Whether *chat* has moved and still holds what it was."""
    return bool(chat.moved_to) and chat != let_go(chat)


def inherit(chat: Chat, was: Chat) -> Chat:
    """Return *chat* with what it *was* under its old key.

    The numbers of messages start anew in the new group, so nothing that is said can change an
    old message. If people were quicker and a talk is going on already, the old one is its past.
    """
    old, new = was.conversation, chat.conversation
    outbox = replace(chat.outbox, next_id=max(chat.outbox.next_id, was.outbox.next_id))
    for answer in was.outbox.answers:
        if not answer.bubble and answer.parts[0].body:
            outbox = take(outbox, _elsewhere(answer))
    if new == Conversation():
        conv = old
    else:
        unanswered = old.prompts if old.state in BUSY else ()
        conv = replace(
            new,
            memory=(*_numbered_before(old.memory), *new.memory),
            waiting=(*unanswered, *old.collected, *old.waiting, *new.waiting),
            facts=_numbered_anew((*old.facts, *new.facts)),
            plain=old.plain,
            preferences=old.preferences,
        )
    return replace(chat, conversation=conv, outbox=outbox, moved_from=was.key)


def is_at_rest(chat: Chat) -> bool:
    """Whether nothing is going on in *chat*, so that what it inherits has to be started."""
    return chat.conversation.state is State.IDLE


def _elsewhere(answer: Answer) -> Answer:
    """Return *answer* as it is sent to a place where nothing of it is known."""
    parts = tuple(
        replace(part, state=PartState.PENDING) if part.state is PartState.SENDING else part
        for part in answer.parts
    )
    return replace(answer, parts=parts, edit=0, edits=(), reply_to=0)


def _numbered_before(memory: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return *memory* with numbers below those of any turn, in the same order."""
    return tuple(replace(turn, number=at - len(memory)) for at, turn in enumerate(memory))


def _numbered_anew(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return *facts* as if all of them had been pinned before anything was said."""
    first = min((fact.after for fact in facts), default=0)
    return tuple(replace(fact, number=at, after=first) for at, fact in enumerate(facts, 1))
