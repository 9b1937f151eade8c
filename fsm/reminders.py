"""What a chat has promised to say later: durable deadlines, each of them said once."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 50
"""Reminders that one chat may have at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One promise. *id* is its number in the chat."""

    id: int
    at: float
    """Wall seconds."""
    text: str
    person: str = ""
    language: str = "en"
    reply_to: int = 0
    turn: int = 0
    """The turn in which it was asked for."""


def with_one_more(kept: tuple[Reminder, ...], more: Reminder) -> tuple[Reminder, ...]:
    """Return *kept* and *more* by time; the same promise made twice (a second attempt) is one."""
    if len(kept) >= MOST or any(_same(each, more) for each in kept):
        return kept
    return tuple(sorted((*kept, more), key=lambda each: each.at))


def without(kept: tuple[Reminder, ...], id_: int) -> tuple[Reminder, ...]:
    """Return *kept* without number *id_*."""
    return tuple(each for each in kept if each.id != id_)


def due(kept: tuple[Reminder, ...], now: float) -> tuple[Reminder, ...]:
    """Return those whose time has come, in the order of their times."""
    return tuple(each for each in kept if each.at <= now)


def _same(one: Reminder, other: Reminder) -> bool:
    if one.text.casefold() != other.text.casefold():
        return False
    return one.turn == other.turn or abs(one.at - other.at) < 90
