"""The list of flows: what can be begun, what begins by itself, and what has changed."""

from __future__ import annotations

from collections.abc import Iterable

from fsm.data import Conversation, Rules
from fsm.effects import ReloadFlows, Say, ShowStep
from fsm.flow import screen as on
from fsm.flow.definition import Definition, pick
from fsm.flow.screen import Key, Rows, Screen, Words
from fsm.flow.view import planned
from fsm.flow_events import FlowsListed, FlowsReloaded


def told(
    conv: Conversation, event: FlowsListed | FlowsReloaded, rules: Rules
) -> ShowStep | ReloadFlows | Say:
    """Return what answers /flows, with or without reload."""
    if isinstance(event, FlowsReloaded):
        return _reloaded(event)
    return ReloadFlows(language=event.language) if event.reload else _listed(conv, event, rules)


def _listed(conv: Conversation, event: FlowsListed, rules: Rules) -> ShowStep:
    listed = [each for each in rules.flows.values() if not each.hidden]
    lines = [Words(key="flow-menu" if listed else "flow-menu-empty")]
    lines += [
        Words(key="flow-menu-line", args={"title": title, "about": about}, close=at > 0)
        for at, each in enumerate(listed)
        if (about := pick(each.about, event.language))
        and (title := pick(each.title, event.language))
    ]
    ends = [
        planned(rules.flows[plan.flow], on.UNPLAN, event.language)
        for plan in conv.flows.planned
        if plan.flow in rules.flows
    ]
    rows = (*starting(listed, event.language), *((key,) for key in ends if key))
    return ShowStep(screen=Screen(lines=tuple(lines), rows=rows), language=event.language)


def starting(flows: Iterable[Definition], language: str) -> Rows:
    """Return a key for each of *flows* that begins it."""
    return tuple(
        (Key(label=Words(text=pick(each.title, language)), act=on.START, flow=each.name),)
        for each in flows
    )


def _reloaded(event: FlowsReloaded) -> Say:
    if event.problem:
        args = {"mistakes": event.problem}
        return Say(key="flows-refused", args=args, language=event.language)
    args = {"count": str(event.changed)}
    return Say(key="flows-reloaded", args=args, language=event.language)
