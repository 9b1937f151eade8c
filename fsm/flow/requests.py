"""The key that sends a location or a contact: shown while a step wants one, then put away.

A channel cannot show it in the question's own message, which has a keyboard already; so it
comes with a sentence of its own below, and goes with another one.
"""

from __future__ import annotations

from fsm.data import Conversation, Rules
from fsm.effects import Effects, ShowStep
from fsm.flow.definition import Kind
from fsm.flow.screen import PUT_AWAY, Screen, Words
from fsm.flow.state import find

_KINDS = (Kind.LOCATION, Kind.CONTACT)
Wanted = tuple[int, str, int, str] | None
"""Number of the flow, step, round, kind."""


def around(before: Conversation, after: Conversation, effects: Effects, rules: Rules) -> Effects:
    """Return *effects* of a change, with what puts an old key away first and offers a new one."""
    was, wants = _wanted(before, rules), _wanted(after, rules)
    if was == wants:
        return effects
    old = (_put_away(before, after),) if was and not wants else ()
    new = (_offered(after, wants[3]),) if wants else ()
    return (*old, *effects, *new)


def _wanted(conv: Conversation, rules: Rules) -> Wanted:
    flow = conv.flows.current
    definition = rules.flows.get(flow.name) if flow else None
    step = definition.step(flow.step) if flow and definition and not flow.changed else None
    if flow is None or step is None or step.kind not in _KINDS:
        return None
    return flow.number, step.id, flow.round, step.kind.value


def _offered(conv: Conversation, kind: str) -> ShowStep:
    assert conv.flows.current is not None
    screen = Screen(lines=(Words(key=f"flow-send-{kind}"),), request=kind)
    return ShowStep(screen=screen, language=conv.flows.current.language)


def _put_away(before: Conversation, after: Conversation) -> ShowStep:
    was, now = before.flows.current, after.flows.current
    assert was is not None
    given = find(now.given, was.step, was.round) if now and now.number == was.number else None
    answered = given is not None and not given.skipped
    key = "flow-sent" if answered else "flow-not-sent"
    screen = Screen(lines=(Words(key=key),), request=PUT_AWAY)
    return ShowStep(screen=screen, language=was.language)
