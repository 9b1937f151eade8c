"""The words of an ending: the author's templates, filled in with the answers."""

from __future__ import annotations

from typing import Any, Final

import anyio.to_thread
import msgspec

from fsm.content import Card
from fsm.effects import Render
from fsm.flow.definition import Definition, Ending, EndingKind, Kind, pick
from fsm.flow.path import repeated
from fsm.flow.state import Flow, Given, counted
from fsm.flow.view import shown
from fsm.flow_events import Rendered
from fsm.steps import Call
from service.flows import cards
from service.flows.templates import rendered

_TIME_LIMIT: Final = 2.0


async def word(effect: Render) -> Rendered:
    """Return the ending of a flow in words, with the card or the call that belongs to it.

    Raises:
        Exception: Whatever the author's template does wrong.

    """
    with anyio.fail_after(_TIME_LIMIT):
        return await anyio.to_thread.run_sync(
            worded, effect.definition, effect.flow, abandon_on_cancel=True
        )


async def fill(card: Card, text: str) -> str:
    """Return *card* filled in with what the model wrote.

    Raises:
        UnfitError: It does not fit.
        Exception: Whatever the author's template does wrong.

    """
    with anyio.fail_after(_TIME_LIMIT):
        return await anyio.to_thread.run_sync(cards.filled, card, text, abandon_on_cancel=True)


def worded(definition: Definition, flow: Flow) -> Rendered:
    """Return the ending in words; empty where it needs none."""
    ending, names = definition.ending, answers(definition, flow)
    template = pick(ending.template, flow.language)
    match ending.kind:
        case EndingKind.CARD if ending.blanks:
            card = Card(
                schema=_json(cards.schema_of(ending.blanks)),
                template=template,
                names=_json(names),
            )
            text = rendered(pick(ending.ask, flow.language), names)
            return Rendered(flow=flow.number, text=text, card=card)
        case EndingKind.TOOL:
            text = rendered(template, names) if template else ""
            return Rendered(flow=flow.number, text=text, call=_call(ending, flow, names))
    return Rendered(flow=flow.number, text=rendered(template, names) if template else "")


def _call(ending: Ending, flow: Flow, names: dict[str, Any]) -> Call:
    arguments = {
        name: rendered(pick(template, flow.language), names)
        for name, template in ending.arguments.items()
    }
    return Call(id="flow", name=ending.tool, arguments=_json(arguments))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


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
