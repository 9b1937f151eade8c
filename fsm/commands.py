"""What people order: each command and each button that sets something, one rule each.

Commands that steer an answer (/stop, /retry ...) are events of their own; everything that
changes what a chat *is* comes here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from fsm import (
    aloud,
    attaching,
    busy,
    consent,
    facts,
    forgetting,
    identity,
    levels,
    modes,
    paying,
    promises,
)
from fsm.data import Conversation, Rules
from fsm.effects import Effects, Say, Wish
from fsm.events import Chosen, Commanded
from fsm.memory_events import Erased
from fsm.tool_events import ReminderDropped

NAMES: Final = (
    *("start", "help", "mode", "instruction", "busy", *levels.COMMANDS),
    *("name", "welcome", "avatar", "voice"),
    *("remember", "memory", "forget", "usage"),
)
"""The commands that are obeyed here; a channel passes them on as `Commanded`."""

WISHES: Final = busy.WISHES | {
    Wish.MODE,
    Wish.FILES,
    Wish.JOIN,
    Wish.FORGET,
    Wish.FORGET_ALL,
    Wish.FORGET_SURE,
    Wish.FORGET_REMINDER,
    Wish.APPROVE,
}
"""The buttons whose press a channel passes on as `Chosen`."""

Obeyed = tuple[Conversation, Effects]


def obey(
    conv: Conversation, event: Commanded | Chosen | Erased, now: float, rules: Rules
) -> Obeyed:
    """Return the conversation after a command or a press, and what to say about it."""
    match event:
        case Commanded():
            return _commanded(conv, event, now, rules)
        case Chosen():
            return _chosen(conv, event, now, rules)
        case Erased():
            return conv, (Say(key="forgotten-all", language=event.language),)


_PLAIN: Final[Mapping[str, Callable[[Conversation, Commanded], Obeyed]]] = {
    "start": identity.greet,
    "name": identity.name,
    "welcome": identity.welcome,
    "avatar": identity.avatar,
    "voice": aloud.command,
    "instruction": modes.instruct,
    "busy": busy.command,
    "memory": facts.show,
    "usage": paying.tell,
    "forget": forgetting.forget,
}
"""Those that follow from the chat and the words alone."""


def _commanded(conv: Conversation, event: Commanded, now: float, rules: Rules) -> Obeyed:
    match event.name:
        case "help":
            return conv, (_help(conv, event, rules),)
        case "mode":
            return modes.mode(conv, event, rules)
        case "remember":
            return facts.remember(conv, event, now)
        case name if name in levels.COMMANDS:
            return levels.command(conv, event, rules)
        case name if name in _PLAIN:
            return _PLAIN[name](conv, event)
    raise ValueError(f"there is no command {event.name!r}")


def _chosen(conv: Conversation, event: Chosen, now: float, rules: Rules) -> Obeyed:
    match event.wish:
        case wish if wish in busy.WISHES:
            return busy.choose(conv, event)
        case Wish.FILES:
            return attaching.attach(conv, event)
        case Wish.MODE:
            return modes.choose(conv, event, rules)
        case Wish.JOIN:
            return forgetting.join(conv, event, now, rules)
        case Wish.FORGET:
            return facts.forget_one(conv, event)
        case Wish.FORGET_ALL:
            return forgetting.ask(conv, event.language)
        case Wish.FORGET_SURE:
            return forgetting.everything(conv, event.language, now)
        case Wish.APPROVE:
            return consent.approve(conv, event, now, rules)
        case Wish.FORGET_REMINDER:
            dropped = ReminderDropped(id=event.about, language=event.language, asked=True)
            return promises.drop(conv, dropped)
    raise ValueError(f"there is no button {event.wish.value!r}")


def _help(conv: Conversation, event: Commanded, rules: Rules) -> Say:
    args = {"mode": modes.name_of(conv.preferences, rules, event.language)}
    return Say(key="help", args=args, language=event.language, reply_to=event.message)
