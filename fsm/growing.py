"""What a person sees of an answer before its last word: the text so far, and what is going on."""

from __future__ import annotations

from fsm.data import Conversation
from fsm.effects import Effects, Show
from fsm.events import (
    Grew,
)
from fsm.states import State, next_state
from fsm.tool_events import Progressed
from fsm.values import replace

Decided = tuple[Conversation, Effects]


def grow(conv: Conversation, event: Grew, now: float) -> Decided:
    """Note the answer so far and let the person see it."""
    if len(event.text) <= len(conv.partial):
        return conv, ()
    first = conv.state is not State.STREAMING
    moved = replace(
        conv,
        state=next_state(conv.state, "grow"),
        since=now if first else conv.since,
        partial=event.text,
    )
    return moved, (Show(turn=conv.turn, attempt=conv.attempt, text=event.text),)


def progress(conv: Conversation, event: Progressed) -> Decided:
    """Let the person see what the model is at; nothing is remembered of it."""
    shown = Show(
        turn=conv.turn,
        attempt=conv.attempt,
        text=conv.partial,
        doing=event.key,
        doing_args=event.args,
    )
    return conv, (shown,)
