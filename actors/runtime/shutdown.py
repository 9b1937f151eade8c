"""Coming to an end in phases, each with a deadline: what hangs is left behind, not waited for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import anyio

from actors.runtime import status
from actors.runtime.actor import Actor
from actors.runtime.errors import SystemClosed

if TYPE_CHECKING:
    from actors.runtime.engine import Engine

_WRITERS = 32
_LOOK = 0.02  # seconds between two looks at whether everything has finished


async def shut_down(engine: Engine, *, drain: float, grace: float) -> None:
    """Do it, once; shielded, because half a shutdown is worse than a slow one."""
    if engine.stopping:
        return
    engine.stopping = True
    with anyio.CancelScope(shield=True):
        with anyio.move_on_after(grace):
            await _stop_children(engine, intake_only=True)
        with anyio.move_on_after(drain):
            await _drained(engine, mail=True)
        with anyio.move_on_after(grace):
            await _stop_children(engine, intake_only=False)
        _close(engine)
        with anyio.move_on_after(grace):
            await _drained(engine, mail=False)
        with anyio.move_on_after(grace):
            await _write_all(engine)


async def _stop_children(engine: Engine, *, intake_only: bool) -> None:
    for family in reversed(engine.families):
        await family.stop(intake_only=intake_only)


async def _drained(engine: Engine, *, mail: bool) -> None:
    """Wait until no effect runs and, with *mail*, nobody has any to handle."""
    cells = engine.cells.values()
    while engine.effects.tasks or (  # noqa: ASYNC110 - a poll costs less than a hook
        mail and (engine.dispatcher.ready or any(cell.loading for cell in cells))
    ):
        await anyio.sleep(_LOOK)


def _close(engine: Engine) -> None:
    """From here on nothing is taken in, and nobody is left waiting for an answer."""
    engine.closing = True
    for cell in engine.cells.values():
        cell.room = 0
        for actor in tuple(cell.actors.values()):  # who rests goes to the end of the table
            engine.effects.cancel_all(actor)
            actor.refuse(SystemClosed)


async def _write_all(engine: Engine) -> None:
    """Let every kind that keeps its states keep them."""
    limiter = anyio.Semaphore(_WRITERS)
    async with anyio.create_task_group() as group:
        for cell in engine.cells.values():
            if (retire := cell.kind.retire) is not None:
                for actor in tuple(cell.actors.values()):
                    group.start_soon(_write, actor, retire, limiter)


async def _write(
    actor: Actor, retire: Callable[[str, Any], Awaitable[None]], limiter: anyio.Semaphore
) -> None:
    while actor.status & status.RETIRING:  # noqa: ASYNC110 - one write at a time, the newest last
        await anyio.sleep(_LOOK)
    if actor.status & status.LOADING or actor.cell.actors.get(actor.key) is not actor:
        return
    actor.status |= status.RETIRING
    async with limiter:
        try:
            await retire(actor.key, actor.state)
        except Exception as error:
            actor.cell.engine.fault(actor.cell, "retire", error)
