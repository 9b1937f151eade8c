"""What has happened, in the past tense: the only things a conversation ever hears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fsm.content import Prompt
from fsm.effects import Wish
from fsm.flow_events import FlowEvent
from fsm.media import Media
from fsm.memory_events import Archived, Erased, Summarized, SummaryFailed
from fsm.sources import Source
from fsm.steps import Seal, Step
from fsm.tool_events import CameDue, Progressed, Proposed, ReminderDropped, ReminderSet
from fsm.usage import Spending, Spent
from fsm.voice import Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody sent a message that wants an answer."""

    prompt: Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """Somebody changed a message they had sent; *prompt* is its new form."""

    prompt: Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Somebody pressed Stop (naming the turn it was shown for) or wrote /stop (turn None)."""

    turn: int | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """Somebody wants the last question answered again (turn None: /retry)."""

    turn: int | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """Somebody wants the answer of *turn* to go on where it ended."""

    turn: int
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAsked:
    """Somebody wants the prompts answered that a /stop left waiting."""

    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestShown:
    """Somebody wants the parts of *answer* that a Stop withheld."""

    answer: int
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """Somebody wants a fresh start: the context is forgotten."""

    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainChosen:
    """Somebody wants answers as plain classic messages (or, again, formatted ones)."""

    plain: bool | None = True
    """None: the other of the two."""
    turn: int = 0
    """The turn under whose answer the button was; 0: it was a command."""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wondered:
    """Somebody did something that one fixed sentence answers (/start, /help, a refused file)."""

    key: str
    args: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    message: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """Somebody wrote a command that sets or shows something; `fsm.commands` obeys it."""

    name: str
    text: str = ""
    """What stood behind the command."""
    media: tuple[Media, ...] = ()
    """The file that came with it, or that it replied to."""
    person: str = ""
    admin: bool = False
    """Whether the person runs this bot."""
    language: str = "en"
    message: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Somebody pressed a button that sets something."""

    wish: Wish
    about: int
    person: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grew:
    """The answer of *attempt* at *turn* now reads *text*, from its first character on."""

    turn: int
    attempt: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The model has said all it wants to say."""

    turn: int
    attempt: int
    text: str
    truncated: bool = False
    """The model ran into its length limit: there is more to say."""
    tokens: int = 0
    answered_by: str = ""
    """Set when another provider than the first one answered; shown on its own line."""
    steps: tuple[Step, ...] = ()
    """Rounds of tools; *text* has the words of all of them."""
    seals: tuple[Seal, ...] = ()
    """Signatures in the words after the last round."""
    model: str = ""
    """Whose signatures these are."""
    sources: tuple[Source, ...] = ()
    media: tuple[Media, ...] = ()
    """What was made for the person: on the disk already, and kept until it is let go."""
    spent: Spending = field(default_factory=Spending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """The stream broke off: connection, provider, effect or process; asking again may help."""

    turn: int
    attempt: int
    cause: str
    """For operators; never shown to people."""
    spent: Spending = field(default_factory=Spending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The model gave no answer and asking again at once is no use."""

    turn: int
    attempt: int
    problem: str
    """Key of the sentence that tells the person (`problem-busy`, `problem-blocked`, ...)."""
    args: Mapping[str, str] = field(default_factory=dict)
    blocked: bool = False
    """The provider refused the content: the turn must not be sent to a model again."""
    spent: Spending = field(default_factory=Spending)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowClosed:
    """Nothing more has come for a while: what was collected is one prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rested:
    """The pause after an answer is over."""

    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied:
    """Everything that had to be said has been delivered."""


class Mood(StrEnum):
    """What a reaction to an answer says of it."""

    LIKED = "liked"
    DISLIKED = "disliked"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """Somebody put an emoji under *message*. It is counted, if it is an answer, never answered."""

    message: int
    mood: Mood


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Nobody is there to hear us any more: blocked, kicked, or the chat was deleted."""


Said = Asked | Edited | Stopped | Retried | Continued | HeldAsked | RestShown | Reset | Left
Chose = PlainChosen | Wondered | Commanded | Chosen | Reacted
Answered = Grew | Progressed | Finished | Interrupted | Failed | Spent
Used = Spoken | ReminderSet | ReminderDropped | CameDue | Proposed | WindowClosed | Rested | Emptied
TalkEvent = Said | Chose | Answered | Used | Archived | Summarized | SummaryFailed | Erased
Event = TalkEvent | FlowEvent
