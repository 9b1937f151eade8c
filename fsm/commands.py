"""What people order: each command and each button that sets something, one rule each.

Commands that steer an answer (/stop, /retry ...) are events of their own; everything that
changes what a chat *is* comes here.
"""

from __future__ import annotations

from typing import Final

from fsm import busy, modes
from fsm.data import Conversation, Rules
from fsm.effects import Effects, Say, Wish
from fsm.events import Chosen, Commanded

NAMES: Final = ("help", "mode", "instruction", "busy")
"""The commands that are obeyed here; a channel passes them on as `Commanded`."""

WISHES: Final = frozenset({Wish.MODE}) | busy.WISHES
"""The buttons whose press a channel passes on as `Chosen`."""


def obey(
    conv: Conversation, event: Commanded | Chosen, rules: Rules
) -> tuple[Conversation, Effects]:
    """Return the conversation after a command or a press, and what to say about it."""
    if isinstance(event, Chosen):
        if event.wish in busy.WISHES:
            return busy.choose(conv, event)
        return modes.choose(conv, event, rules)
    match event.name:
        case "help":
            return conv, (_help(conv, event, rules),)
        case "mode":
            return modes.mode(conv, event, rules)
        case "instruction":
            return modes.instruct(conv, event)
        case "busy":
            return busy.command(conv, event)
    raise ValueError(f"there is no command {event.name!r}")


def _help(conv: Conversation, event: Commanded, rules: Rules) -> Say:
    args = {"mode": modes.name_of(conv.preferences, rules, event.language)}
    return Say(key="help", args=args, language=event.language, reply_to=event.message)
