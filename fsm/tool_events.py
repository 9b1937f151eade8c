"""What a model does besides talking, and what its tools bring about, in the past tense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fsm.proposals import Proposal
from fsm.reminders import Reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDropped:
    """Somebody does not want the reminder number *id* any more."""

    id: int
    language: str = "en"
    asked: bool = False
    """By a button, which wants a sentence of ours; a tool's answer says it already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameDue:
    """The time of a reminder has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSet:
    """A tool has promised to say something later; the id is given by the conversation."""

    reminder: Reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """The model wants something done that needs consent; the id is given by the conversation."""

    proposal: Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed:
    """The model is at something that is not its answer: it thinks, or waits for a tool."""

    turn: int
    attempt: int
    key: str
    """Of the line that tells the person."""
    args: Mapping[str, str] = field(default_factory=dict)
