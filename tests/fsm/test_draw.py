from __future__ import annotations

import re

import pytest

from fsm.draw import LAYOUT, arrows, mermaid
from fsm.states import TABLE, State, next_state

ARROW = re.compile(r"^    (\w+) --> (\w+): (.+)$", re.MULTILINE)


def test_the_diagram_has_exactly_the_moves_of_the_table() -> None:
    drawn = {
        (source, move, target)
        for source, target, moves in ARROW.findall(mermaid())
        for move in moves.split(" / ")
    }

    assert drawn == {
        (source.value, move, target.value) for move, sources, target in TABLE for source in sources
    }


def test_every_arrow_is_a_step_that_the_machine_makes() -> None:
    for (source, target), moves in arrows().items():
        for move in moves:
            assert next_state(source, move) is target


def test_two_states_share_one_arrow_however_many_moves_there_are() -> None:
    pairs = [(source, target) for source, target, _ in ARROW.findall(mermaid())]

    assert len(pairs) == len(set(pairs)) > 0


def test_every_state_has_a_place_of_its_own() -> None:
    assert set(LAYOUT) == set(State)
    assert len(set(LAYOUT.values())) == len(State)


@pytest.mark.parametrize("live", list(State))
def test_the_live_state_and_no_other_is_marked(live: State) -> None:
    marked = re.findall(r"^    class (\w+) live$", mermaid(live), re.MULTILINE)

    assert marked == [live.value]


def test_without_a_live_state_nothing_is_marked() -> None:
    assert "class" not in mermaid()


def test_a_conversation_begins_idle() -> None:
    assert "    [*] --> idle\n" in mermaid()
