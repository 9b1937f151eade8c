"""What a question looks like, whatever the channel: lines of words, rows of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

PREFIX: Final = "f"
MOST_BYTES: Final = 64
"""What a button may carry (Telegram: callback_data)."""
_ROOM: Final = 10
"""Digits that number and view may have together in the longest payload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A sentence: the author's own *text*, or one of ours by *key*."""

    text: str = ""
    key: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    close: bool = False
    """Stands right below the line before, without a gap."""


def joined(lines: Sequence[tuple[Words, str]], *, close: str = "\\\n") -> str:
    """Return *lines*, each with what it says, as Markdown; *close* breaks a line without a gap."""
    text = ""
    for words, said in lines:
        gap = close if words.close else "\n\n"
        text = f"{text}{gap}{said}" if text else said
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a keyboard: what stands on it, and what pressing it does."""

    label: Words
    act: str
    flow: str = ""
    """Not empty: acts on that flow (starts or plans it) instead of on the question."""


Rows = tuple[tuple[Key, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A question with its keyboard."""

    lines: tuple[Words, ...]
    rows: Rows = ()
    request: str = ""
    """What a special key of the channel shall send, `location` or `contact`; or `PUT_AWAY`."""
    number: int = 0
    view: int = 0
    step: str = ""
    """Which flow, which of its questions, which step: all keys carry them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressable:
    """A key as it will be shown: what stands on it, and what comes back when it is pressed."""

    label: str
    data: str


class Payload(NamedTuple):
    """What a key carries to a person's screen and back."""

    flow: int
    view: int
    step: str
    act: str


def payload(screen: Screen, key: Key) -> str:
    """Return what *key* of *screen* carries."""
    if key.flow:
        return f"{PREFIX}:0:0:{key.flow}:{key.act}"
    return f"{PREFIX}:{screen.number}:{screen.view}:{screen.step}:{key.act}"


def read(data: str) -> Payload | None:
    """Return what *data* carries, or None when no key of ours carries it."""
    match data.split(":", 4):
        case [prefix, number, view, step, act] if prefix == PREFIX and act:
            if number.isdecimal() and view.isdecimal():
                return Payload(int(number), int(view), step, act)
    return None


def longest(step: str, act: str) -> int:
    """Return the most bytes that the payload of such a key can have."""
    return len(f"{PREFIX}:::{step}:{act}".encode()) + 1 + _ROOM


PUT_AWAY: Final = "none"
"""Instead of a request: the special key is not wanted any more."""
START: Final = "start"
PLAN: Final = "plan"
UNPLAN: Final = "unplan"
BACK: Final = "back"
CANCEL: Final = "cancel"
SKIP: Final = "skip"
DONE: Final = "done"
HELP: Final = "help"
ASK: Final = "ask"
RESTART: Final = "restart"
YES: Final = "yes"
NO: Final = "no"
NOTHING: Final = "x"
