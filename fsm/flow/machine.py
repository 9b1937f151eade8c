"""The machine that a flow's definition compiles into: its states are the steps, its moves the ways.

A person's way through a flow is decided by `fsm.flow.path` from the same definition; the
machine is what the checks walk through at load, and what pictures are drawn from.
"""

from __future__ import annotations

from transitions import Machine

from fsm.flow.definition import END, Condition, Definition, Kind, Op

Way = tuple[str, str, str]
"""From, label, to."""


def ways(definition: Definition) -> tuple[Way, ...]:
    """Return every way from a step to another or to the end, each with the reason to take it."""
    found: list[Way] = []
    for step in definition.steps:
        leading = [(branch.to, said(branch.when)) for branch in step.branches]
        onward = step.next or definition.after(step.id)
        leading.append((onward, "else" if step.branches else "next"))
        if step.kind is Kind.AGAIN:
            leading.append((step.back_to, "another"))
        found += [(step.id, label, to) for to, label in leading]
        if step.when is not None and step.branches:
            found.append((step.id, "passed over", onward))
    return tuple(dict.fromkeys(found))


def compiled(definition: Definition) -> Machine:
    """Return the definition as a `transitions` machine without a model."""
    return Machine(
        model=None,
        states=[*(step.id for step in definition.steps), END],
        initial=definition.steps[0].id,
        transitions=[
            {"trigger": f"way {number}", "source": source, "dest": target}
            for number, (source, _, target) in enumerate(ways(definition))
        ],
        auto_transitions=False,
    )


def unreachable(definition: Definition, machine: Machine) -> list[str]:
    """Return the steps that no way leads to, in their order."""
    reached = _closure(definition.steps[0].id, _leads(machine))
    return [step.id for step in definition.steps if step.id not in reached]


def dead_ends(definition: Definition, machine: Machine) -> list[str]:
    """Return the steps from which the end cannot be reached, in their order."""
    arriving: dict[str, set[str]] = {}
    for source, targets in _leads(machine).items():
        for target in targets:
            arriving.setdefault(target, set()).add(source)
    ending = _closure(END, arriving)
    return [step.id for step in definition.steps if step.id not in ending]


def said(condition: Condition) -> str:
    """Return *condition* as a short label."""
    match condition.op:
        case Op.AND | Op.OR:
            return f" {condition.op} ".join(map(said, condition.parts))
        case Op.NOT:
            return f"not {said(condition.parts[0])}"
        case Op.HAS if not condition.values:
            return f"has {condition.step}"
        case Op.GT:
            return f"{condition.step} > {condition.values[0]}"
        case _:
            return f"{condition.step} = {' | '.join(condition.values)}"


def mermaid(definition: Definition, live: str = "") -> str:
    """Return the flow as a Mermaid state diagram, with the step *live* marked."""
    lines = ["stateDiagram-v2", f"    [*] --> {definition.steps[0].id}"]
    lines += [f"    {step.id}: {step.id} ({step.kind})" for step in definition.steps]
    for source, label, target in ways(definition):
        shown = "" if label == "next" else f": {label.replace(':', ' ')}"
        lines.append(f"    {source} --> {'[*]' if target == END else target}{shown}")
    if live:
        lines += ["    classDef live fill:#2e7d32,color:#fff", f"    class {live} live"]
    return "\n".join(lines)


def _leads(machine: Machine) -> dict[str, set[str]]:
    leads: dict[str, set[str]] = {}
    for event in machine.events.values():
        for source, transitions in event.transitions.items():
            leads.setdefault(str(source), set()).update(str(each.dest) for each in transitions)
    return leads


def _closure(start: str, leads: dict[str, set[str]]) -> set[str]:
    reached, frontier = {start}, [start]
    while frontier:
        for target in leads.get(frontier.pop(), set()) - reached:
            reached.add(target)
            frontier.append(target)
    return reached
