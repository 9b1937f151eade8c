"""From one question to the next: forward, back, carried over to a changed definition."""

from __future__ import annotations

from dataclasses import replace

from fsm.content import Media
from fsm.flow.definition import ANSWERLESS, END, Definition, Kind, Step
from fsm.flow.path import first, following
from fsm.flow.state import Flow, Given, Visit, counted, find, put
from fsm.flow.typed import fits

EXPIRES = 7 * 24 * 3600.0
"""Seconds of silence after which a flow ends whose steps do not say."""


def begun(definition: Definition, flow: Flow, now: float) -> Flow:
    """Return *flow* at the first question of *definition*."""
    fresh = replace(flow, revision=definition.revision, trail=(), given=(), round=0)
    return at(definition, fresh, first(definition), now)


def at(definition: Definition, flow: Flow, name: str, now: float) -> Flow:
    """Return *flow* at the question *name* (or at the ending), as somebody finds it who enters."""
    step = definition.step(name)
    before = find(flow.given, name, flow.round)
    entered = replace(
        flow,
        step="" if name == END or step is None else name,
        view=flow.view + 1,
        picked=_picked(step, before),
        page="",
        media=(),
        note="",
        note_args=(),
        helped=False,
        reading=None,
        asking=False,
        since=now,
        reminded=False,
        shows_at=0.0,
    )
    return replace(entered, due=due(step, entered))


def due(step: Step | None, flow: Flow) -> float:
    """Return when the silence at *step* has lasted too long."""
    if step is None:
        return 0.0
    if step.remind and not flow.reminded:
        return flow.since + step.remind
    return flow.since + (step.expire or EXPIRES)


def answered(definition: Definition, flow: Flow, given: Given, now: float) -> Flow:
    """Return *flow* after an answer to the question in hand, at the next one."""
    step = definition.step(flow.step)
    assert step is not None
    trail = (*flow.trail, Visit(step=step.id, round=flow.round))
    kept = flow.given if step.kind in ANSWERLESS else put(flow.given, given)
    moved = replace(flow, trail=trail, given=kept)
    return at(definition, moved, following(definition, step, counted(moved)), now)


def repeated(definition: Definition, flow: Flow, now: float) -> Flow:
    """Return *flow* at the first step of the group once more."""
    step = definition.step(flow.step)
    assert step is not None
    trail = (*flow.trail, Visit(step=step.id, round=flow.round))
    return at(definition, replace(flow, trail=trail, round=flow.round + 1), step.back_to, now)


def back(definition: Definition, flow: Flow, now: float) -> Flow:
    """Return *flow* at the question before."""
    if not flow.trail:
        return flow
    last = flow.trail[-1]
    moved = replace(flow, trail=flow.trail[:-1], round=last.round)
    return at(definition, moved, last.step, now)


def carried(definition: Definition, flow: Flow, now: float) -> Flow:
    """Return *flow* in a definition that was changed under way.

    Answers that the new definition would take are kept; the person stands at the same
    question if there still is one of that name, else at the nearest one before it. If not even
    the first is left, only a restart is.
    """
    kept = tuple(each for each in flow.given if _survives(definition, each, now))
    trail: list[Visit] = []
    for visit in flow.trail:
        step = definition.step(visit.step)
        known = step is not None and (
            step.kind in ANSWERLESS or find(kept, visit.step, visit.round) is not None
        )
        if not known:
            break
        trail.append(visit)
    whole = len(trail) == len(flow.trail)
    moved = replace(flow, revision=definition.revision, given=kept, trail=tuple(trail))
    if whole and definition.step(flow.step) is not None:
        after = at(definition, moved, flow.step, now)
        same = definition.step(flow.step)
        if same is not None and same.kind is Kind.MEDIA:
            after = replace(after, media=flow.media)
        return after
    if trail:
        last = trail[-1]
        step = definition.step(last.step)
        assert step is not None
        moved = replace(moved, round=last.round)
        return at(definition, moved, following(definition, step, counted(moved)), now)
    return replace(moved, changed=True, view=flow.view + 1)


def filled(step: Step, flow: Flow, media: tuple[Media, ...]) -> tuple[Media, ...]:
    """Return what *step* has been sent after *media*, the same file once, no more than it takes."""
    wanted = [each for each in media if each.kind in step.accepts]
    known = {each.unique or each.ref for each in flow.media}
    fresh = [each for each in wanted if (each.unique or each.ref) not in known]
    most = int(step.most) if step.most is not None else len(flow.media) + len(fresh)
    return (*flow.media, *fresh)[:most]


def _picked(step: Step | None, before: Given | None) -> tuple[str, ...]:
    """Return what a widget shows as chosen when its question is asked (again)."""
    if step is None or before is None:
        return ()
    if step.kind is Kind.CHOICES:
        return before.values
    return (before.value,) if step.kind is Kind.NUMBER and before.value else ()


def _survives(definition: Definition, given: Given, now: float) -> bool:
    step = definition.step(given.step)
    if step is None or step.kind in ANSWERLESS:
        return False
    if given.skipped:
        return step.optional
    if given.media:
        return step.kind is Kind.MEDIA and all(each.kind in step.accepts for each in given.media)
    if given.values:
        known = {option.key for option in step.options}
        return step.kind is Kind.CHOICES and known.issuperset(given.values)
    return step.kind not in (Kind.MEDIA, Kind.CHOICES) and fits(step, given.value, now)
