"""Why a chat is silent: the one reason that an operator should read first."""

from __future__ import annotations

from typing import NamedTuple

from fsm.outbox import PartState
from fsm.states import BUSY, State
from service.operators.facts import ChatFacts


class Reason(NamedTuple):
    """Key of a sentence, and how many seconds are left of it, if anybody knows."""

    key: str
    left: float | None = None


_HELD_BACK = {
    "absent": "debug-because-absent",
    "quarantined": "debug-because-quarantined",
    "suspended": "debug-because-suspended",
    "loading": "debug-because-loading",
    "replaying": "debug-because-loading",
}
_WINDOW = "window"
_PAUSE = "pause"


def because(facts: ChatFacts) -> Reason:
    """Return the reason; what nothing else can get past comes before what it holds up."""
    if facts.status in _HELD_BACK:
        return Reason(_HELD_BACK[facts.status])
    if facts.status == "backoff":
        return Reason("debug-because-backoff", _left(facts, facts.backoff_until))
    undelivered = _undelivered(facts)
    if undelivered and facts.penalty_until > facts.now:
        return Reason("debug-because-penalty", facts.penalty_until - facts.now)
    if facts.state in BUSY:
        running = any(name.startswith("generate") for name, _ in facts.effects)
        return Reason("debug-because-model" if running else "debug-because-idle-model")
    if undelivered:
        return Reason("debug-because-delivery", _left(facts, facts.owes))
    if facts.state is State.COLLECTING:
        return Reason("debug-because-collecting", _timer(facts, _WINDOW))
    if facts.state is State.COOLING:
        return Reason("debug-because-cooling", _timer(facts, _PAUSE))
    if facts.mail or facts.spilled:
        return Reason("debug-because-mail")
    return Reason("debug-because-person")


def _undelivered(facts: ChatFacts) -> bool:
    waiting = {PartState.PENDING.value, PartState.SENDING.value}
    return any(state in waiting and count for state, count in facts.parts)


def _timer(facts: ChatFacts, name: str) -> float | None:
    due = next((at for each, at in facts.timers if each == name), None)
    return _left(facts, due)


def _left(facts: ChatFacts, until: float | None) -> float | None:
    return until - facts.now if until is not None and until > facts.now else None
