"""Coming to an end in phases, each with a deadline: what hangs is left behind, not waited for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import anyio

from actors.runtime.actor import LOADING, RETIRING, Actor
from actors.runtime.asks import refuse
from actors.runtime.errors import SystemClosed

if TYPE_CHECKING:
    from actors.runtime.children import Family
    from actors.runtime.engine import Engine

_WRITERS = 32
_LOOK = 0.02  # seconds between two looks at whether everything has finished

Retire = Callable[[str, Any], Awaitable[None]]


class Shutdown:
    """Stops intake, drains, cancels effects, writes what is owed, closes."""

    def __init__(self, engine: Engine, families: Sequence[Family]) -> None:
        self._engine = engine
        self._families = families
        self._begun = False

    async def run(self, *, drain: float, grace: float) -> None:
        """Do it, once; shielded, because half a shutdown is worse than a slow one."""
        if self._begun:
            return
        self._begun = True
        with anyio.CancelScope(shield=True):
            await self._phase(grace, self._stop_children, True)
            await self._phase(drain, self._drained, True)
            await self._phase(grace, self._stop_children, False)
            self._close()
            await self._phase(grace, self._drained, False)
            await self._phase(grace, self._write_all)

    @staticmethod
    async def _phase(limit: float, run: Callable[..., Awaitable[None]], *args: bool) -> None:
        with anyio.move_on_after(limit):
            await run(*args)

    async def _stop_children(self, intake_only: bool) -> None:
        for family in reversed(self._families):
            await family.stop(intake_only=intake_only)

    async def _drained(self, mail: bool) -> None:
        """Wait until no effect runs and, with *mail*, nobody has any to handle."""
        engine = self._engine
        while engine.effects.tasks or (  # noqa: ASYNC110 - a poll costs less than a hook
            mail and (engine.dispatcher.ready or engine.lifecycle.loading)
        ):
            await anyio.sleep(_LOOK)

    def _close(self) -> None:
        """From here on nothing is taken in, and nobody is left waiting for an answer."""
        self._engine.closing = True
        for cell in self._engine.cells.values():
            cell.closed = True
            cell.room = 0
            for actor in tuple(cell.actors.values()):  # who rests goes to the end of the table
                self._engine.effects.cancel_all(actor)
                refuse(actor, SystemClosed)

    async def _write_all(self) -> None:
        """Let every kind that keeps its states keep them."""
        limiter = anyio.Semaphore(_WRITERS)
        async with anyio.create_task_group() as group:
            for cell in self._engine.cells.values():
                if (retire := cell.kind.retire) is not None:
                    for actor in tuple(cell.actors.values()):
                        group.start_soon(self._write, actor, retire, limiter)

    async def _write(self, actor: Actor, retire: Retire, limiter: anyio.Semaphore) -> None:
        while actor.status & RETIRING:  # noqa: ASYNC110 - one write at a time, the newest last
            await anyio.sleep(_LOOK)
        if actor.status & LOADING or actor.cell.actors.get(actor.key) is not actor:
            return
        actor.status |= RETIRING
        async with limiter:
            try:
                await retire(actor.key, actor.state)
            except Exception as error:
                self._engine.fault(actor.cell, "retire", error)
