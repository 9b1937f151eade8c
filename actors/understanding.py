"""Reading an answer in somebody's own words: a small question to the cheap model."""

from __future__ import annotations

import json
from contextlib import aclosing
from typing import Any, Final

import anyio

from actors.paying import Till
from actors.ports import Model, ProviderError, Request, TextDelta
from actors.runtime.behaviour import Perform
from fsm.content import Prompt
from fsm.effects import Understand
from fsm.flow.definition import Kind, Step
from fsm.flow_events import Understood

PATIENCE: Final = 15.0
"""Seconds; after that what was written stands for itself."""
_WANTED: Final = {
    Kind.DATE: "a day, as 2026-12-24",
    Kind.TIME: "a time of day, as 18:30",
    Kind.NUMBER: "a number in digits",
    Kind.CHOICE: "the key of one option",
}
_FORMS: Final = {"date": "a day, as 2026-12-24", "email": "an e-mail address", "url": "a link"}


def understanding(effect: Understand, model: Model, till: Till, chat: str) -> Perform:
    """Return the effect whose result is `Understood`, however the model fails."""

    async def understand(_: object) -> Understood:
        value = ""
        meter = till.meter(model)
        try:
            with anyio.move_on_after(PATIENCE):
                value = await _value(meter, effect, chat)
        except (ProviderError, ValueError):
            value = ""
        finally:
            till.bill(chat, meter.spent)
        return Understood(flow=effect.flow, view=effect.view, value=value)

    return Perform("understand", understand)


async def _value(model: Model, effect: Understand, chat: str) -> str:
    text = ""
    request = Request(
        chat=f"{chat}/understand",
        turn=effect.view,
        attempt=1,
        prompts=(_question(effect),),
        schema=json.dumps(_schema(effect.step)),
    )
    async with aclosing(model.answer(request)) as stream:
        async for piece in stream:
            if isinstance(piece, TextDelta):
                text += piece.text
    found = json.loads(text)
    value = found.get("value") if isinstance(found, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _question(effect: Understand) -> Prompt:
    step = effect.step
    lines = [
        f"Question: {effect.question}",
        f"Wanted: {_FORMS.get(step.form) or _WANTED.get(step.kind, 'the answer in plain words')}",
        f"Today is {effect.today}.",
    ]
    lines += [f"Option {each.key}: {', '.join(each.label.values())}" for each in step.options]
    return Prompt(
        instruction="understand",
        text="\n".join(lines),
        quote=effect.prompt.text,
        language=effect.prompt.language,
    )


def _schema(step: Step) -> dict[str, Any]:
    value: dict[str, Any] = {"type": "string"}
    if step.kind is Kind.CHOICE:
        value["enum"] = [*(option.key for option in step.options), "none"]
    return {
        "type": "object",
        "properties": {"value": value},
        "required": ["value"],
        "additionalProperties": False,
    }
