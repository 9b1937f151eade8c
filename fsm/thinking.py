"""How long the model may think before it answers, as a chat has chosen with /think."""

from __future__ import annotations

from typing import Final

from fsm.data import Conversation
from fsm.effects import Effects, Say
from fsm.events import Commanded
from fsm.values import replace

LEVELS: Final = ("low", "medium", "high")
_WORDS: Final = {
    **{level: level for level in LEVELS},
    "less": "low",
    "quick": "low",
    "more": "high",
    "hard": "high",
    "off": "",
    "usual": "",
    "低": "low",
    "中": "medium",
    "高": "high",
    "默认": "",
}


def command(conv: Conversation, event: Commanded) -> tuple[Conversation, Effects]:
    """Choose a level (`/think high`), or tell which it is (`/think`)."""
    word = event.text.strip().casefold()
    chosen = conv.preferences
    if word in _WORDS:
        chosen = replace(chosen, thinking=_WORDS[word])
        key = f"thinking-{chosen.thinking or 'usual'}"
    else:
        key = f"thinking-is-{chosen.thinking or 'usual'}"
    said = Say(key=key, language=event.language, reply_to=event.message)
    return replace(conv, preferences=chosen), (said,)
