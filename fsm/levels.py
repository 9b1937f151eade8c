"""What a chat sets in a few levels: how long is thought, how careful answers are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fsm.data import Conversation, Deaf, Rules
from fsm.effects import Effects, Say
from fsm.events import Commanded
from fsm.values import replace

_USUAL: Final = {"off": "", "usual": "", "default": "", "默认": ""}
_SCALES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    # command      preference, and what people call its levels
    "think": (
        "thinking",
        {
            **{level: level for level in ("low", "medium", "high")},
            "less": "low",
            "quick": "low",
            "more": "high",
            "hard": "high",
            "低": "low",
            "中": "medium",
            "高": "high",
            **_USUAL,
        },
    ),
    "safety": (
        "safety",
        {
            "strict": "strict",
            "high": "strict",
            "open": "open",
            "low": "open",
            "严格": "strict",
            "宽松": "open",
            **_USUAL,
        },
    ),
}
COMMANDS: Final = tuple(_SCALES)


def command(conv: Conversation, event: Commanded, rules: Rules) -> tuple[Conversation, Effects]:
    """Choose a level (`/think high`), or tell which it is (`/think`).

    Where no model has such a setting, that is said instead; where only a stand-in has none,
    beside it. The choice is kept in any case: other models may answer tomorrow.
    """
    preference, words = _SCALES[event.name]
    word = event.text.strip().casefold()
    chosen = conv.preferences
    if word in words:
        changed: dict[str, Any] = {preference: words[word]}
        chosen = replace(chosen, **changed)
    said = "" if word in words else "is-"
    key = f"{preference}-{said}{getattr(chosen, preference) or 'usual'}"
    deaf = rules.deaf.get(preference, Deaf())
    say = Say(
        key="level-nowhere" if deaf.everywhere else key,
        args={"deaf": deaf.names or "none"},
        language=event.language,
        reply_to=event.message,
    )
    return replace(conv, preferences=chosen), (say,)
