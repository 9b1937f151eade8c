"""Reads the files of flows; whatever is wrong is a sentence with file, line and field."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from fsm.flow.definition import (
    Blank,
    BlankKind,
    Branch,
    Condition,
    Definition,
    Ending,
    Op,
    Option,
    Schedule,
    Step,
)
from service.flows import checks
from service.flows.lines import BrokenFileError, Lined, read
from service.flows.schema import BlankFile, ConditionFile, EndingFile, FlowFile, StepFile

FOLDER: Final = Path(__file__).parent
"""Where the flows that come with the service are."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing that is wrong in a flow's file."""

    file: str
    line: int
    field: str
    what: str

    def __str__(self) -> str:
        field = f" {self.field}:" if self.field else ""
        return f"{self.file}:{self.line}:{field} {self.what}"


class FlowsError(Exception):
    """Some flows cannot be used; nothing was changed."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("\n".join(map(str, self.mistakes)))


def load(*folders: Path, servers: Collection[str] | None = None) -> dict[str, Definition]:
    """Return the flows in *folders*, by name; one in a later folder replaces one of its name.

    An ending may call tools of these MCP *servers*; None: of any.

    Raises:
        FlowsError: Something is wrong with one of them.

    """
    found: dict[str, Definition] = {}
    files: dict[str, tuple[str, Lined]] = {}
    mistakes: list[Mistake] = []
    for folder in folders:
        here: dict[str, str] = {}
        for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml"))):
            try:
                definition, lined = parsed(path.read_text(encoding="utf-8"), path.name)
            except FlowsError as error:
                mistakes += error.mistakes
                continue
            name = definition.name
            if name in here:
                what = f"{here[name]} has a flow of the name {name} already"
                mistakes.append(Mistake(path.name, lined.line(("flow",)), "flow", what))
            here[name] = path.name
            found[name] = definition
            files[name] = (path.name, lined)
    for fault, name in checks.together(found, servers):
        file, lined = files[name]
        mistakes.append(Mistake(file, lined.line(fault.path), _dotted(fault.path), fault.what))
    if mistakes:
        raise FlowsError(mistakes)
    return found


def parsed(text: str, file: str) -> tuple[Definition, Lined]:
    """Return the flow that *text* describes.

    Raises:
        FlowsError: Something is wrong with it.

    """
    try:
        lined = read(text)
    except BrokenFileError as error:
        raise FlowsError([Mistake(file, error.line, "", str(error))]) from None
    try:
        written = FlowFile.model_validate(_worded(lined.data))
    except ValidationError as error:
        raise FlowsError(_mistakes(error, file, lined)) from None
    definition = compiled(written)
    faults = [
        Mistake(file, lined.line(fault.path), _dotted(fault.path), fault.what)
        for fault in checks.alone(definition, written.languages)
    ]
    if faults:
        raise FlowsError(faults)
    return definition, lined


def _worded(data: Any) -> Any:
    """Return *data* with `{key: name}` replaced by the text of that name under `words`."""
    words = data.get("words") if isinstance(data, dict) else None
    if not isinstance(words, dict):
        return data

    def worded(value: Any) -> Any:
        match value:
            case {"key": str(name), **more} if not more and name in words:
                return words[name]
            case dict():
                return {key: worded(each) for key, each in value.items()}
            case list():
                return [worded(each) for each in value]
        return value

    return {key: each if key == "words" else worded(each) for key, each in data.items()}


def compiled(written: FlowFile) -> Definition:
    """Return the definition that was *written*, whoever wrote it: a file, or Python."""
    plain = written.model_dump_json(by_alias=True)
    return Definition(
        name=written.flow,
        revision=hashlib.sha256(plain.encode()).hexdigest()[:12],
        title=written.title,
        about=written.about or {},
        command=written.command or "",
        anyone=written.anyone,
        hidden=written.hidden,
        schedule=Schedule(every=plan.every, at=plan.at) if (plan := written.schedule) else None,
        steps=tuple(map(_step, written.steps)),
        ending=_ending(written.ending),
    )


def _step(step: StepFile) -> Step:
    return Step(
        id=step.id,
        kind=step.kind,
        text=step.text,
        label=step.label or {},
        help=step.help or {},
        optional=step.optional,
        when=_condition(step.when) if step.when else None,
        branches=tuple(Branch(to=each.to, when=_condition(each.when)) for each in step.goto),
        next=step.next or "",
        options=tuple(Option(key=each.key, label=each.label) for each in step.options),
        columns=step.columns,
        least=step.least,
        most=step.most,
        by=step.by,
        whole=step.whole,
        understand=step.understand,
        form=step.form or "",
        pattern=step.pattern or "",
        earliest=step.earliest or "",
        latest=step.latest or "",
        minutes=step.minutes,
        accepts=tuple(step.accepts),
        back_to=step.back_to or "",
        remind=step.remind or 0.0,
        expire=step.expire or 0.0,
    )


def _ending(ending: EndingFile) -> Ending:
    return Ending(
        kind=ending.kind,
        template=ending.template or {},
        text=ending.text or {},
        ask=ending.ask or {},
        blanks=tuple(map(_blank, ending.fields)),
        tool=ending.tool or "",
        arguments=ending.arguments,
        flow=ending.flow or "",
    )


def _blank(blank: BlankFile) -> Blank:
    columns = (
        Blank(name=each.name, kind=BlankKind(each.kind), about=each.about) for each in blank.columns
    )
    return Blank(
        name=blank.name,
        kind=blank.kind,
        about=blank.about,
        options=tuple(blank.options),
        columns=tuple(columns),
    )


def _condition(written: ConditionFile) -> Condition:
    match written:
        case ConditionFile(all_=list(parts)):
            return Condition(op=Op.AND, parts=tuple(map(_condition, parts)))
        case ConditionFile(any_=list(parts)):
            return Condition(op=Op.OR, parts=tuple(map(_condition, parts)))
        case ConditionFile(not_=ConditionFile() as part):
            return Condition(op=Op.NOT, parts=(_condition(part),))
        case ConditionFile(has=str(step)):
            return Condition(op=Op.HAS, step=step)
        case ConditionFile(has=dict(wanted)):
            return _about(Op.HAS, wanted)
        case ConditionFile(equals=dict(wanted)):
            return _about(Op.EQUALS, wanted)
        case ConditionFile(in_=dict(wanted)):
            return _about(Op.IN, wanted)
        case _:
            return _about(Op.GT, written.gt or {})


def _about(op: Op, wanted: Mapping[str, Any]) -> Condition:
    """Return a condition about each of the steps in *wanted*, all of which have to hold."""
    parts = [
        Condition(op=op, step=step, values=tuple(map(_plain, _several(values))))
        for step, values in wanted.items()
    ]
    return parts[0] if len(parts) == 1 else Condition(op=Op.AND, parts=tuple(parts))


def _several(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _plain(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _mistakes(error: ValidationError, file: str, lined: Lined) -> list[Mistake]:
    found = []
    for each in error.errors(include_url=False, include_input=False):
        path = tuple(part for part in each["loc"] if part not in ("str", "dict"))
        what = _FIXES.get(each["type"], "{msg}").format(
            msg=each["msg"].removeprefix("Value error, "), **each.get("ctx", {})
        )
        found.append(Mistake(file, lined.line(path), _dotted(path), what))
    return found


_FIXES: Final = {
    "missing": "this is missing; add it",
    "extra_forbidden": "there is no such field; correct its name or remove it",
    "enum": "this has to be {expected}",
    "literal_error": "this has to be {expected}",
    "string_pattern_mismatch": "a name is a small letter, then up to 19 of a-z, 0-9, _",
}


def _dotted(path: tuple[str | int, ...]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
