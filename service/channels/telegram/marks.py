"""Numbers and short strings that travel to a person's screen and come back with a press."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fsm.effects import Button, Wish
from fsm.flow import screen

PREFIX: Final = "g"
OPERATORS: Final = "d"
_PAGES: Final = 16
_ATTEMPTS: Final = 4
_PER_TURN: Final = _PAGES * _ATTEMPTS


class Press(NamedTuple):
    """What a pressed button of ours asks for."""

    wish: Wish
    about: int
    chat: int = 0
    """Where the answer belongs, if the message it stands in does not tell."""


def draft_id(turn: int, attempt: int, page: int = 0) -> int:
    """Return the id of the draft that shows *page* of an *attempt* at *turn*; never 0.

    A new id replaces what is shown, the same id lets it grow. So pages and attempts have ids
    of their own, as far as neighbours must differ; the turn can be read back.
    """
    return (turn + 1) * _PER_TURN + (attempt % _ATTEMPTS) * _PAGES + page % _PAGES


def turn_of(draft: int) -> int:
    """Return the turn whose draft has this id (-1 for an id that is not ours)."""
    return draft // _PER_TURN - 1


def callback_data(button: Button, chat: int = 0) -> str:
    """Return what Telegram sends back when *button* is pressed; *chat* as in `Press`."""
    data = f"{PREFIX}:{button.wish.value}:{button.about}"
    return f"{data}:{chat}" if chat else data


def press(data: str) -> Press | None:
    """Return what *data* asks for, or None when it is not from a button of ours."""
    match data.split(":"):
        case [prefix, wish, about, *chat] if prefix == PREFIX and wish in _WISHES:
            numbers = about.isdecimal() and all(map(_FOREIGN.fullmatch, chat)) and len(chat) < 2
            return Press(Wish(wish), int(about), *map(int, chat)) if numbers else None
        case _:
            return None


def operator_press(data: str) -> tuple[str, str] | None:
    """Return action and object of a button under a page for operators, or None."""
    match data.split(":", 2):
        case [prefix, action, about] if prefix == OPERATORS and action.isalpha():
            return action, about
        case _:
            return None


def is_ours(data: str) -> bool:
    """Return whether a key of ours carries *data*."""
    return press(data) is not None or screen.read(data) is not None


_FOREIGN: Final = re.compile(r"-\d{1,15}")
_WISHES: Final = frozenset(wish.value for wish in Wish)
