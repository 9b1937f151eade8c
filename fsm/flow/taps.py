"""What a pressed key means at the question in hand: more of the same, or an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from fsm.flow import screen as on
from fsm.flow.calendar import limits
from fsm.flow.definition import Kind, Step
from fsm.flow.state import Flow, Given
from fsm.flow.view import number_shown

CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Changed:
    """The question stays, its widget looks different."""

    flow: Flow


@dataclass(frozen=True, slots=True)
class Answered:
    """The question is answered."""

    given: Given


@dataclass(frozen=True, slots=True)
class Refused:
    """The press asks for something that cannot be; the key of a sentence says why."""

    key: str
    args: tuple[str, ...] = ()


Tap = Changed | Answered | Refused | None


def tap(step: Step, flow: Flow, act: str, now: float) -> Tap:
    """Return what pressing the key *act* does at *step*; None: nothing."""
    match step.kind:
        case Kind.CHOICE:
            return _choice(step, flow, act)
        case Kind.CHOICES:
            return _choices(step, flow, act)
        case Kind.NUMBER:
            return _number(step, flow, act)
        case Kind.DATE:
            return _day(step, flow, act, now)
        case Kind.TIME:
            return _time(flow, act)
        case Kind.MEDIA:
            return _media(step, flow, act)
        case Kind.CONFIRM if act == on.YES:
            return Answered(_given(flow))
        case Kind.INFO if act == on.DONE:
            return Answered(_given(flow))
    return None


def _choice(step: Step, flow: Flow, act: str) -> Tap:
    key = act[1:]
    if act[:1] == "o" and any(option.key == key for option in step.options):
        return Answered(_given(flow, value=key))
    return None


def _choices(step: Step, flow: Flow, act: str) -> Tap:
    if act == on.DONE:
        least = int(step.least if step.least is not None else 1)
        if len(flow.picked) < least:
            return Refused("flow-toast-least", ("count", str(least)))
        return Answered(_given(flow, values=flow.picked))
    sign, key = act[:1], act[1:]
    order = [option.key for option in step.options]
    if key not in order or sign not in ("+", "-"):
        return None
    chosen = {*flow.picked, key} if sign == "+" else {*flow.picked} - {key}
    if step.most is not None and len(chosen) > step.most:
        return Refused("flow-toast-most", ("count", f"{step.most:g}"))
    return Changed(replace(flow, picked=_ordered(chosen, order)))


def _ordered(chosen: Iterable[str], order: list[str]) -> tuple[str, ...]:
    return tuple(sorted(chosen, key=order.index))


def _number(step: Step, flow: Flow, act: str) -> Tap:
    if act == on.DONE:
        return Answered(_given(flow, value=f"{number_shown(step, flow):.10g}"))
    if not re.fullmatch(r"=-?\d+(\.\d+)?(e\+?\d+)?", act):
        return None
    value = float(act[1:])
    low = step.least is not None and value < step.least
    high = step.most is not None and value > step.most
    return None if low or high else Changed(replace(flow, picked=(act[1:],)))


def _day(step: Step, flow: Flow, act: str, now: float) -> Tap:
    if re.fullmatch(r"m(19|2[01])\d\d-(0[1-9]|1[0-2])|[yY](19|2[01])\d\d", act):
        return Changed(replace(flow, page=act))
    if act[:1] != "d":
        return None
    try:
        found = date.fromisoformat(act[1:])
    except ValueError:
        return None
    low, high = limits(step, now)
    return Answered(_given(flow, value=found.isoformat())) if low <= found <= high else None


def _time(flow: Flow, act: str) -> Tap:
    if re.fullmatch(r"h(\d|1\d|2[0-3])?", act):
        return Changed(replace(flow, page=act if act != "h" else ""))
    if re.fullmatch(r"t([01]\d|2[0-3]):[0-5]\d", act):
        return Answered(_given(flow, value=act[1:]))
    return None


def _media(step: Step, flow: Flow, act: str) -> Tap:
    if act == CLEAR:
        return Changed(replace(flow, media=()))
    if act != on.DONE:
        return None
    least = int(step.least if step.least is not None else 1)
    if len(flow.media) < least:
        return Refused("flow-toast-files", ("count", str(least)))
    return Answered(_given(flow, media=flow.media))


def _given(flow: Flow, **answer: object) -> Given:
    return Given(step=flow.step, round=flow.round, **answer)  # type: ignore[arg-type]
