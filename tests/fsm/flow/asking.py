"""Guides of one question, for tests of what can be answered to it."""

from __future__ import annotations

from collections.abc import Mapping

from fsm.flow.definition import Definition
from fsm.flow.state import Flow, Given
from service.flows import parsed
from service.flows.play import Play


def guide(*steps: str, ending: str = "{kind: form}", name: str = "x") -> Mapping[str, Definition]:
    """Return a guide of these *steps*, by its name."""
    listed = "".join(f"  - {{{step}}}\n" for step in steps)
    text = f"flow: {name}\ntitle: Guide {name}\nsteps:\n{listed}ending: {ending}\n"
    return {name: parsed(text, f"{name}.yaml")[0]}


def asked(step: str) -> Play:
    """Return somebody who is asked *step*, and then whether they are sure."""
    question = f"id: it, text: 'What is it?', {step}"
    return Play(guide(question, "id: sure, kind: confirm, text: 'Sure?'")).starts("x")


def standing(person: Play) -> Flow:
    """Return where *person* stands in a guide."""
    assert person.flow is not None
    return person.flow


def answer(person: Play) -> Given:
    """Return the answer that *person* gave last."""
    return standing(person).given[-1]
