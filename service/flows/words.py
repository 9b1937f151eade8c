"""The words of an ending: an author's Jinja2 template, in a sandbox, with the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import anyio.to_thread
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from fsm.effects import Render
from fsm.flow.definition import Definition, Kind, pick
from fsm.flow.path import repeated
from fsm.flow.state import Flow, Given, counted
from fsm.flow.view import shown

LONGEST: Final = 20_000
"""Characters of a rendered ending."""
_TIME_LIMIT: Final = 2.0

environment: Final = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)
environment.globals.clear()  # no range(10**9)


async def word(effect: Render) -> str:
    """Return the ending of a flow in words; empty where it needs none.

    Raises:
        Exception: Whatever the author's template does wrong.

    """
    definition, flow = effect.definition, effect.flow
    template = pick(definition.ending.template, flow.language)
    if not template:
        return ""
    with anyio.fail_after(_TIME_LIMIT):
        return await anyio.to_thread.run_sync(
            rendered, template, answers(definition, flow), abandon_on_cancel=True
        )


def rendered(template: str, names: Mapping[str, Any]) -> str:
    """Return *template* filled in."""
    return environment.from_string(template).render(names).strip()[:LONGEST]


def answers(definition: Definition, flow: Flow) -> dict[str, Any]:
    """Return what a template may use: every answer as people read it, by the name of its step.

    A step that was not gone through or was skipped is empty; several choices and the rounds of
    a repeated group are lists; files are their number.
    """
    loops = repeated(definition)
    given = counted(flow)
    found: dict[str, Any] = {"language": flow.language}
    for step in definition.steps:
        if step.kind in (Kind.INFO, Kind.CONFIRM, Kind.AGAIN):
            continue
        mine = [_answer(step, each, flow) for each in given if each.step == step.id]
        nothing: Any = [] if step.kind is Kind.CHOICES else ""
        found[step.id] = mine if step.id in loops else (mine[-1] if mine else nothing)
    return found


def _answer(step: Any, given: Given, flow: Flow) -> Any:
    if step.kind is Kind.CHOICES:
        labels = {option.key: pick(option.label, flow.language) for option in step.options}
        return [labels.get(each, each) for each in given.values]
    return len(given.media) if given.media else shown(step, given, flow.language)
