"""The five states of a conversation, and every move between them, as one table.

Two rules: everything that affects moves lives in this file, and this file does not know what
the moves mean. The docs and `/debug` draw their pictures from the same table.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from transitions import Machine, MachineError


class State(Enum):
    """Where a conversation stands."""

    IDLE = "idle"
    COLLECTING = "collecting"
    GENERATING = "generating"
    STREAMING = "streaming"
    COOLING = "cooling"


BUSY: Final = (State.GENERATING, State.STREAMING)
_OPEN: Final = (State.IDLE, State.COLLECTING)

# Each row: (move, from, to). Code elsewhere may ask for a move, never make one.
TABLE: Final[tuple[tuple[str, tuple[State, ...], State], ...]] = (
    ("collect", _OPEN, State.COLLECTING),
    ("discard", (State.COLLECTING,), State.IDLE),
    ("ask", (*_OPEN, State.COOLING), State.GENERATING),
    ("again", BUSY, State.GENERATING),
    ("grow", BUSY, State.STREAMING),
    ("finish", BUSY, State.COOLING),
    ("abandon", BUSY, State.IDLE),
    ("rest", (State.COOLING,), State.IDLE),
)


class IllegalMoveError(Exception):
    """A move was asked for that the table does not have; nothing has happened."""

    def __init__(self, state: State, move: str) -> None:
        super().__init__(f"there is no move {move!r} from {state.value!r}")
        self.state = state
        self.move = move


def build_machine() -> Machine:
    """Return the table as a `transitions` machine without a model.

    One machine serves every chat: a conversation keeps just its `State`, so a chat costs the
    machine nothing (a registered model costs kilobytes and quadratic time).
    """
    return Machine(
        model=None,
        states=State,
        initial=State.IDLE,
        transitions=[
            {"trigger": move, "source": list(sources), "dest": target}
            for move, sources, target in TABLE
        ],
        auto_transitions=False,
    )


def next_state(state: State, move: str) -> State:
    """Return where *move* leads from *state*.

    Raises:
        IllegalMoveError: The table has no such row.

    """
    try:
        return _LEADS[state, move]
    except KeyError:
        raise IllegalMoveError(state, move) from None


class _Cursor:
    """The least that a transitions machine can step: an object with a state."""

    __slots__ = ("state",)

    def __init__(self, state: State) -> None:
        self.state = state


def _explore(machine: Machine) -> dict[tuple[State, str], State]:
    """Return every step that *machine* allows, found by trying each one.

    Stepping the machine itself costs 7-20 us, a look-up 0.1 us, and a stream steps it at every
    piece; asking it once for all pairs keeps it the only source of truth at both prices.
    """
    leads: dict[tuple[State, str], State] = {}
    for state in State:
        for move, event in machine.events.items():
            cursor = _Cursor(state)
            try:
                event.trigger(cursor)
            except MachineError:
                continue
            leads[state, move] = cursor.state
    return leads


_LEADS: Final = _explore(build_machine())
