"""Words that a model is asked to read: a day, a time, a number or an option said in own words.

They wait in the flow, so that a restart reads them again; what they turn out to mean is checked
like anything that is typed. What means nothing there is a question, as it would have been.
"""

from __future__ import annotations

from dataclasses import replace

from fsm import turns
from fsm.content import Prompt
from fsm.data import Conversation, Rules
from fsm.effects import Understand
from fsm.flow.calendar import today
from fsm.flow.definition import Definition, pick
from fsm.flow.moves import acted, answered, kept, show, timer
from fsm.flow.state import Flow, Given
from fsm.flow.typed import Said, Wrong, typed
from fsm.flow_events import Understood
from fsm.turns import Decided


def begun(conv: Conversation, definition: Definition, flow: Flow, prompt: Prompt) -> Decided:
    """Have *prompt* read."""
    conv, flow = kept(conv, replace(flow, reading=prompt))
    return conv, (reading(definition, flow), *timer(flow))


def reading(definition: Definition, flow: Flow) -> Understand:
    """Return the effect that reads what waits in *flow*."""
    step, prompt = definition.step(flow.step), flow.reading
    assert step is not None
    assert prompt is not None
    return Understand(
        flow=flow.number,
        view=flow.view,
        step=step,
        question=pick(step.text, flow.language),
        prompt=prompt,
        today=f"{today(step, prompt.at):%Y-%m-%d, %A}",
    )


def done(conv: Conversation, event: Understood, now: float, rules: Rules) -> Decided:
    """Take what was read for an answer if it is one; else what was written stands for itself."""
    flow = conv.flows.current
    definition = rules.flows.get(flow.name) if flow else None
    step = definition.step(flow.step) if flow and definition else None
    if flow is None or definition is None or step is None or flow.reading is None:
        return conv, ()
    if (event.flow, event.view) != (flow.number, flow.view):
        return conv, ()
    written = flow.reading
    conv, flow = kept(conv, replace(flow, reading=None))
    match typed(step, replace(written, text=event.value), now):
        case Said(act=act) if act:
            return acted(conv, definition, flow, act, now, typed=True)
        case Said(value=value):
            given = Given(step=step.id, round=flow.round, value=value)
            return answered(conv, definition, flow, given, now, typed=True)
        case Wrong(key=key, args=args):
            return _hinted(conv, definition, flow, key, args, now)
    match typed(step, written, now):
        case Wrong(key=key, args=args):
            return _hinted(conv, definition, flow, key, args, now)
    return turns.ask_or_wait(conv, (written,), now, rules)


def _hinted(
    conv: Conversation,
    definition: Definition,
    flow: Flow,
    key: str,
    args: tuple[str, ...],
    now: float,
) -> Decided:
    conv, fresh = kept(conv, replace(flow, note=key, note_args=args))
    return conv, (show(definition, fresh, now, below=True), *timer(fresh))
