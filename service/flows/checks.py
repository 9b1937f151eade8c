"""What can be wrong in a flow that is well formed: loose ends, lost steps, missing words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import TemplateError, meta
from jinja2.exceptions import SecurityError

from fsm.flow import machine
from fsm.flow.definition import END, Condition, Definition, Ending, EndingKind, Op, Step, Texts
from fsm.flow.screen import MOST_BYTES, longest
from service.flows.templates import parsed
from service.tools.names import BETWEEN, OURS

Where = tuple[str | int, ...]

RESERVED = frozenset(
    {"start", "help", "stop", "reset", "retry", "plain", "debug", "flows", "cancel", END}
)
_MENTION = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong, and the path to it in the file."""

    path: Where
    what: str


def alone(definition: Definition, languages: Sequence[str]) -> Iterator[Fault]:
    """Yield what is wrong with *definition* taken by itself."""
    names = [step.id for step in definition.steps]
    for at, step in enumerate(definition.steps):
        if step.id in RESERVED or names.index(step.id) != at:
            yield Fault(("steps", at, "id"), f"the name {step.id} is taken; choose another")
        yield from _targets(names, at, step)
        yield from _payloads(at, step)
    if definition.command in RESERVED:
        yield Fault(("command",), f"/{definition.command} is taken; choose another")
    for path, texts in _texts(definition):
        for language in languages:
            if language not in texts:
                yield Fault(path, f"the text in {language} is missing")
    yield from _mentions(definition, names)
    yield from _blanks(definition, names)
    yield from _tool(definition.ending)
    yield from _templates(definition, names)
    if len(set(names)) == len(names) and all(_known(definition, names)):
        yield from _ways(definition)


def together(
    flows: Mapping[str, Definition], servers: Collection[str] | None
) -> Iterator[tuple[Fault, str]]:
    """Yield what is wrong with *flows* taken together, and the name of the flow it is in.

    *servers* are those of MCP; None: nobody knows yet which there will be.
    """
    commands: dict[str, str] = {}
    for name, definition in flows.items():
        ending = definition.ending
        if ending.kind is EndingKind.FLOW and ending.flow not in flows:
            what = f"there is no flow {ending.flow}; there are {', '.join(flows)}"
            yield Fault(("ending", "flow"), what), name
        server, between, _ = ending.tool.partition(BETWEEN)
        if between and servers is not None and server not in servers:
            there = f"there are {', '.join(servers)}" if servers else "there is none"
            yield Fault(("ending", "tool"), f"there is no MCP server {server}; {there}"), name
        if definition.command and definition.command in commands:
            other = commands[definition.command]
            yield Fault(("command",), f"{other} has the command /{definition.command} too"), name
        commands.setdefault(definition.command, name)


def _known(definition: Definition, names: Sequence[str]) -> Iterator[bool]:
    for step in definition.steps:
        for to in (step.next, step.back_to, *(each.to for each in step.branches)):
            yield to in ("", END) or to in names


def _targets(names: Sequence[str], at: int, step: Step) -> Iterator[Fault]:
    places: list[tuple[Where, str]] = [
        (("steps", at, "goto", number, "to"), branch.to)
        for number, branch in enumerate(step.branches)
    ]
    places += [(("steps", at, "next"), step.next)] if step.next else []
    for path, to in places:
        if to != END and to not in names:
            yield Fault(path, f"there is no step {to}; write one of {', '.join(names)}, {END}")
    if step.back_to and step.back_to not in names[: at + 1]:
        what = f"{step.back_to} does not come before this step; write one of {names[:at]}"
        yield Fault(("steps", at, "back_to"), what)
    for path, condition in _conditions(at, step):
        for asked in _steps_of(condition):
            if asked not in names:
                yield Fault(path, f"the condition asks for {asked}, which is no step")


def _conditions(at: int, step: Step) -> Iterator[tuple[Where, Condition]]:
    if step.when:
        yield ("steps", at, "when"), step.when
    for number, branch in enumerate(step.branches):
        yield ("steps", at, "goto", number, "when"), branch.when


def _steps_of(condition: Condition) -> Iterator[str]:
    if condition.op in (Op.AND, Op.OR, Op.NOT):
        for part in condition.parts:
            yield from _steps_of(part)
    else:
        yield condition.step


def _payloads(at: int, step: Step) -> Iterator[Fault]:
    for number, option in enumerate(step.options):
        if longest(step.id, f"+{option.key}") > MOST_BYTES:
            path = ("steps", at, "options", number, "key")
            what = f"with the name of its step this is more than {MOST_BYTES} bytes; shorten it"
            yield Fault(path, what)


def _texts(definition: Definition) -> Iterator[tuple[Where, Texts]]:
    yield ("title",), definition.title
    if definition.about:
        yield ("about",), definition.about
    for at, step in enumerate(definition.steps):
        yield ("steps", at, "text"), step.text
        for field in ("label", "help"):
            if texts := getattr(step, field):
                yield ("steps", at, field), texts
        for number, option in enumerate(step.options):
            yield ("steps", at, "options", number, "label"), option.label
    for field in ("template", "text", "ask"):
        if texts := getattr(definition.ending, field):
            yield ("ending", field), texts
    for name, texts in definition.ending.arguments.items():
        yield ("ending", "arguments", name), texts


def _mentions(definition: Definition, names: Sequence[str]) -> Iterator[Fault]:
    for at, step in enumerate(definition.steps):
        for text in step.text.values():
            for mention in _MENTION.findall(text):
                if mention not in names:
                    what = f"{{{mention}}} is no step; write one of {', '.join(names)}"
                    yield Fault(("steps", at, "text"), what)


def _blanks(definition: Definition, names: Sequence[str]) -> Iterator[Fault]:
    taken = {*names, "language"}
    for at, blank in enumerate(definition.ending.blanks):
        if blank.name in taken:
            path = ("ending", "fields", at, "name")
            yield Fault(path, f"the name {blank.name} is taken; choose another")
        taken.add(blank.name)


def _tool(ending: Ending) -> Iterator[Fault]:
    if ending.tool and ending.tool not in OURS and BETWEEN not in ending.tool:
        what = f"there is no tool {ending.tool}; write one of {', '.join(OURS)}"
        yield Fault(("ending", "tool"), f"{what}, or SERVER{BETWEEN}TOOL of an MCP server")


def _templates(definition: Definition, names: Sequence[str]) -> Iterator[Fault]:
    ending = definition.ending
    answers = {*names, "language"}
    yield from _template(
        ("ending", "template"), ending.template, answers | {each.name for each in ending.blanks}
    )
    yield from _template(("ending", "ask"), ending.ask, answers)
    for name, texts in ending.arguments.items():
        yield from _template(("ending", "arguments", name), texts, answers)


def _template(where: Where, texts: Texts, known: set[str]) -> Iterator[Fault]:
    for language, template in texts.items():
        path = (*where, language)
        try:
            tree = parsed(template)
        except (TemplateError, SecurityError) as error:
            yield Fault(path, f"this is no template: {error}")
            continue
        for name in sorted(meta.find_undeclared_variables(tree) - known):
            yield Fault(path, f"the template asks for {name}, which is no step")


def _ways(definition: Definition) -> Iterator[Fault]:
    """Walk the machine of the flow: every step can be reached, and each leads to the end."""
    made = machine.compiled(definition)
    numbers = {step.id: at for at, step in enumerate(definition.steps)}
    for name in machine.unreachable(definition, made):
        yield Fault(
            ("steps", numbers[name], "id"), f"no way leads to {name}; remove it or go to it"
        )
    for name in machine.dead_ends(definition, made):
        what = f"from {name} there is no way to the end; let a step go on to {END}"
        yield Fault(("steps", numbers[name], "id"), what)
