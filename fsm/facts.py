"""Pinned facts: /remember keeps one, /memory shows them, /forget takes them back."""

from __future__ import annotations

from typing import Final

from fsm.data import Conversation
from fsm.effects import Button, Effects, Say, Wish
from fsm.events import Chosen, Commanded
from fsm.memory import Fact
from fsm.values import replace

MOST: Final = 30
"""Facts of a chat; each goes along with every question."""
LONGEST: Final = 500
_ON_A_BUTTON: Final = 24


def remember(conv: Conversation, event: Commanded, now: float) -> tuple[Conversation, Effects]:
    """Pin what stands behind the command."""
    text = " ".join(event.text.split())

    def say(key: str, **args: str) -> Effects:
        return (Say(key=key, args=args, language=event.language, reply_to=event.message),)

    if not text:
        return conv, say("remember-what")
    if len(text) > LONGEST:
        return conv, say("remember-long", most=str(LONGEST))
    if len(conv.facts) >= MOST:
        return conv, say("remember-full", most=str(MOST))
    if any(fact.text == text for fact in conv.facts):
        return conv, say("remembered", text=text)
    number = max((fact.number for fact in conv.facts), default=0) + 1
    fact = Fact(number=number, text=text, after=conv.turn, at=now)
    return replace(conv, facts=(*conv.facts, fact)), say("remembered", text=text)


def show(conv: Conversation, event: Commanded | Chosen) -> tuple[Conversation, Effects]:
    """Show what is pinned and what is summarized, with a button to take back each fact."""
    return conv, (_shown(conv, event.language, getattr(event, "message", 0)),)


def forget_one(conv: Conversation, event: Chosen) -> tuple[Conversation, Effects]:
    """Take back the fact whose button was pressed."""
    return _without(conv, event.about, event.language)


def forget_named(conv: Conversation, number: int, language: str) -> tuple[Conversation, Effects]:
    """Take back the fact with that place in the list that /memory shows, counted from one."""
    if not 1 <= number <= len(conv.facts):
        return conv, (Say(key="forget-which", language=language),)
    return _without(conv, conv.facts[number - 1].number, language)


def _without(conv: Conversation, number: int, language: str) -> tuple[Conversation, Effects]:
    gone = next((fact for fact in conv.facts if fact.number == number), None)
    if gone is None:
        return conv, (Say(key="forgotten-already", language=language),)
    facts = tuple(fact for fact in conv.facts if fact is not gone)
    return replace(conv, facts=facts), (
        Say(key="forgotten", args={"text": gone.text}, language=language),
    )


def _shown(conv: Conversation, language: str, reply_to: int) -> Say:
    everything = Button(wish=Wish.FORGET_ALL)
    if not conv.facts:
        offered = (everything,) if conv.memory or conv.summary.upto else ()
        args = {"count": str(len(conv.memory))}
        return Say(
            key="memory-empty", args=args, buttons=offered, language=language, reply_to=reply_to
        )
    lines = "; ".join(f"({place}) {fact.text}" for place, fact in enumerate(conv.facts, 1))
    buttons = tuple(
        Button(wish=Wish.FORGET, about=fact.number, label=f"✖ {_short(fact.text)}")
        for fact in conv.facts
    )
    args = {"facts": lines, "count": str(len(conv.memory))}
    return Say(
        key="memory-shown",
        args=args,
        buttons=(*buttons, everything),
        language=language,
        reply_to=reply_to,
    )


def _short(text: str) -> str:
    return text if len(text) <= _ON_A_BUTTON else f"{text[: _ON_A_BUTTON - 1]}…"
