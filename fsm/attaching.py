"""The code of an answer as files, for whoever wants to keep it rather than to read it."""

from __future__ import annotations

from fsm.data import Conversation
from fsm.effects import Attach, Effects, Say
from fsm.events import Chosen


def attach(conv: Conversation, event: Chosen) -> tuple[Conversation, Effects]:
    """Send the code of the answer whose button was pressed, while it is remembered."""
    for turn in reversed(conv.memory):
        if turn.number == event.about and turn.answer:
            return conv, (Attach(text=turn.answer, language=event.language),)
    return conv, (Say(key="button-old", language=event.language),)
