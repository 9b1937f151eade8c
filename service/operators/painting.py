"""The pictures that operators ask for, painted in a thread.

The first one imports Pillow and its font, and takes 0.2 s: nobody's answer should stand still
for that.
"""

from __future__ import annotations

from anyio import to_thread

from fsm.flow.definition import Definition
from fsm.states import State
from service.operators import statistics


async def of_state(live: State | None) -> bytes:
    """Return the states of a conversation as a PNG, with the one marked that it is in."""
    return await to_thread.run_sync(_of_state, live)


async def of_flow(definition: Definition, live: str) -> bytes:
    """Return a guided flow as a PNG, with the step marked at which somebody is."""
    return await to_thread.run_sync(_of_flow, definition, live)


async def of_days(days: tuple[int, ...]) -> bytes:
    """Return how many people were active on each of these *days* as a PNG."""
    return await to_thread.run_sync(statistics.chart, days)


def _of_state(live: State | None) -> bytes:
    from service.operators.picture import paint

    return paint(live)


def _of_flow(definition: Definition, live: str) -> bytes:
    from service.flows.drawing import paint

    return paint(definition, live)
