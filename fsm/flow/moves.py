"""Moving through a flow: what a key does, an answer, a repetition, the ending, the way out."""

from __future__ import annotations

from dataclasses import replace

from fsm.data import Conversation
from fsm.effects import Acknowledge, Effects, Render, Say, ShowStep, StartTimer
from fsm.flow import screen as on
from fsm.flow import steps, view
from fsm.flow.definition import Definition, EndingKind, Kind
from fsm.flow.screen import Screen
from fsm.flow.state import MOST_FORMS, Flow, Form, Given, Visit, counted
from fsm.flow.taps import Answered, Changed, Refused, tap
from fsm.flow_events import FlowPlanned, FlowStarted, Tapped
from fsm.turns import Decided

TIMER = "flow"
"""Name of the timer that ends a silence."""


def acted(
    conv: Conversation,
    definition: Definition,
    flow: Flow,
    act: str,
    now: float,
    *,
    typed: bool = False,
    toast: Tapped | None = None,
) -> Decided:
    """Do what the key *act* stands for, pressed or said in words."""
    step = definition.step(flow.step)
    match act:
        case on.CANCEL:
            return cancelled(conv, flow.language, definition)
        case on.RESTART:
            conv, fresh = kept(conv, steps.begun(definition, replace(flow, changed=False), now))
            return conv, (show(definition, fresh, now), *timer(fresh))
        case on.BACK:
            conv, fresh = kept(conv, steps.back(definition, flow, now))
            return conv, (show(definition, fresh, now, below=typed), *timer(fresh))
        case on.HELP | on.ASK:
            changed = replace(flow, helped=flow.helped or act == on.HELP, asking=act == on.ASK)
            conv, fresh = kept(conv, changed)
            return conv, (show(definition, fresh, now),)
        case on.SKIP if step is not None and step.optional:
            given = Given(step=flow.step, round=flow.round, skipped=True)
            return answered(conv, definition, flow, given, now, typed=typed)
    if step is None:
        return conv, ()
    if step.kind is Kind.AGAIN and act in (on.YES, on.NO):
        return _repeated(conv, definition, flow, act, now, typed=typed)
    match tap(step, flow, act, now):
        case Answered(given=given):
            return answered(conv, definition, flow, given, now, typed=typed)
        case Changed(flow=changed) if changed != flow:
            conv, fresh = kept(conv, replace(changed, note="", note_args=()))
            return conv, (show(definition, fresh, now, below=typed), *timer(fresh))
        case Refused(key=key, args=args) if toast is not None:
            return conv, (acknowledged(toast, key, args),)
    return conv, ()


def _repeated(
    conv: Conversation, definition: Definition, flow: Flow, act: str, now: float, *, typed: bool
) -> Decided:
    if act == on.NO:
        given = Given(step=flow.step, round=flow.round)
        return answered(conv, definition, flow, given, now, typed=typed)
    conv, fresh = kept(conv, steps.repeated(definition, flow, now))
    return conv, (show(definition, fresh, now, below=typed), *timer(fresh))


def answered(
    conv: Conversation,
    definition: Definition,
    flow: Flow,
    given: Given,
    now: float,
    *,
    typed: bool = False,
) -> Decided:
    """Go on to the next question, or to the ending."""
    conv, fresh = kept(conv, steps.answered(definition, flow, given, now))
    if not fresh.step:
        return ended(conv, definition, fresh, now)
    settled = _settled(definition, flow, fresh) if typed else None
    shown = show(definition, fresh, now, below=typed, settled=settled)
    return conv, (shown, *timer(fresh))


def ended(conv: Conversation, definition: Definition, flow: Flow, now: float) -> Decided:
    """Begin the ending; one that needs a template waits for its words, in the snapshot."""
    ending = definition.ending
    if ending.kind is EndingKind.FORM:
        form = Form(
            flow=flow.name,
            revision=flow.revision,
            person=flow.person,
            language=flow.language,
            at=now,
            given=counted(flow),
        )
        forms = (*conv.flows.forms, form)[-MOST_FORMS:]
        conv = replace(conv, flows=replace(conv.flows, current=None, forms=forms))
        return conv, (close(definition, flow, "flow-finished"),)
    return conv, (close(definition, flow, "flow-finished"), render(definition, flow))


def cancelled(conv: Conversation, language: str, definition: Definition | None) -> Decided:
    """Leave the flow in hand."""
    flow = conv.flows.current
    if flow is None:
        return conv, (Say(key="flow-none", language=language),)
    conv = replace(conv, flows=replace(conv.flows, current=None))
    if definition is None:
        return conv, (Say(key="flow-gone", language=language),)
    return conv, (close(definition, flow, "flow-cancelled"),)


def kept(conv: Conversation, flow: Flow) -> tuple[Conversation, Flow]:
    """Return *conv* with *flow* in hand, and *flow*."""
    return replace(conv, flows=replace(conv.flows, current=flow)), flow


def timer(flow: Flow) -> Effects:
    """Return the timer that *flow* needs, if any."""
    at = min((at for at in (flow.due, flow.shows_at) if at), default=0.0)
    return (StartTimer(name=TIMER, at=at),) if at and flow.step else ()


def render(definition: Definition, flow: Flow) -> Render:
    """Return the effect that words the ending."""
    return Render(definition=definition, flow=flow)


def show(
    definition: Definition,
    flow: Flow,
    now: float,
    *,
    below: bool = False,
    settled: Screen | None = None,
) -> ShowStep:
    """Return the effect that shows the question in hand; *below*: as a new message at the end."""
    if below and settled is None:
        settled = view.settled(definition, flow)
    return ShowStep(
        flow=flow.number,
        screen=view.question(definition, flow, now),
        settled=settled if below else None,
        language=flow.language,
    )


def _settled(definition: Definition, before: Flow, after: Flow) -> Screen:
    visits = (*before.trail, Visit(step=before.step, round=before.round))
    return view.settled(definition, replace(before, given=after.given, trail=visits))


def close(definition: Definition, flow: Flow, key: str) -> ShowStep:
    """Return the effect that turns the live message into what is left of the flow."""
    screen = view.closing(definition, flow, key)
    return ShowStep(flow=flow.number, screen=screen, language=flow.language)


def acknowledged(
    event: Tapped | FlowStarted | FlowPlanned, key: str = "", args: tuple[str, ...] = ()
) -> Acknowledge:
    """Return the answer to a button press, perhaps with a sentence of ours."""
    told = dict(zip(args[::2], args[1::2], strict=True))
    return Acknowledge(callback=event.callback, key=key, args=told, language=event.language)
