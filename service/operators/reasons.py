"""Why a chat is silent: the one reason that an operator should read first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from fsm.outbox import PartState
from fsm.states import BUSY, State
from service.operators.facts import ChatFacts, ProviderFacts


class Reason(NamedTuple):
    """Key of a sentence, and how many seconds are left of it, if anybody knows."""

    key: str
    left: float | None = None

    @property
    def cause(self) -> str:
        """One word for it, as metrics and the console want it."""
        return self.key.partition("because-")[2]


def key_of(cause: str) -> str:
    """Return the key of the sentence for a cause."""
    return f"{_PAGE}-because-{cause}"


_HELD_BACK = {
    "quarantined": "debug-because-quarantined",
    "suspended": "debug-because-suspended",
    "loading": "debug-because-loading",
    "replaying": "debug-because-loading",
}
_INTAKE = {
    "dead": "debug-because-poller",
    "paused": "debug-because-paused",
    "disk": "debug-because-disk",
    "conflict": "debug-because-conflict",
    "refused": "debug-because-refused",
    "away": "debug-because-away",
}
_MUTE = frozenset({"refused", "away"})
"""Why nothing goes out, either."""
_UNREACHABLE = frozenset(
    {"problem-unavailable", "problem-quota", "problem-misconfigured", "problem-rate-limited"}
)
_BUDGET = "problem-" + "budget"
_PAGE = "debug"
_WINDOW = "window"
_PAUSE = "pause"


def are_down(providers: Iterable[ProviderFacts]) -> bool:
    """Whether none of *providers* can be asked for an answer; who only draws does not count."""
    states = [each.state for each in providers if each.answers]
    return bool(states) and all(state in {"open", "failing"} for state in states)


def because(facts: ChatFacts) -> Reason:
    """Return the reason; what nothing else can get past comes before what it holds up."""
    return next(reason for step in _STEPS if (reason := step(facts)) is not None)


def _held_back(facts: ChatFacts) -> Reason | None:
    if facts.status in _HELD_BACK:
        return Reason(_HELD_BACK[facts.status])
    if facts.status == "backoff":
        return Reason("debug-because-backoff", _left(facts, facts.backoff_until))
    return None


def _on_its_way_out(facts: ChatFacts) -> Reason | None:
    """What keeps an answer that is there from arriving."""
    if facts.gone_at and facts.gone_at >= facts.heard_at:
        return Reason("debug-because-gone")
    if _undelivered(facts) and facts.intake in _MUTE:
        return Reason(_INTAKE[facts.intake])
    if _undelivered(facts) and facts.penalty_until > facts.now:
        return Reason("debug-because-penalty", facts.penalty_until - facts.now)
    return None


def _in_hand(facts: ChatFacts) -> Reason | None:
    """What keeps an answer from being made."""
    if facts.state in BUSY and facts.provider_down:
        return Reason("debug-because-provider")
    if facts.spilled:
        return Reason("debug-because-full")
    if facts.state in BUSY:
        running = any(name.startswith("generate") for name, _ in facts.effects)
        return Reason("debug-because-model" if running else "debug-because-idle-model")
    if _undelivered(facts):
        return Reason("debug-because-delivery", _left(facts, facts.owes))
    if facts.state is State.COLLECTING:
        return Reason("debug-because-collecting", _timer(facts, _WINDOW))
    if facts.state is State.COOLING:
        return Reason("debug-because-cooling", _timer(facts, _PAUSE))
    return Reason("debug-because-mail") if facts.mail else None


def _nothing_comes_in(facts: ChatFacts) -> Reason | None:
    return Reason(_INTAKE[facts.intake]) if facts.intake else None


def _after_trouble(facts: ChatFacts) -> Reason | None:
    """What became of the last thing that the person wanted."""
    if facts.poisoned_at and facts.poisoned_at > facts.answered_at:
        return Reason("debug-because-poison")
    if facts.problem.startswith(_BUDGET):
        return Reason("debug-because-budget")
    if facts.problem in _UNREACHABLE:
        return Reason("debug-because-provider")
    return None


def _quiet(facts: ChatFacts) -> Reason | None:
    absent = facts.status == "absent"
    return Reason("debug-because-absent" if absent else "debug-because-person")


_STEPS: tuple[Callable[[ChatFacts], Reason | None], ...] = (
    _held_back,
    _on_its_way_out,
    _in_hand,
    _nothing_comes_in,
    _after_trouble,
    _quiet,
)


def _undelivered(facts: ChatFacts) -> bool:
    waiting = {PartState.PENDING.value, PartState.SENDING.value}
    return any(state in waiting and count for state, count in facts.parts)


def _timer(facts: ChatFacts, name: str) -> float | None:
    due = next((at for each, at in facts.timers if each == name), None)
    return _left(facts, due)


def _left(facts: ChatFacts, until: float | None) -> float | None:
    return until - facts.now if until is not None and until > facts.now else None
