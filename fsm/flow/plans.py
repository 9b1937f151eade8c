"""Flows that begin by themselves: wanted with a button, begun when it is time, and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo

from fsm.data import Conversation, Rules
from fsm.effects import Effects, Say, StartTimer, StopTimer
from fsm.flow.definition import Schedule
from fsm.flow.state import Plan
from fsm.flow.view import scheduled
from fsm.flow_events import FlowPlanned
from fsm.turns import Decided

TIMER = "plan"
"""Name of the timer that rings at the earliest plan."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def settle(conv: Conversation, event: FlowPlanned, now: float, rules: Rules) -> Decided:
    """Keep or drop a plan, and say so."""
    definition = rules.flows.get(event.name)
    if definition is None or definition.schedule is None:
        return conv, (Say(key="flow-gone", language=event.language),)
    kept = tuple(each for each in conv.flows.planned if each.flow != event.name)
    if event.wanted:
        at = following(definition.schedule, now, rules.zone)
        plan = Plan(flow=event.name, at=at, person=event.person, language=event.language)
        kept = (*kept, plan)
    said = "flow-planned" if event.wanted else "flow-unplanned"
    args = scheduled(definition, definition.schedule, event.language)
    conv, timer = _keep(conv, kept)
    return conv, (Say(key=said, args=args, language=event.language), *timer)


def due(conv: Conversation, now: float, rules: Rules) -> tuple[Conversation, Effects, list[Plan]]:
    """Return *conv* with every plan that is due set to its next time, and those that were."""
    begins = [each for each in conv.flows.planned if each.at <= now]
    kept = [each for each in conv.flows.planned if each.at > now]
    for plan in begins:
        definition = rules.flows.get(plan.flow)
        if definition is not None and definition.schedule is not None:
            kept.append(replace(plan, at=following(definition.schedule, now, rules.zone)))
    conv, timer = _keep(conv, tuple(kept))
    return conv, timer, [each for each in begins if each.flow in rules.flows]


def rearm(conv: Conversation) -> Effects:
    """Return the timer of the earliest plan, if there is one."""
    planned = conv.flows.planned
    return (StartTimer(name=TIMER, at=planned[0].at),) if planned else ()


def following(schedule: Schedule, now: float, zone: tzinfo) -> float:
    """Return the first time after *now* at which *schedule* begins, on the clock of *zone*."""
    here = datetime.fromtimestamp(now, zone)
    at = time.fromisoformat(schedule.at)
    days = (here.date() + timedelta(days=later) for later in range(9))
    moments = (
        datetime.combine(day, at, zone).timestamp()
        for day in days
        if _fits(schedule.every, day.weekday())
    )
    return next(moment for moment in moments if moment > now)


def _fits(every: str, weekday: int) -> bool:
    return every == "day" or (every == "weekdays" and weekday < 5) or every == _DAYS[weekday]


def _keep(conv: Conversation, plans: tuple[Plan, ...]) -> Decided:
    kept = tuple(sorted(plans, key=lambda each: each.at))
    conv = replace(conv, flows=replace(conv.flows, planned=kept))
    return conv, rearm(conv) or (StopTimer(name=TIMER),)
