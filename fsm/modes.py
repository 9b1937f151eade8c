"""How a chat is answered: the mode that was chosen, and an instruction of its own."""

from __future__ import annotations

from typing import Final

from fsm.data import Conversation, Rules
from fsm.effects import Button, Effects, Say, Wish
from fsm.events import Chosen, Commanded
from fsm.preferences import Mode, Preferences, chosen
from fsm.values import replace

LONGEST: Final = 2000
"""Characters of an instruction; it goes along with every question."""
OFF: Final = frozenset({"off", "none", "clear", "关", "关闭", "无"})


def mode(conv: Conversation, event: Commanded, rules: Rules) -> tuple[Conversation, Effects]:
    """Choose a mode by its name; without one, show them all as buttons."""
    wanted = event.text.strip().lower()
    if not wanted:
        return conv, (_picker(conv, event, rules),)
    for each in rules.modes:
        names = {each.key, *(_bare(name) for name in each.names.values())}
        if _bare(wanted) in names:
            return _set(conv, each, event.language)
    args = {"name": event.text.strip()[:60]}
    unknown = Say(key="mode-unknown", args=args, language=event.language, reply_to=event.message)
    return conv, (unknown,)


def choose(conv: Conversation, event: Chosen, rules: Rules) -> tuple[Conversation, Effects]:
    """Choose the mode whose button was pressed."""
    for each in rules.modes:
        if each.number == event.about:
            return _set(conv, each, event.language)
    return conv, (Say(key="mode-gone", language=event.language),)


def instruct(conv: Conversation, event: Commanded) -> tuple[Conversation, Effects]:
    """Set the instruction of the chat, take it back, or show it."""
    wanted, language = event.text.strip(), event.language

    def say(key: str, **args: str) -> Effects:
        return (Say(key=key, args=args, language=language, reply_to=event.message),)

    if not wanted:
        now = conv.preferences.instruction
        return conv, say("instruction-shown", text=now) if now else say("instruction-none")
    if wanted.lower() in OFF:
        return _with(conv, instruction=""), say("instruction-off")
    if len(wanted) > LONGEST:
        return conv, say("instruction-long", most=str(LONGEST))
    return _with(conv, instruction=wanted), say("instruction-on")


def name_of(preferences: Preferences, rules: Rules, language: str) -> str:
    """Return what the mode in effect is called."""
    now = chosen(rules.modes, preferences.mode)
    return now.name(language) if now else "-"


def _picker(conv: Conversation, event: Commanded, rules: Rules) -> Say:
    language = event.language
    buttons = tuple(
        Button(wish=Wish.MODE, about=each.number, label=each.name(language)) for each in rules.modes
    )
    args = {"mode": name_of(conv.preferences, rules, language)}
    return Say(
        key="mode-choose", args=args, buttons=buttons, language=language, reply_to=event.message
    )


def _set(conv: Conversation, wanted: Mode, language: str) -> tuple[Conversation, Effects]:
    args = {"mode": wanted.name(language), "about": wanted.about(language)}
    return _with(conv, mode=wanted.key), (Say(key="mode-set", args=args, language=language),)


def _with(conv: Conversation, **changes: str) -> Conversation:
    return replace(conv, preferences=replace(conv.preferences, **changes))  # type: ignore[arg-type]


def _bare(name: str) -> str:
    """Return *name* in small letters and without the picture in front of it."""
    return name.lower().lstrip("".join(c for c in name if not c.isalnum())).strip()
