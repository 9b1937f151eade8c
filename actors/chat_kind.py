"""What a chat actor is made of: which hook of the runtime is whose, and the numbers.

The service, the tests of the chats and the benchmark of the runtime all make it here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from actors.chat import Chat, owed_by
from actors.messages import Inbound
from actors.runtime import (
    Committed,
    Effect,
    Escalate,
    InHand,
    Kind,
    Passivation,
    Ref,
    RestartPolicy,
    Skip,
    Turn,
    by_type,
)
from fsm.events import Stopped
from fsm.states import IllegalMoveError, State

QUIET: Final = 60.0
"""Seconds after which a chat that nobody talks to goes to rest: packed, it takes a sixth of the
memory, for 0.2 ms of CPU each time. No shorter than crashes are remembered (`RestartPolicy`)."""
MOST_CHATS: Final = 20_000
MOST_BYTES: Final = 256_000_000
"""What chats may take in memory together, by `weight`; the least recently used leave first."""

POLICY: Final = RestartPolicy(
    decide=by_type(
        {
            # The rules are pure: what they do not allow, they do not allow a moment later.
            IllegalMoveError: Skip(),
            # Not this chat's trouble, and no chat would survive it for long.
            MemoryError: Escalate(),
        }
    )
)


def weight(chat: Chat) -> int:
    """Return about how many bytes *chat* takes in memory; costs some microseconds."""
    conv = chat.conversation
    said = sum(len(turn.answer) for turn in conv.memory)
    asked = sum(len(prompt.text) for turn in conv.memory for prompt in turn.prompts)
    used = sum(
        len(result.output) for turn in conv.memory for step in turn.steps for result in step.results
    )
    # Two bytes a character fit most scripts; a turn and its prompt are some 500 of objects.
    return 1500 + 500 * len(conv.memory) + 2 * (said + asked + used)


def owes_nothing(chat: Chat) -> bool:
    """Return whether *chat* may sleep until somebody writes to it."""
    return owed_by(chat) is None


def state_of(chat: Chat) -> State:
    """Return the state that the timers of *chat* belong to: they die with it."""
    return chat.conversation.state


def chat_kind(
    *,
    turn: Callable[[Any, Any, float], tuple[Any, Sequence[object]]],
    resume: Callable[[Any, float], tuple[Any, Sequence[object]]],
    commit: Callable[[Turn[Any]], Committed[Any] | None],
    perform: Callable[[Ref, object, Any], Sequence[Effect]],
    poisoned: Callable[[Any, Any, BaseException], tuple[Any, Sequence[object]]],
    load: Callable[[str], Awaitable[Any]],
    retire: Callable[[str, Any], Awaitable[None]],
    refill: Callable[[str, int], Sequence[Any]],
    slot: InHand,
    initial: Callable[[str], Any] = lambda key: Chat(key=key),
    may_retire: Callable[[Any], bool] = owes_nothing,
    stage: Callable[[Any], Any] = state_of,
    size: Callable[[Any], int] = weight,
    policy: RestartPolicy = POLICY,
) -> Kind[Any, Any]:
    """Return the kind of actor that a chat is, around what its turns, store and effects do.

    A mailbox that is full spills into the journal, which *refill* reads again.
    """
    return Kind(
        behaviour=turn,
        initial=initial,
        perform=perform,
        commit=commit,
        slot=slot,
        stage=stage,
        load=load,
        replayed=lambda message: type(message) is Inbound and message.replayed,
        resume=resume,
        passivation=Passivation(idle=QUIET, limit=MOST_CHATS, limit_bytes=MOST_BYTES, size=size),
        may_retire=may_retire,
        retire=retire,
        refill=refill,
        policy=policy,
        poisoned=poisoned,
        # A Stop does not wait for the end of a backoff.
        urgent=lambda message: type(message) is Inbound and isinstance(message.event, Stopped),
    )
