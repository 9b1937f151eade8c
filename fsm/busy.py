"""What a message means that comes while an answer is being written: three modes, per chat."""

from __future__ import annotations

from typing import Final

from fsm import turns
from fsm.content import Prompt
from fsm.data import Conversation, Rules
from fsm.effects import Button, Effects, Say, Wish
from fsm.events import Chosen, Commanded
from fsm.preferences import Busy
from fsm.states import State
from fsm.turns import Decided
from fsm.values import replace

_WISHES: Final = {
    Wish.QUEUE: Busy.QUEUE,
    Wish.INTERRUPT: Busy.INTERRUPT,
    Wish.STEER: Busy.STEER,
}
WISHES: Final = frozenset(_WISHES)
"""The buttons that choose a mode."""


def asked(conv: Conversation, prompt: Prompt, now: float, rules: Rules) -> Decided:
    """Return the conversation, busy or cooling, after another *prompt*.

    While an answer is on its way to the person there is nothing to interrupt or to steer.
    Nor is there anything to keep before its first word, so then both questions are answered.
    """
    mode = conv.preferences.busy
    if mode is Busy.QUEUE or conv.state is State.COOLING:
        return wait(conv, prompt, rules)
    if mode is Busy.STEER or conv.state is State.GENERATING:
        return turns.restart(conv, (*conv.prompts, prompt), now, rules)
    stopped, effects = turns.stop(conv, now, rules)
    return replace(stopped, waiting=(*stopped.waiting, prompt)), effects


def wait(conv: Conversation, prompt: Prompt, rules: Rules) -> Decided:
    """Put *prompt* to those that wait, unless there are too many; the person is told once."""
    if len(conv.waiting) < rules.most_waiting:
        return replace(conv, waiting=(*conv.waiting, prompt)), ()
    skipped = replace(conv, skipped=conv.skipped + 1)
    if conv.skipped:
        return skipped, ()
    return skipped, (Say(key="busy-many", language=prompt.language),)


def command(conv: Conversation, event: Commanded) -> tuple[Conversation, Effects]:
    """Choose a mode by its name; without one, say which it is and show all as buttons."""
    wanted = event.text.strip().lower()
    if wanted in list(Busy):
        return _set(conv, Busy(wanted), event.language)
    said = Say(
        key=f"busy-now-{conv.preferences.busy.value}",
        buttons=tuple(Button(wish=wish) for wish in _WISHES),
        language=event.language,
        reply_to=event.message,
    )
    return conv, (said,)


def choose(conv: Conversation, event: Chosen) -> tuple[Conversation, Effects]:
    """Choose the mode whose button was pressed."""
    return _set(conv, _WISHES[event.wish], event.language)


def _set(conv: Conversation, mode: Busy, language: str) -> tuple[Conversation, Effects]:
    chosen = replace(conv, preferences=replace(conv.preferences, busy=mode))
    return chosen, (Say(key=f"busy-set-{mode.value}", language=language),)
