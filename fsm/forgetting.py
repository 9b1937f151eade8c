"""Letting go of what is remembered, all at once or one by one, and taking up an old talk again."""

from __future__ import annotations

from typing import Final

from fsm import facts, promises, turns
from fsm.collecting import WINDOW
from fsm.data import Conversation, Rules
from fsm.effects import (
    Button,
    CancelGeneration,
    Effect,
    Effects,
    Erase,
    Say,
    StopTimer,
    Wish,
)
from fsm.events import Chosen, Commanded
from fsm.flow import moves, plans
from fsm.flow.state import Flows
from fsm.states import BUSY, State
from fsm.values import replace

ALL: Final = frozenset({"all", "everything", "全部", "所有"})


def forget(conv: Conversation, event: Commanded) -> tuple[Conversation, Effects]:
    """Forget one fact by its place in the list, or ask whether everything is meant."""
    wanted = event.text.strip().lower()
    if wanted in ALL or (not wanted and not conv.facts):
        return ask(conv, event.language)
    if wanted.isdecimal():
        return facts.forget_named(conv, int(wanted), event.language)
    if wanted:
        return conv, (Say(key="forget-which", language=event.language),)
    return facts.show(conv, event)


def ask(conv: Conversation, language: str) -> tuple[Conversation, Effects]:
    """Ask whether everything shall be forgotten: there is no way back."""
    sure = Button(wish=Wish.FORGET_SURE)
    return conv, (Say(key="forget-sure", buttons=(sure,), language=language),)


def everything(conv: Conversation, language: str, now: float) -> tuple[Conversation, Effects]:
    """Forget all of it: talk, summary, facts, choices, and what lies on the disk."""
    timers = (WINDOW, turns.PAUSE, promises.REMINDER, moves.TIMER, plans.TIMER)
    effects: list[Effect] = [StopTimer(name=name) for name in timers]
    if conv.state in BUSY:
        effects.append(CancelGeneration(turn=conv.turn))
        # Also the end of a bubble that the dropped answer may have left.
        effects.append(Say(key="stopped", turn=conv.turn, language=language))
    # Numbers go on, so that an old button never means something new.
    empty = Conversation(
        turn=conv.turn,
        since=now,
        usage=conv.usage,
        last_reminder=conv.last_reminder,
        last_proposal=conv.last_proposal,
        flows=Flows(count=conv.flows.count),
    )
    return empty, (*effects, Erase(language=language))


def join(
    conv: Conversation, event: Chosen, now: float, rules: Rules
) -> tuple[Conversation, Effects]:
    """Answer the first question after a silence again, with the talk before it in mind."""
    last = conv.memory[-1] if conv.memory else None
    if conv.state in BUSY or conv.state is State.COLLECTING:
        return conv, (Say(key="busy", language=event.language),)
    if last is None or last.number != event.about:
        return conv, (Say(key="nothing-to-join", language=event.language),)
    joining = replace(conv, memory=(*conv.memory[:-1], replace(last, joins=True)))
    return turns.answer_again(joining, last.prompts, now, rules)


def reset(conv: Conversation, now: float, language: str) -> tuple[Conversation, Effects]:
    """Forget the context; a running answer is dropped, the turn number goes on."""
    effects: list[CancelGeneration | Say] = []
    if conv.state in BUSY:
        effects.append(CancelGeneration(turn=conv.turn))
    # The sentence is also the end of a bubble that the dropped answer may have left.
    turn = conv.turn if conv.state in BUSY else 0
    effects.append(Say(key="reset", turn=turn, language=language))
    fresh = Conversation(
        turn=conv.turn,
        since=now,
        plain=conv.plain,
        preferences=conv.preferences,
        facts=conv.facts,
        flows=replace(conv.flows, current=None),
        reminders=conv.reminders,
        last_reminder=conv.last_reminder,
        last_proposal=conv.last_proposal,
        usage=conv.usage,
    )
    return fresh, tuple(effects)
