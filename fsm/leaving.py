"""Leaving a chat from which we were thrown out: nothing is owed there any more."""

from __future__ import annotations

from typing import Final

from fsm.data import Conversation
from fsm.effects import CancelGeneration, Effects
from fsm.states import BUSY, State, next_state
from fsm.values import replace

_WAYS_OUT: Final = {
    State.COLLECTING: "discard",
    State.GENERATING: "abandon",
    State.STREAMING: "abandon",
    State.COOLING: "rest",
}


def leave(conv: Conversation, now: float) -> tuple[Conversation, Effects]:
    """Owe nothing any more: only what was said stays, until somebody writes again."""
    # While cooling, too: the final that would have ended the preview is not delivered any more.
    shown = conv.state in (*BUSY, State.COOLING)
    cancel: Effects = (CancelGeneration(turn=conv.turn),) if shown else ()
    state = next_state(conv.state, _WAYS_OUT[conv.state]) if conv.state in _WAYS_OUT else conv.state
    return replace(
        conv,
        state=state,
        since=now,
        attempt=0,
        prompts=(),
        partial="",
        longest="",
        waiting=(),
        skipped=0,
        held=(),
        collected=(),
        aloud=(),
    ), cancel
