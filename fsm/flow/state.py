"""Where a person stands in a flow: packed into the chat's snapshot with the conversation."""

from __future__ import annotations

from dataclasses import dataclass, field

from fsm.content import Media, Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was answered at one step."""

    step: str
    round: int = 0
    """Which time through a repeated group, from 0."""
    value: str = ""
    """Words as typed, the key of a choice, a number, a day as 2026-12-24, a time as 18:30."""
    values: tuple[str, ...] = ()
    """The keys of several choices."""
    media: tuple[Media, ...] = ()
    skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A step that was gone through."""

    step: str
    round: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One person's way through one flow."""

    number: int
    """Which flow of this chat, from 1: buttons of other ones are old."""
    name: str
    revision: str = ""
    """Of the definition that `step` and `given` were made with."""
    person: str = ""
    language: str = "en"
    step: str = ""
    """The question in hand; empty at the end, while the ending is being prepared."""
    round: int = 0
    view: int = 1
    """Which question of this way is shown: buttons of earlier ones are old."""
    trail: tuple[Visit, ...] = ()
    given: tuple[Given, ...] = ()
    """The last word at every step, also of steps that a later answer has made unnecessary."""

    picked: tuple[str, ...] = ()
    """What is chosen so far at the step in hand."""
    page: str = ""
    """Which page of a widget is open (a month, a year, an hour)."""
    media: tuple[Media, ...] = ()
    """What has been sent so far at the step in hand."""
    album: str = ""
    """The album that filled the last media step; its stragglers are not questions."""
    note: str = ""
    """Key of a hint shown with the question (`flow-note-number`)."""
    note_args: tuple[str, ...] = ()
    """Its placeholders and values in turns."""
    helped: bool = False
    """The help of the step in hand is open."""
    reading: Prompt | None = None
    """What a model is reading, to find the answer in it."""
    asking: bool = False
    """The next message is a question for the model, not an answer."""
    changed: bool = False
    """The definition was changed so much that only a restart is left."""

    since: float = 0.0
    """When the step in hand was entered, in wall seconds."""
    due: float = 0.0
    """When the silence has lasted long enough for a reminder or an end; 0: never."""
    reminded: bool = False
    shows_at: float = 0.0
    """When a question whose answer comes in several messages is shown again; 0: it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Answers that were given to be kept."""

    flow: str
    revision: str
    person: str
    language: str = "en"
    at: float = 0.0
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A flow that somebody wants to begin by itself again and again."""

    flow: str
    at: float
    """When it begins next, in wall seconds."""
    person: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """Everything about guided flows in one chat."""

    count: int = 0
    """How many have been started here."""
    current: Flow | None = None
    forms: tuple[Form, ...] = field(default_factory=tuple)
    planned: tuple[Plan, ...] = ()
    """What begins by itself, the earliest first."""
    offered: tuple[str, ...] = ()
    """What the model has suggested in the answer in hand; shown below it with a button each."""


MOST_FORMS = 200
"""Forms kept per chat; the oldest leaves first."""


def find(given: tuple[Given, ...], step: str, round_: int) -> Given | None:
    """Return what was answered at *step* in that round."""
    return next((each for each in given if each.step == step and each.round == round_), None)


def put(given: tuple[Given, ...], new: Given) -> tuple[Given, ...]:
    """Return *given* with *new* instead of an earlier answer at its step."""
    kept = tuple(each for each in given if (each.step, each.round) != (new.step, new.round))
    return (*kept, new)


def counted(flow: Flow) -> tuple[Given, ...]:
    """Return the answers at the steps that were gone through, in their order."""
    found = (find(flow.given, visit.step, visit.round) for visit in flow.trail)
    return tuple(each for each in found if each is not None)
