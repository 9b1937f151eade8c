"""What must be done, in the imperative and by intention: what a conversation asks of the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fsm.content import Media, Prompt
from fsm.flow.definition import Definition, Step
from fsm.flow.screen import Screen
from fsm.flow.state import Flow
from fsm.memory import Turn
from fsm.sources import Source


class Wish(StrEnum):
    """What a button under a message asks for."""

    STOP = "stop"
    RETRY = "retry"
    REGENERATE = "regenerate"
    REDRAW = "redraw"
    CONTINUE = "continue"
    REST = "rest"
    HELD = "held"
    PLAIN = "plain"
    FILES = "files"
    MODE = "mode"
    QUEUE = "queue"
    INTERRUPT = "interrupt"
    STEER = "steer"
    JOIN = "join"
    FORGET = "forget"
    FORGET_ALL = "forget-all"
    FORGET_SURE = "forget-sure"
    FORGET_REMINDER = "forget-reminder"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button: a wish, and the turn or answer that it is about."""

    wish: Wish
    about: int = 0
    label: str = ""
    """What it is called, where that depends on what it is about; empty: as its wish is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generate:
    """Ask the model. The attempt is durable before the model hears of it."""

    turn: int
    attempt: int
    prompts: tuple[Prompt, ...]
    context: tuple[Turn, ...]
    replaces: int = 0
    """Not 0: the answer takes the place of that turn's answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelGeneration:
    """Close the model call of *turn* now."""

    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Let the person see how far the answer has come. Latest wins; may be dropped."""

    turn: int
    attempt: int
    text: str
    doing: str = ""
    """Key of a line under the text that tells what the model is at."""
    doing_args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """Say *text* as the whole answer of *turn*, for good."""

    turn: int
    text: str
    note: str = ""
    """Key of one line added under the text (`note-interrupted`)."""
    note_args: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    media: tuple[Media, ...] = ()
    """Goes out with the words, or after them."""
    buttons: tuple[Button, ...] = ()
    reply_to: int = 0
    language: str = "en"
    again: bool = False
    """It was said before, in another form; this one takes its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Tell the person one of our own sentences."""

    key: str
    """Empty: there are no words, only *media*."""
    args: Mapping[str, str] = field(default_factory=dict)
    turn: int = 0
    """Not 0: this sentence is the final answer of that turn."""
    media: tuple[Media, ...] = ()
    """Goes out with the sentence."""
    buttons: tuple[Button, ...] = ()
    reply_to: int = 0
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach:
    """Send the long pieces of code in *text*, an answer, as files."""

    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withhold:
    """Keep back the parts of the answer of *turn* that are not on their way yet; offer them."""

    turn: int
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRest:
    """Deliver the parts of *answer* that had been withheld."""

    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Have *text*, the answer of *turn*, read aloud, then report `Spoken`."""

    turn: int
    attempt: int
    text: str
    person: str = ""
    """Who pays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSpeech:
    """Read the answers of these turns no further."""

    turns: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """Count these files as delivered: until now they were kept whatever happened."""

    media: tuple[Media, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Put these turns into the chat's archive, then report `Archived`."""

    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summarize:
    """Have these turns summarized, together with the summary *before*; report `Summarized`."""

    upto: int
    turns: tuple[Turn, ...]
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """Remove everything at rest about this chat, then report `Erased`."""

    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class TellUsage:
    """Find out what *person* has used, then report it as `Wondered`."""

    person: str
    language: str = "en"
    message: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """Report *name*'s event at wall time *at*; a newer timer of the name replaces it."""

    name: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTimer:
    """Forget the timer *name*."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowStep:
    """Show a question of a guided flow: in its live message, or in a new one that replaces it."""

    screen: Screen
    flow: int = 0
    """Whose live message it is; 0: a message of its own."""
    settled: Screen | None = None
    """Not None: the question goes out as a new message, and the old one turns into this."""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Answer a button press at once, with a short sentence or without one."""

    callback: str
    key: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """Put the answers into the words of the ending, then report `Rendered`."""

    definition: Definition
    flow: Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Understand:
    """Read *prompt* as an answer to the question of *step*, then report `Understood`."""

    flow: int
    view: int
    step: Step
    question: str
    prompt: Prompt
    today: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadFlows:
    """Read the files of flows again, then report `FlowsReloaded`."""

    language: str = "en"


Effect = (
    Generate
    | CancelGeneration
    | Show
    | Finish
    | Say
    | Attach
    | Withhold
    | ShowRest
    | LetGo
    | Speak
    | CancelSpeech
    | Archive
    | Summarize
    | Erase
    | ShowStep
    | Acknowledge
    | Render
    | Understand
    | ReloadFlows
    | TellUsage
    | StartTimer
    | StopTimer
)
Effects = tuple[Effect, ...]
