"""The table: every pair has a stated outcome, every state can be reached and left."""

from __future__ import annotations

import itertools

import pytest

from fsm.states import TABLE, IllegalMoveError, State, build_machine, next_state

MOVES = [move for move, _, _ in TABLE]


@pytest.mark.parametrize(("state", "move"), list(itertools.product(State, MOVES)))
def test_a_move_follows_its_row_or_is_illegal_and_the_machine_agrees(
    state: State, move: str
) -> None:
    rows = [target for name, sources, target in TABLE if name == move and state in sources]

    class Cursor:
        def __init__(self) -> None:
            self.state = state

    cursor = Cursor()
    machine = build_machine()
    if rows:
        assert next_state(state, move) is rows[0]
        machine.events[move].trigger(cursor)
        assert cursor.state is rows[0]
    else:
        with pytest.raises(IllegalMoveError, match=f"no move {move!r} from {state.value!r}"):
            next_state(state, move)


def test_an_unknown_move_is_illegal() -> None:
    with pytest.raises(IllegalMoveError):
        next_state(State.IDLE, "fly")


def test_every_state_can_be_reached_from_idle_and_can_get_back_to_it() -> None:
    def reach(start: State) -> set[State]:
        seen, edge = {start}, [start]
        while edge:
            here = edge.pop()
            for _, sources, target in TABLE:
                if here in sources and target not in seen:
                    seen.add(target)
                    edge.append(target)
        return seen

    assert reach(State.IDLE) == set(State)
    for state in State:
        assert State.IDLE in reach(state)


def test_a_move_is_named_once() -> None:
    assert len(MOVES) == len(set(MOVES))
