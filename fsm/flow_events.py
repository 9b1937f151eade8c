"""What happens around guided flows, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from fsm.content import Card
from fsm.steps import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStarted:
    """Somebody wants to begin a guided flow: by command, link, button, or a suggestion."""

    name: str
    person: str = ""
    language: str = "en"
    callback: str = ""
    """The button press that waits for its acknowledgement, if it was one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """Somebody pressed a key under a question of a guided flow."""

    flow: int
    view: int
    step: str
    act: str
    person: str
    message: int
    """The channel's number of the message with the key."""
    callback: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCancelled:
    """Somebody wants out of the flow (/cancel)."""

    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowsListed:
    """Somebody wants to see which flows there are."""

    language: str = "en"
    reload: bool = False
    """An admin wants their files read again first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowsReloaded:
    """The files of flows were read again, or could not be used."""

    changed: int = 0
    problem: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowDue:
    """A deadline of the flow in hand may have passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The words of a flow's ending are ready, or cannot be had."""

    flow: int
    text: str = ""
    card: Card | None = None
    """What the model has to fill in, asked with *text*."""
    call: Call | None = None
    """What a tool has to do."""
    problem: str = ""
    """For operators: what is wrong with the template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowOffered:
    """The model thinks that a guide would help; the person begins it with a button, or not."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """Somebody's own words have been read; *value* is what they answer, empty if nothing."""

    flow: int
    view: int
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPlanned:
    """Somebody wants a flow to begin by itself on its schedule, or not any more."""

    name: str
    wanted: bool
    person: str = ""
    language: str = "en"
    callback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDue:
    """The time of a plan may have come."""


Planned = FlowPlanned | PlanDue
Moved = FlowStarted | Tapped | FlowCancelled | FlowDue | Rendered | FlowOffered | Understood
FlowEvent = Moved | Planned | FlowsListed | FlowsReloaded
