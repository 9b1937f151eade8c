"""Long-running children, restarted rest-for-one: a child may rely on those before it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio

from actors.runtime.inspection import ChildView
from actors.runtime.observe import ChildEnded
from actors.runtime.supervision import Quarantine, RestartPolicy

if TYPE_CHECKING:
    from actors.runtime.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSpec:
    """One child: what to run for as long as the system lives.

    It is restarted however it ends, and if it ends too often the whole system ends: others
    need it. One that is not *vital* is given up instead. An *intake* is stopped first at a
    shutdown (who reads the network should stop before who answers). *shutdown* is how many
    seconds it gets to clean up before we go on without it.
    """

    name: str
    run: Callable[[], Awaitable[object]]
    vital: bool = True
    intake: bool = False
    shutdown: float = 5.0


@dataclass(frozen=True, slots=True)
class RestForOne:
    """If a child ends, it and those that started after it are started again, in order."""

    children: Sequence[ChildSpec]
    policy: RestartPolicy = field(default_factory=RestartPolicy)


@dataclass(slots=True, eq=False)
class _Child:
    """One child at work."""

    spec: ChildSpec
    alive: bool = False
    wanted: bool = True
    lost: bool = False
    restarts: int = 0
    crashes: list[float] = field(default_factory=list)
    error: BaseException | None = None
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    began: anyio.Event = field(default_factory=anyio.Event)
    ended: anyio.Event = field(default_factory=anyio.Event)


class Family:
    """Keeps one `RestForOne` alive."""

    def __init__(self, spec: RestForOne, engine: Engine) -> None:
        self._engine = engine
        self._policy = spec.policy
        self._changed = anyio.Event()
        self.children = [_Child(child) for child in spec.children]

    async def run(self) -> None:
        """Start the children in order, and again whenever one of them ends."""
        first = 0
        while self._engine.escalated is None:
            for child in self.children[first:]:
                if child.wanted and not child.alive:
                    await self._start(child)
            first = await self._next_end()
            await self._stop(self.children[first + 1 :])
            await anyio.sleep(self._delay(self.children[first]))

    def view(self) -> tuple[ChildView, ...]:
        """Return what there is to see of the children."""
        return tuple(
            ChildView(child.spec.name, child.alive, child.restarts, child.lost)
            for child in self.children
        )

    async def stop(self, *, intake_only: bool) -> None:
        """Stop the children for good, the last first; or only those that take work in."""
        going = [child for child in self.children if child.spec.intake or not intake_only]
        for child in going:
            child.wanted = False
        await self._stop(going)

    async def _start(self, child: _Child) -> None:
        child.error = None
        child.scope = anyio.CancelScope()
        child.began, child.ended = anyio.Event(), anyio.Event()
        child.alive = True
        self._engine.spawn(self._run, child)
        await child.began.wait()  # whoever starts next may rely on our first steps

    async def _run(self, child: _Child) -> None:
        try:
            with child.scope:
                child.began.set()
                await child.spec.run()
        except Exception as error:
            child.error = error
        finally:
            child.alive = False
            child.ended.set()
            self._changed.set()

    async def _next_end(self) -> int:
        """Return the place of the first child that should run and does not."""
        while True:
            for place, child in enumerate(self.children):
                if child.wanted and not child.alive:
                    return place
            self._changed = anyio.Event()
            await self._changed.wait()

    async def _stop(self, children: Sequence[_Child]) -> None:
        for child in reversed(children):
            child.scope.cancel()
            if child.alive:
                with anyio.move_on_after(child.spec.shutdown):
                    await child.ended.wait()

    def _delay(self, child: _Child) -> float:
        """Return when to go on, after *child* has ended; with it, if it has not ended too often."""
        engine, now = self._engine, self._engine.clock.now()
        child.crashes = [*self._policy.recent(child.crashes, now), now]
        error = child.error or RuntimeError(f"{child.spec.name} returned although it should not")
        decision = self._policy.after(child.crashes, now, engine.random.random())
        if isinstance(decision, Quarantine):
            child.wanted, child.lost = False, True
            engine.notice(ChildEnded(child.spec.name, error, None))
            if child.spec.vital:
                engine.escalate(f"{child.spec.name} ended {decision.crashes} times", None, error)
            return 0.0
        child.restarts += 1
        engine.notice(ChildEnded(child.spec.name, error, decision.delay))
        return decision.delay
