"""What a chat remembers: finished turns, pinned facts, a summary of what was compacted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fsm.content import Media, Prompt
from fsm.steps import Seal, Step


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
    """The whole context after this turn, as the provider counted it; 0 if it did not say."""
    weight: int = 0
    """About how many tokens this turn adds to a context."""
    settings: str = ""
    """What the answer depends on besides the talk (see `fsm.repeats`)."""
    tools: bool = False
    """The answer was made with tools, so another time it may be another."""
    parent: int = 0
    """Number of the turn that this one goes on from; 0: from the one before it."""
    joins: bool = False
    """It goes on with the talk before it, however long the silence between them was."""
    media: tuple[Media, ...] = ()
    """What was made for the person, besides words."""
    steps: tuple[Step, ...] = ()
    """Rounds of tools before the last words; `answer` has the words of all of them."""
    seals: tuple[Seal, ...] = ()
    """Signatures in the last words."""
    model: str = ""
    """Whose signatures these are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that people pinned: it is told to the model in every talk."""

    number: int
    text: str
    after: int = 0
    """The newest turn when it was pinned."""
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What stands for the turns that were compacted."""

    text: str = ""
    upto: int = 0
    """Number of the last turn in it; 0: there is no summary."""
    until: float = 0.0
    """When that turn ended."""
    made_at: int = 0
    """The newest turn when the summary took effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """How much a chat keeps in mind."""

    keep: int = 20
    """Low water: turns left after a compaction, which happens at twice as many."""
    high_tokens: int = 24_000
    """High water: a context is compacted before it has so many tokens."""
    silence: float = 1800.0
    """A pause of so many seconds ends a talk; the next message starts a fresh window."""

    @property
    def compact_from(self) -> int:
        """Tokens from which a context is compacted; the rest is room for the turns meanwhile."""
        return self.high_tokens * 3 // 4

    @property
    def low_tokens(self) -> int:
        """Tokens that a compaction leaves at most, the last turn excepted."""
        return self.high_tokens // 3
