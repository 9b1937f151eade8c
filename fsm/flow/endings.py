"""What the words of an ending are for: a question, a card, a tool's call, or another flow."""

from __future__ import annotations

from dataclasses import replace

from fsm import consent, turns
from fsm.content import Prompt
from fsm.data import Conversation, Rules
from fsm.effects import Say, ShowStep
from fsm.flow.definition import Definition, EndingKind, Kind
from fsm.flow.screen import Screen, Words
from fsm.flow.state import Flow, counted
from fsm.flow_events import FlowStarted, Rendered
from fsm.proposals import Proposal
from fsm.steps import Call
from fsm.tool_events import Proposed
from fsm.turns import Decided


def rendered(
    conv: Conversation, event: Rendered, now: float, rules: Rules
) -> Decided | tuple[Conversation, FlowStarted]:
    """Return *conv* without the flow that has ended, and what its ending does; or what begins."""
    flow = conv.flows.current
    if flow is None or flow.number != event.flow or flow.step:
        return conv, ()
    conv = replace(conv, flows=replace(conv.flows, current=None))
    definition = rules.flows.get(flow.name)
    if event.problem or definition is None:
        return conv, (Say(key="flow-broken", language=flow.language),)
    match definition.ending.kind:
        case EndingKind.FLOW:
            follows = definition.ending.flow
            return conv, FlowStarted(name=follows, person=flow.person, language=flow.language)
        case EndingKind.CARD if event.card is None:
            screen = Screen(lines=(Words(text=event.text),))
            return conv, (ShowStep(screen=screen, language=flow.language),)
        case EndingKind.TOOL if event.call is not None and not _consented(definition, flow):
            return _proposed(conv, flow, event.call)
    prompt = Prompt(
        text=event.text,
        media=tuple(file for given in counted(flow) for file in given.media),
        card=event.card,
        instruction="flow" if event.call else "",
        calls=(event.call,) if event.call else (),
        person=flow.person,
        language=flow.language,
        at=now,
    )
    return turns.ask_or_wait(conv, (prompt,), now, rules)


def _consented(definition: Definition, flow: Flow) -> bool:
    """Whether the last thing the person did was to say yes to all of their answers."""
    last = definition.step(flow.trail[-1].step) if flow.trail else None
    return last is not None and last.kind is Kind.CONFIRM


def _proposed(conv: Conversation, flow: Flow, call: Call) -> Decided:
    proposal = Proposal(id=0, call=call, turn=0, person=flow.person)
    conv, _ = consent.propose(conv, Proposed(proposal=proposal))
    return conv, (turns.question_of_consent(conv.proposals[-1], language=flow.language),)
