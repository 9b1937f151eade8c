"""Asking the last question again, by a command or by the button under its answer."""

from __future__ import annotations

from fsm import branches, turns
from fsm.data import Conversation, Rules
from fsm.effects import Say
from fsm.events import Retried
from fsm.states import BUSY, State
from fsm.turns import Decided
from fsm.values import replace


def retried(conv: Conversation, event: Retried, now: float, rules: Rules) -> Decided:
    """Ask the last question again; its old answer leaves the memory.

    Whoever pressed the button under the answer sees the new one in its place. Under an older
    answer the question is asked as if it were written now: much may have been said since.
    """
    last = conv.memory[-1] if conv.memory else None
    if conv.state in BUSY or conv.state is State.COLLECTING:
        return conv, (Say(key="busy", language=event.language),)
    if event.turn is not None:
        asked = next((turn for turn in conv.memory if turn.number == event.turn), None)
        if asked is None:
            return conv, (Say(key="retry-gone", language=event.language),)
        if asked is not last:
            rest = replace(conv, memory=branches.without(conv.memory, asked))
            return turns.ask(rest, asked.prompts, now, rules, again=asked)
        return turns.answer_again(conv, asked.prompts, now, rules)
    if last is None:
        return conv, (Say(key="nothing-to-retry", language=event.language),)
    forgotten = replace(conv, memory=conv.memory[:-1])
    return turns.ask(forgotten, last.prompts, now, rules, again=last)
