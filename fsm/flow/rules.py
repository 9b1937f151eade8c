"""What happens in a guided flow: started, tapped, answered, reminded, ended.

Every function takes the whole conversation and returns it with effects, as `fsm.conversation`
does: the step, the answers and the model's turn are one value in one snapshot.
"""

from __future__ import annotations

from dataclasses import replace

from fsm.content import Prompt
from fsm.data import Conversation, Rules
from fsm.effects import Acknowledge, Effects, Say, ShowStep
from fsm.flow import endings, menu, plans, reading, steps
from fsm.flow.definition import Definition
from fsm.flow.hearing import hear
from fsm.flow.moves import (
    acknowledged,
    acted,
    answered,
    cancelled,
    close,
    ended,
    kept,
    render,
    show,
    timer,
)
from fsm.flow.screen import Screen, Words
from fsm.flow.state import Flow, Given
from fsm.flow_events import (
    FlowCancelled,
    FlowDue,
    FlowEvent,
    FlowOffered,
    FlowPlanned,
    FlowsListed,
    FlowsReloaded,
    FlowStarted,
    PlanDue,
    Rendered,
    Tapped,
    Understood,
)
from fsm.outbox import Outbox
from fsm.turns import Decided

QUICK = 2.0
"""Seconds after a step in which a press of its keys is just a second tap."""


def decide(
    conv: Conversation, event: FlowEvent, now: float, rules: Rules, outbox: Outbox
) -> Decided:
    """Return the conversation after *event*, and what to do about it."""
    match event:
        case FlowStarted():
            return _started(conv, event, now, rules)
        case Tapped():
            return _tapped(conv, event, now, rules, outbox)
        case FlowCancelled():
            left = conv.flows.current
            definition = rules.flows.get(left.name) if left else None
            return cancelled(conv, event.language, definition)
        case FlowsListed() | FlowsReloaded():
            return conv, (menu.told(conv, event, rules),)
        case FlowPlanned() | PlanDue():
            return _planned(conv, event, now, rules)
        case FlowOffered():
            return offered(conv, event, rules), ()
        case Understood():
            return reading.done(conv, event, now, rules)
        case FlowDue():
            return _due(conv, now, rules)
        case Rendered():
            return _rendered(conv, event, now, rules)


def resume(conv: Conversation, now: float, rules: Rules) -> Decided:
    """Return what flows still owe after a restart: their timers, or an ending."""
    conv, effects = _resume(conv, now, rules)
    return conv, (*effects, *plans.rearm(conv))


def _resume(conv: Conversation, now: float, rules: Rules) -> Decided:
    flow = conv.flows.current
    if flow is None:
        return conv, ()
    definition = rules.flows.get(flow.name)
    if definition is None:
        return conv, ()
    if not flow.step and not flow.changed:
        return conv, (render(definition, flow),)
    if definition.revision != flow.revision:
        conv, flow = kept(conv, steps.carried(definition, flow, now))
        return conv, (show(definition, flow, now), *timer(flow))
    if flow.reading is not None:
        return conv, (reading.reading(definition, flow), *timer(flow))
    return conv, timer(flow)


def owes(conv: Conversation) -> float | None:
    """Return when a flow must act without being pressed: None, 0.0 (at once), or a wall time."""
    planned = conv.flows.planned[0].at if conv.flows.planned else None
    mine = _owes(conv.flows.current)
    return min((at for at in (planned, mine) if at is not None), default=None)


def _owes(flow: Flow | None) -> float | None:
    if flow is None or flow.changed:
        return None
    if not flow.step or flow.reading is not None:
        return 0.0
    return min((at for at in (flow.due, flow.shows_at) if at), default=None)


def heard(
    conv: Conversation, prompt: Prompt, now: float, rules: Rules, outbox: Outbox
) -> Decided | None:
    """Return what *prompt* means to the flow; None: it is a question for the model."""
    flow = conv.flows.current
    definition = rules.flows.get(flow.name) if flow else None
    if flow is None or definition is None or not _may(definition, flow, prompt.person):
        return None
    if flow.revision != definition.revision:
        conv, flow = kept(conv, steps.carried(definition, flow, now))
    result = hear(definition, flow, prompt, now, live=outbox.live)
    match result:
        case None:
            return None
        case Given():
            return answered(conv, definition, flow, result, now, typed=True)
        case Prompt():
            return reading.begun(conv, definition, flow, result)
        case str():
            return acted(conv, definition, flow, result, now, typed=True)
        case Flow():
            conv, after = kept(conv, result)
            if after == flow or after.shows_at:
                return conv, timer(after)
            return conv, (show(definition, after, now, below=True), *timer(after))


def question(conv: Conversation) -> Conversation:
    """Return *conv* once its next message has been taken as a question for the model."""
    flow = conv.flows.current
    return conv if flow is None or not flow.asking else kept(conv, replace(flow, asking=False))[0]


def offered(conv: Conversation, event: FlowOffered, rules: Rules) -> Conversation:
    """Return *conv* once the model has suggested a flow; it is shown below the answer."""
    known = conv.flows.offered
    if event.name in known or event.name not in rules.flows:
        return conv
    return replace(conv, flows=replace(conv.flows, offered=(*known, event.name)))


def below(conv: Conversation, now: float, rules: Rules, language: str) -> Decided:
    """Return what stands below an answer of the model: suggestions, and the question in hand."""
    effects: Effects = ()
    if names := conv.flows.offered:
        conv = replace(conv, flows=replace(conv.flows, offered=()))
        found = [rules.flows[name] for name in names if name in rules.flows]
        screen = Screen(lines=(Words(key="flow-offer"),), rows=menu.starting(found, language))
        effects = (ShowStep(screen=screen, language=language),) if found else ()
    flow = conv.flows.current
    definition = rules.flows.get(flow.name) if flow else None
    if flow is None or definition is None or not (flow.step or flow.changed):
        return conv, effects
    return conv, (*effects, show(definition, flow, now, below=True))


def _started(conv: Conversation, event: FlowStarted, now: float, rules: Rules) -> Decided:
    definition = rules.flows.get(event.name)
    if definition is None:
        heard = Acknowledge(callback=event.callback, key="flow-gone", language=event.language)
        said = Say(key="flow-gone", language=event.language)
        return conv, (heard if event.callback else said,)
    left = conv.flows.current
    effects: Effects = ()
    if event.callback:
        if left is not None and left.name == event.name and now - left.since < QUICK:
            return conv, (acknowledged(event),)
        effects = (acknowledged(event),)
    if left is not None and (old := rules.flows.get(left.name)) is not None:
        effects = (*effects, close(old, left, "flow-left"))
    number = conv.flows.count + 1
    new = Flow(number=number, name=event.name, person=event.person, language=event.language)
    flow = steps.begun(definition, new, now)
    conv = replace(conv, flows=replace(conv.flows, count=number, current=flow))
    if not flow.step:
        conv, done = ended(conv, definition, flow, now)
        return conv, (*effects, *done)
    return conv, (*effects, show(definition, flow, now), *timer(flow))


def _tapped(conv: Conversation, event: Tapped, now: float, rules: Rules, outbox: Outbox) -> Decided:
    flow = conv.flows.current
    definition = rules.flows.get(flow.name) if flow else None
    if flow is None or definition is None:
        return conv, (acknowledged(event, "flow-over"),)
    if not _may(definition, flow, event.person):
        return conv, (acknowledged(event, "flow-not-yours"),)
    below = event.message != outbox.live
    if event.flow != flow.number:
        return conv, (acknowledged(event, "flow-other"), show(definition, flow, now, below=below))
    if not flow.step and not flow.changed:
        return conv, (acknowledged(event),)
    if flow.revision != definition.revision:
        conv, flow = kept(conv, steps.carried(definition, flow, now))
        return conv, (acknowledged(event, "flow-carried"), show(definition, flow, now))
    if (event.view, event.step) != (flow.view, flow.step):
        if now - flow.since < QUICK and not below:
            return conv, (acknowledged(event),)
        return conv, (acknowledged(event, "flow-old"), show(definition, flow, now, below=below))
    conv, effects = acted(conv, definition, flow, event.act, now, toast=event)
    if not any(isinstance(effect, Acknowledge) for effect in effects):
        effects = (acknowledged(event), *effects)
    return conv, effects


def _rendered(conv: Conversation, event: Rendered, now: float, rules: Rules) -> Decided:
    """Do with the words of the ending what the ending says."""
    conv, follows = endings.rendered(conv, event, now, rules)
    if isinstance(follows, FlowStarted):
        return _started(conv, follows, now, rules)
    return conv, follows


def _planned(conv: Conversation, event: FlowPlanned | PlanDue, now: float, rules: Rules) -> Decided:
    """Keep a plan, or begin what is due; where another flow is in hand, offer a button."""
    if isinstance(event, FlowPlanned):
        conv, effects = plans.settle(conv, event, now, rules)
        return conv, (acknowledged(event), *effects)
    conv, effects, begins = plans.due(conv, now, rules)
    for plan in begins:
        if conv.flows.current is None:
            start = FlowStarted(name=plan.flow, person=plan.person, language=plan.language)
            conv, more = _started(conv, start, now, rules)
            effects = (*effects, *more)
        else:
            rows = menu.starting([rules.flows[plan.flow]], plan.language)
            screen = Screen(lines=(Words(key="flow-plan-due"),), rows=rows)
            effects = (*effects, ShowStep(screen=screen, language=plan.language))
    return conv, effects


def _due(conv: Conversation, now: float, rules: Rules) -> Decided:
    """A silence may have lasted too long, or files may have come to rest."""
    flow = conv.flows.current
    definition = rules.flows.get(flow.name) if flow else None
    if flow is None or definition is None:
        return conv, ()
    if flow.shows_at and now >= flow.shows_at:
        return _files_rest(conv, definition, replace(flow, shows_at=0.0), now)
    if not flow.due or now < flow.due:
        return conv, timer(flow)
    step = definition.step(flow.step)
    if step is not None and step.remind and not flow.reminded:
        reminded = replace(flow, reminded=True, note="flow-note-reminder", note_args=())
        conv, fresh = kept(conv, replace(reminded, due=steps.due(step, reminded)))
        return conv, (show(definition, fresh, now, below=True), *timer(fresh))
    conv = replace(conv, flows=replace(conv.flows, current=None))
    return conv, (close(definition, flow, "flow-expired"),)


def _files_rest(conv: Conversation, definition: Definition, flow: Flow, now: float) -> Decided:
    """All files of an album are here: show how many, or go on when the step can take no more."""
    step = definition.step(flow.step)
    conv, flow = kept(conv, flow)
    if step is not None and step.most is not None and len(flow.media) >= step.most:
        given = Given(step=flow.step, round=flow.round, media=flow.media)
        return answered(conv, definition, flow, given, now, typed=True)
    return conv, (show(definition, flow, now, below=True), *timer(flow))


def _may(definition: Definition, flow: Flow, person: str) -> bool:
    return definition.anyone or not flow.person or person == flow.person
