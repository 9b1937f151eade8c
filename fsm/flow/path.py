"""Which step comes next: conditions, branches, repeated groups, and how far it is to the end."""

from __future__ import annotations

from collections.abc import Sequence

from fsm.flow.definition import END, Condition, Definition, Kind, Op, Step
from fsm.flow.state import Flow, Given, counted

LONGEST = 200
"""Steps after which the look ahead gives up (a loop of conditions)."""


def holds(condition: Condition, given: Sequence[Given]) -> bool:
    """Return whether *condition* is true of the answers *given*."""
    match condition.op:
        case Op.AND:
            return all(holds(part, given) for part in condition.parts)
        case Op.OR:
            return any(holds(part, given) for part in condition.parts)
        case Op.NOT:
            return not any(holds(part, given) for part in condition.parts)
    answer = next((each for each in reversed(given) if each.step == condition.step), None)
    if answer is None or answer.skipped:
        return False
    said = answer.values or ((answer.value,) if answer.value else ())
    match condition.op:
        case Op.EQUALS | Op.IN:
            return any(each in condition.values for each in said)
        case Op.GT:
            return _number(answer) > float(condition.values[0])
        case _:  # has: anything at all, or one of these among several
            wanted = condition.values
            return any(each in wanted for each in said) if wanted else bool(said or answer.media)


def _number(answer: Given) -> float:
    if answer.values or answer.media:
        return float(len(answer.values or answer.media))
    try:
        return float(answer.value)
    except ValueError:
        return float("-inf")


def first(definition: Definition) -> str:
    """Return the name of the step that a flow begins with, or `END`."""
    return _open(definition, definition.steps[0].id, ())


def following(definition: Definition, step: Step, given: Sequence[Given]) -> str:
    """Return the name of the step after *step*, or `END`; steps whose `when` fails are passed."""
    to = next((each.to for each in step.branches if holds(each.when, given)), step.next)
    return _open(definition, to or definition.after(step.id), given)


def _open(definition: Definition, name: str, given: Sequence[Given]) -> str:
    """Return the first step from *name* on that is not passed over."""
    for _ in range(LONGEST):
        step = definition.step(name)
        if step is None:
            return END
        if step.when is None or holds(step.when, given):
            return name
        name = step.next or definition.after(name)
    return END


def progress(definition: Definition, flow: Flow) -> tuple[int, int]:
    """Return which question this is and how many there will be, as things stand."""
    gone, given = len(flow.trail), counted(flow)
    ahead: set[str] = set()
    name = flow.step
    while name not in ahead and (step := definition.step(name)) is not None:
        ahead.add(name)
        name = following(definition, step, given)
    return gone + 1, gone + len(ahead)


def group(definition: Definition, again: Step) -> tuple[str, ...]:
    """Return the names of the steps that *again* repeats, itself included."""
    names = [each.id for each in definition.steps]
    return tuple(names[names.index(again.back_to) : names.index(again.id) + 1])


def repeated(definition: Definition) -> frozenset[str]:
    """Return the names of all steps that can be gone through several times."""
    agains = [each for each in definition.steps if each.kind is Kind.AGAIN]
    return frozenset(name for again in agains for name in group(definition, again))
