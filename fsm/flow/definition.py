"""What a guided flow is: steps, conditions and an ending, as frozen data.

A definition is made at load (from YAML, or in Python) and never changes; what one person is
doing in it is a `fsm.flow.state.Flow`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum

from fsm.content import MediaKind

END = "end"
"""Where a branch goes that leaves the steps for the ending."""

Texts = Mapping[str, str]
"""One sentence in several languages, by language (`en`, `zh-CN`)."""


class Kind(StrEnum):
    """What a step asks for."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    TIME = "time"
    MEDIA = "media"
    LOCATION = "location"
    CONTACT = "contact"
    CONFIRM = "confirm"
    AGAIN = "again"
    INFO = "info"


ANSWERLESS = frozenset({Kind.CONFIRM, Kind.AGAIN, Kind.INFO})
"""Kinds that leave no answer behind."""


class Op(StrEnum):
    """What a condition looks at."""

    EQUALS = "equals"
    IN = "in"
    GT = "gt"
    HAS = "has"
    AND = "and"
    OR = "or"
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A question about the answers so far; a small closed set, so that it can be drawn."""

    op: Op
    step: str = ""
    values: tuple[str, ...] = ()
    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Where to go on when a condition holds."""

    to: str
    when: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to choose."""

    key: str
    label: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One question."""

    id: str
    kind: Kind
    text: Texts
    label: Texts = field(default_factory=dict)
    """A word or two for summaries; empty: the first line of the text."""
    help: Texts = field(default_factory=dict)
    optional: bool = False
    when: Condition | None = None
    """The step is passed over while this does not hold."""
    branches: tuple[Branch, ...] = ()
    next: str = ""
    """Where to go on when no branch holds; empty: the step that follows."""

    options: tuple[Option, ...] = ()
    columns: int = 2
    least: float | None = None
    """Fewest characters, smallest number, fewest choices or fewest files."""
    most: float | None = None
    by: float = 1.0
    """What the stepper of a number adds."""
    whole: bool = True
    """Whether a number has no decimals."""
    understand: bool = False
    """Whether a model reads what is typed in other words."""
    form: str = ""
    """What a text has to be: `email`, `url`, `date`, or empty for any words."""
    pattern: str = ""
    """A regular expression that a text has to match as a whole."""
    earliest: str = ""
    """First day of a calendar: `2026-12-01`, `today`, `today+7`, or empty."""
    latest: str = ""
    zone: tzinfo = UTC
    """In which `today` is meant."""
    minutes: int = 30
    """How far apart the times are that a time step offers."""
    accepts: tuple[MediaKind, ...] = ()
    back_to: str = ""
    """For `again`: the first step of the group that is repeated."""

    remind: float = 0.0
    """Seconds of silence after which the question is asked once more; 0: never."""
    expire: float = 0.0
    """Seconds of silence after which the flow ends; 0: never."""


class EndingKind(StrEnum):
    """What becomes of the answers."""

    PROMPT = "prompt"
    CARD = "card"
    TOOL = "tool"
    FORM = "form"
    FLOW = "flow"


class BlankKind(StrEnum):
    """What the model may write into a blank of a card."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    LIST = "list"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """One thing that the model fills in; templates know it by its name."""

    name: str
    kind: BlankKind
    about: str = ""
    """For the model: what belongs there."""
    options: tuple[str, ...] = ()
    columns: tuple[Blank, ...] = ()
    """Of every row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What becomes of the answers when the last step is done."""

    kind: EndingKind
    template: Texts = field(default_factory=dict)
    """For `prompt`: what the model is asked. For `card`: what the card says. For `tool`: what
    the model is told besides."""
    ask: Texts = field(default_factory=dict)
    """For a `card` with blanks: what the model is asked."""
    blanks: tuple[Blank, ...] = ()
    tool: str = ""
    arguments: Mapping[str, Texts] = field(default_factory=dict)
    """Templates, by the names of the tool's arguments."""
    text: Texts = field(default_factory=dict)
    """What the person is told at the end."""
    flow: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a flow begins by itself for those who want that."""

    every: str
    """`day`, `weekdays`, or one of `mon` to `sun`."""
    at: str
    """A time of day, as 18:30."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A whole flow."""

    name: str
    revision: str
    """Changes with every change of the definition."""
    title: Texts
    steps: tuple[Step, ...]
    ending: Ending
    about: Texts = field(default_factory=dict)
    command: str = ""
    anyone: bool = False
    """In groups everybody may answer, not just who started it."""
    schedule: Schedule | None = None
    hidden: bool = False
    """Not listed in the menu; it is started by other flows or by its command."""

    def step(self, name: str) -> Step | None:
        """Return the step of that name."""
        return next((each for each in self.steps if each.id == name), None)

    def after(self, name: str) -> str:
        """Return the name of the step that follows in order, or `END`."""
        names = [each.id for each in self.steps]
        at = names.index(name) + 1
        return names[at] if at < len(names) else END


def pick(texts: Texts, language: str) -> str:
    """Return the sentence that a speaker of *language* reads best; empty if there is none."""
    if language in texts:
        return texts[language]
    spoken = language.lower().partition("-")[0]
    for known, text in texts.items():
        if known.lower().partition("-")[0] == spoken:
            return text
    return texts.get("en") or next(iter(texts.values()), "")
