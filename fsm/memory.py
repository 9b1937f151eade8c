"""What a chat remembers: finished turns, the window of the talk that is going on, the low water."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fsm.content import Prompt


class Outcome(StrEnum):
    """How a turn ended."""

    ANSWERED = "answered"
    TRUNCATED = "truncated"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    BLOCKED = "blocked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One exchange: what was asked, in one or more prompts, and what was answered."""

    number: int
    prompts: tuple[Prompt, ...]
    answer: str = ""
    outcome: Outcome = Outcome.ANSWERED
    at: float = 0.0
    """Wall seconds when the turn ended."""
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """How much a chat keeps in mind."""

    keep: int = 20
    """Low water: turns left after a compaction, which happens at twice as many."""
    silence: float = 1800.0
    """A pause of so many seconds ends a talk; the next message starts a fresh window."""


def context(turns: tuple[Turn, ...], now: float, recall: Recall) -> tuple[Turn, ...]:
    """Return the turns of the talk that is going on, oldest first, as the model should see them.

    Reads from the newest back and stops at the first long silence. Blocked turns are left
    out, because sending them again would block the next answer as well.
    """
    first, later = len(turns), now
    while first and later - turns[first - 1].at <= recall.silence:
        first -= 1
        later = _began(turns[first])
    return tuple(turn for turn in turns[first:] if turn.outcome is not Outcome.BLOCKED)


def to_archive(turns: tuple[Turn, ...], now: float, recall: Recall) -> tuple[Turn, ...]:
    """Return the turns that should leave the working memory, oldest first; mostly none.

    Nothing leaves until twice the low water is reached, so that between two compactions the
    beginning of the context stays the same to the byte and the provider's cache works.
    """
    if len(turns) < 2 * recall.keep:
        return ()
    talk = len(context(turns, now, recall))
    return turns[: len(turns) - min(talk, recall.keep)] if talk else turns[: -recall.keep]


def _began(turn: Turn) -> float:
    """Return when *turn* was asked (turns from before that was noted: when it ended)."""
    return min((prompt.at for prompt in turn.prompts if prompt.at), default=turn.at)
