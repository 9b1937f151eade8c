"""The same question again: it is answered at once with the answer it has, marked, for nothing.

What was asked last counts, and nothing else: then the context before it is the same too, and so
would be the answer. An answer in hand makes the second question wait for it, so that both cost
one call (single flight). Never across chats, and never an answer that was not whole.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from fsm.content import Prompt
from fsm.context import talk
from fsm.data import Conversation, Rules
from fsm.effects import Button, Effects, Finish, StartTimer, Wish
from fsm.memory import Outcome, Turn
from fsm.prompts import language, reply_to
from fsm.states import next_state


def settings(conv: Conversation, rules: Rules) -> str:
    """Return what answers depend on besides the talk, as a short text."""
    told = repr((conv.preferences, [fact.text for fact in conv.facts], rules.answering))
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest()


def answered(
    conv: Conversation, prompts: tuple[Prompt, ...], now: float, rules: Rules
) -> Turn | None:
    """Return the turn that has answered *prompts* already, word for word, or None."""
    last = conv.memory[-1] if conv.memory else None
    if last is None or not rules.repeats or not _may_be_told_again(last):
        return None
    if len(wanted := {_question(prompt) for prompt in prompts}) != 1 or None in wanted:
        return None
    if wanted != {_question(prompt) for prompt in last.prompts}:
        return None
    going_on, _ = talk(conv, now, rules.recall)
    return last if going_on and last.settings == settings(conv, rules) else None


def tell_again(
    conv: Conversation, turn: Turn, prompts: tuple[Prompt, ...], now: float, rules: Rules
) -> tuple[Conversation, Effects]:
    """Say the answer of *turn* again, marked; it is no new turn of the talk."""
    moved = replace(
        conv,
        state=next_state(next_state(conv.state, "ask"), "finish"),
        since=now,
        turn=conv.turn + 1,
        collected=(),
        rests_at=now + rules.pause,
    )
    said = Finish(
        turn=moved.turn,
        text=turn.answer,
        note="note-repeated",
        buttons=(Button(wish=Wish.REGENERATE, about=turn.number),),
        reply_to=reply_to(prompts),
        language=language(prompts),
    )
    return moved, (said, StartTimer(name="pause", at=moved.rests_at))


def _may_be_told_again(turn: Turn) -> bool:
    return turn.outcome is Outcome.ANSWERED and bool(turn.settings) and not turn.tools


def _question(prompt: Prompt) -> tuple[object, ...] | None:
    """Return what is asked, without when and in which message; None for what is no question."""
    if prompt.instruction or prompt.branch or prompt.calls:
        return None
    files = tuple(file.unique or file.ref for file in prompt.media)
    return (
        " ".join(prompt.text.casefold().split()),
        files,
        prompt.quote,
        prompt.author,
        prompt.origin,
    )
