"""The state table as pictures: Mermaid for the docs, places and arrows for whoever paints."""

from __future__ import annotations

from typing import Final

from fsm.states import TABLE, State

LAYOUT: Final[dict[State, tuple[int, int]]] = {
    State.IDLE: (0, 0),
    State.COLLECTING: (1, 0),
    State.GENERATING: (1, 1),
    State.STREAMING: (1, 2),
    State.COOLING: (0, 2),
}
"""Where each state stands, as (column, row): a turn goes round clockwise."""


def arrows() -> dict[tuple[State, State], tuple[str, ...]]:
    """Return every arrow of the table with the moves that take it."""
    found: dict[tuple[State, State], list[str]] = {}
    for move, sources, target in TABLE:
        for source in sources:
            found.setdefault((source, target), []).append(move)
    return {ends: tuple(moves) for ends, moves in found.items()}


def mermaid(live: State | None = None) -> str:
    """Return the table as a Mermaid state diagram, with *live* marked."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.IDLE.value}"]
    lines += [
        f"    {source.value} --> {target.value}: {' / '.join(moves)}"
        for (source, target), moves in arrows().items()
    ]
    if live is not None:
        lines += ["    classDef live fill:#2e7d32,color:#fff", f"    class {live.value} live"]
    return "\n".join(lines)
