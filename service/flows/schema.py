"""What an author may write in a flow's file; pydantic says what is wrong with it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from fsm.content import MediaKind
from fsm.flow.definition import BlankKind, EndingKind, Kind

Name = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,19}$",
        description="small letters, digits and _; at most 20, a letter first",
    ),
]
_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)")
_SECONDS: Final = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def _texts(value: Any) -> Any:
    return {"en": value} if isinstance(value, str) else value


def _known(value: dict[str, str]) -> dict[str, str]:
    if list(value) == ["key"]:
        raise ValueError(f"there is no text {value['key']} under `words`; add it")
    return value


def _span(value: Any) -> Any:
    if isinstance(value, str) and (found := _SPAN.fullmatch(value.strip())):
        return float(found[1]) * _SECONDS[found[2]]
    raise ValueError("write a number and a unit: 90 s, 10 min, 2 h or 3 d")


def _regex(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"this is no regular expression: {error}") from None
    return value


def _clock(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError("write a time like 18:30")
    return value


def _day(value: Any) -> str:
    text = str(value)
    if not re.fullmatch(r"today(\+\d+)?|\d{4}-\d\d-\d\d", text):
        raise ValueError("write a day like 2026-12-24, today or today+7")
    return text


Texts = Annotated[
    dict[str, Annotated[str, Field(min_length=1)]],
    BeforeValidator(_texts),
    AfterValidator(_known),
    Field(min_length=1),
]
Span = Annotated[float, BeforeValidator(_span), Field(gt=0)]
Day = Annotated[str, BeforeValidator(_day)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class ConditionFile(_Strict):
    """One question about the answers; exactly one of the first four, or a combination."""

    equals: dict[Name, str | int | float | bool] | None = None
    in_: dict[Name, list[str | int | float]] | None = Field(None, alias="in")
    gt: dict[Name, float] | None = None
    has: Name | dict[Name, list[str]] | None = None
    all_: list[ConditionFile] | None = Field(None, alias="and", min_length=1)
    any_: list[ConditionFile] | None = Field(None, alias="or", min_length=1)
    not_: ConditionFile | None = Field(None, alias="not")

    @model_validator(mode="after")
    def _one(self) -> ConditionFile:
        if len(self.model_fields_set) != 1:
            raise ValueError("a condition is exactly one of equals, in, gt, has, and, or, not")
        return self


class BranchFile(_Strict):
    """Where to go on when a condition holds."""

    when: ConditionFile
    to: Name


class OptionFile(_Strict):
    """One thing to choose."""

    key: Name
    label: Texts


class StepFile(_Strict):
    """One question."""

    id: Name
    kind: Kind
    text: Texts
    label: Texts | None = None
    help: Texts | None = None
    optional: bool = False
    when: ConditionFile | None = None
    goto: list[BranchFile] = []
    next: Name | None = None
    options: list[OptionFile] = []
    columns: int = Field(2, ge=1, le=4)
    least: float | None = None
    most: float | None = None
    by: float = Field(1.0, gt=0)
    whole: bool = True
    understand: bool = False
    form: Literal["email", "url", "date"] | None = None
    pattern: Annotated[str, AfterValidator(_regex)] | None = None
    earliest: Day | None = None
    latest: Day | None = None
    minutes: Literal[5, 10, 15, 20, 30, 60] = 30
    accepts: list[MediaKind] = []
    back_to: Name | None = None
    remind: Span | None = None
    expire: Span | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> StepFile:
        written = self.model_fields_set
        for field, kinds in _FIELDS_OF.items():
            if field in written and self.kind not in kinds:
                fitting = ", ".join(kinds)
                raise ValueError(f"`{field}` belongs to {fitting}, not to {self.kind}")
        for kind, field in _NEEDED.items():
            if self.kind is kind and field not in written:
                raise ValueError(f"a step of kind {kind} needs `{field}`")
        if self.understand and self.kind is Kind.TEXT and not self.form:
            raise ValueError("`understand` needs a `form` in a text: any words are an answer")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("`least` is more than `most`")
        keys = [option.key for option in self.options]
        if len(keys) != len(set(keys)):
            raise ValueError("two options have the same key")
        return self


_FIELDS_OF: Final[dict[str, tuple[Kind, ...]]] = {
    "options": (Kind.CHOICE, Kind.CHOICES),
    "columns": (Kind.CHOICE, Kind.CHOICES),
    "least": (Kind.TEXT, Kind.NUMBER, Kind.CHOICES, Kind.MEDIA),
    "most": (Kind.TEXT, Kind.NUMBER, Kind.CHOICES, Kind.MEDIA),
    "by": (Kind.NUMBER,),
    "whole": (Kind.NUMBER,),
    "form": (Kind.TEXT,),
    "understand": (Kind.TEXT, Kind.NUMBER, Kind.CHOICE, Kind.DATE, Kind.TIME),
    "pattern": (Kind.TEXT,),
    "earliest": (Kind.DATE, Kind.TEXT),
    "latest": (Kind.DATE, Kind.TEXT),
    "minutes": (Kind.TIME,),
    "accepts": (Kind.MEDIA,),
    "back_to": (Kind.AGAIN,),
}
_NEEDED: Final = {
    Kind.CHOICE: "options",
    Kind.CHOICES: "options",
    Kind.MEDIA: "accepts",
    Kind.AGAIN: "back_to",
}


class ColumnFile(_Strict):
    """One thing that the model fills in, in every row."""

    name: Name
    kind: Literal["text", "number", "flag"] = "text"
    about: str = ""
    """For the model: what belongs there."""


class BlankFile(_Strict):
    """One thing that the model fills in."""

    name: Name
    kind: BlankKind = BlankKind.TEXT
    about: str = ""
    options: list[str] = []
    columns: list[ColumnFile] = []

    @model_validator(mode="after")
    def _whole(self) -> BlankFile:
        for field, kind in (("options", BlankKind.CHOICE), ("columns", BlankKind.ROWS)):
            if bool(getattr(self, field)) != (self.kind is kind):
                raise ValueError(f"`{field}` and the kind {kind} belong together")
        return self


class EndingFile(_Strict):
    """What becomes of the answers."""

    kind: EndingKind
    template: Texts | None = None
    ask: Texts | None = None
    fields: list[BlankFile] = []
    tool: str | None = None
    arguments: dict[str, Texts] = {}
    text: Texts | None = None
    flow: Name | None = None

    @model_validator(mode="after")
    def _whole(self) -> EndingFile:
        needed = {EndingKind.PROMPT: "template", EndingKind.CARD: "template"}
        needed |= {EndingKind.FLOW: "flow", EndingKind.TOOL: "tool"}
        field = needed.get(self.kind)
        if field and getattr(self, field) is None:
            raise ValueError(f"an ending of kind {self.kind} needs `{field}`")
        for field, kind in _ENDINGS_OF.items():
            if field in self.model_fields_set and self.kind is not kind:
                raise ValueError(f"`{field}` belongs to {kind}, not to {self.kind}")
        if bool(self.ask) != bool(self.fields):
            raise ValueError("`ask` and `fields` belong together")
        return self


_ENDINGS_OF: Final = {
    "ask": EndingKind.CARD,
    "fields": EndingKind.CARD,
    "tool": EndingKind.TOOL,
    "arguments": EndingKind.TOOL,
    "flow": EndingKind.FLOW,
}


class ScheduleFile(_Strict):
    """When the flow begins by itself, for those who press its button."""

    every: Literal["day", "weekdays", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    at: Annotated[str, AfterValidator(_clock)]


class FlowFile(_Strict):
    """A whole flow."""

    flow: Name
    title: Texts
    about: Texts | None = None
    command: Name | None = None
    words: dict[Name, Texts] = {}
    """Texts that are used more than once; `{key: name}` stands for one of them."""
    languages: list[str] = Field(["en"], min_length=1)
    """Every text has to exist in each of these."""
    anyone: bool = False
    hidden: bool = False
    schedule: ScheduleFile | None = None
    steps: list[StepFile] = Field(min_length=1)
    ending: EndingFile
