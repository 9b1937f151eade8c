"""The buttons under a page of `/debug`: which ones, and what they carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from service.observe import levels
from service.operators.actions import LOG
from service.operators.facts import ChatFacts
from service.operators.letters import Letter

Key = tuple[str, str]
"""What is written on a button (the key of a sentence), and what a press of it sends back."""

_PREFIX: Final = "d"
_PAGE: Final = "debug"
_LETTERS: Final = 8
"""So many dead letters have buttons; Telegram allows a hundred, a thumb does not."""


def of_chat(facts: ChatFacts) -> list[list[Key]]:
    """Return the buttons that make sense for a chat just now."""
    held = facts.status == "suspended"
    first = [
        _key("refresh", facts.key),
        _key("trace", facts.key, "untrace" if facts.traced else "trace"),
        _key("reveal", facts.key),
    ]
    second = [_key("resume" if held else "suspend", facts.key), _key("restart", facts.key)]
    if facts.status == "quarantined":
        second = [_key("release", facts.key), _key("restart", facts.key)]
    third = [_key("passivate", facts.key), _key("export", facts.key)]
    return [first, second, third]


def of_log() -> list[list[Key]]:
    """Return the levels of the log, a button each."""
    return [[_key(LOG, level, f"log-{level}") for level in levels.LEVELS]]


def of_letters(letters: Sequence[Letter]) -> list[list[tuple[str, str, str]]]:
    """Return a row for each letter: its number as it is listed, then what can be done."""
    return [
        [
            (_label(action), f"{_PREFIX}:{action}:{letter.id}", str(number))
            for action in ("replay", "read", "remove")
            if action != "replay" or letter.update
        ]
        for number, letter in enumerate(letters[:_LETTERS], start=1)
    ]


def _key(action: str, about: str, label: str = "") -> Key:
    return _label(label or action), f"{_PREFIX}:{action}:{about}"


def _label(action: str) -> str:
    return f"{_PAGE}-button-{action}"
