"""The value that a conversation is: frozen, packed into the chat's snapshot, owned by one actor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from fsm.content import Prompt
from fsm.flow.definition import Definition
from fsm.flow.state import Flows
from fsm.memory import Fact, Recall, Summary, Turn
from fsm.preferences import Mode, Preferences
from fsm.proposals import Proposal
from fsm.reminders import Reminder
from fsm.states import State
from fsm.usage import Spending, Usage
from fsm.voice import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Everything the rules know about one chat."""

    state: State = State.IDLE
    since: float = 0.0
    """When this state was entered, in wall seconds."""

    turn: int = 0
    """Number of the newest turn; events of other turns are stale."""
    attempt: int = 0
    prompts: tuple[Prompt, ...] = ()
    """What the turn in hand answers."""
    partial: str = ""
    """The answer so far, in this attempt."""
    longest: str = ""
    """The longest text that an earlier attempt at this turn got to."""

    waiting: tuple[Prompt, ...] = ()
    """Prompts that came while busy; the next turn answers them all."""
    skipped: int = 0
    """How many were left out, because so many waited already."""
    held: tuple[Prompt, ...] = ()
    """Prompts that a /stop took out of the queue, offered behind one button."""
    collected: tuple[Prompt, ...] = ()
    """An album or a long paste so far."""
    window_began: float = 0.0
    window_ends: float = 0.0

    rests_at: float = 0.0
    """While cooling: when the pause is over."""
    memory: tuple[Turn, ...] = ()
    facts: tuple[Fact, ...] = ()
    """What people pinned, oldest first."""
    summary: Summary = field(default_factory=Summary)
    compacting: int = 0
    """Not 0: the turns up to this number are being summarized."""
    compaction_failures: int = 0
    parent: int = 0
    """Not 0: the turn in hand goes on from that turn, not from the newest."""
    joins: bool = False
    """The turn in hand goes on with the talk before the silence."""
    asked_with: str = ""
    """What the answer in hand depends on besides the talk (see `fsm.repeats`)."""
    fresh: bool = False
    """The turn in hand begins a fresh window, though there was a talk before."""
    reminders: tuple[Reminder, ...] = ()
    """Promises to say something later, the earliest first."""
    last_reminder: int = 0
    proposals: tuple[Proposal, ...] = ()
    """What a tool may do as soon as a person consents, oldest first."""
    last_proposal: int = 0
    plain: bool = False
    """The person asked for answers without rich formatting."""
    preferences: Preferences = field(default_factory=Preferences)
    flows: Flows = field(default_factory=Flows)
    """Guided flows: the one in hand, and the forms that were filled in."""
    usage: Usage = field(default_factory=Usage)
    """What this chat has used; it outlives everything, /forget included."""
    aloud: tuple[Wanted, ...] = ()
    """Answers that are being read aloud."""
    last: Spending = field(default_factory=Spending)
    """What the newest call took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deaf:
    """The models that do not heed a preference, because they have no such setting."""

    names: str = ""
    everywhere: bool = False
    """Whether these are all that answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The numbers of the rules; every one is a setting."""

    recall: Recall = field(default_factory=Recall)
    attempts: int = 2
    """How often the model is asked for one answer, when it is interrupted."""
    pause: float = 1.0
    """Seconds of cooling after an answer."""
    album_window: float = 0.8
    """Seconds without another item after which an album is complete, at first; see the next."""
    shortest_window: float = 0.3
    """The same where items come quickly. A late one is no harm as long as nothing is shown."""
    paste_window: float = 1.5
    longest_window: float = 5.0
    """Collecting ends so many seconds after it began, whatever still comes."""
    paste_from: int = 3500
    """A text of so many characters may be a part of a longer paste."""
    most_in_album: int = 10
    """An album with so many items is complete."""
    most_collected: int = 50
    most_waiting: int = 500
    """Prompts that may wait for one turn."""
    repeats: bool = True
    """Whether a question that is asked again at once gets the answer it has."""
    answering: str = ""
    """Which models answer, and how their instructions are worded, as a short text."""
    modes: tuple[Mode, ...] = ()
    """The ways of answering that people can choose from, the usual one first."""
    zone: tzinfo = UTC
    """On whose clock guided flows begin by themselves."""
    flows: Mapping[str, Definition] = field(default_factory=dict)
    """The guided flows there are, by name."""
    deaf: Mapping[str, Deaf] = field(default_factory=dict)
    """Who does not heed a preference (`safety`, `thinking`), where anybody does not."""
