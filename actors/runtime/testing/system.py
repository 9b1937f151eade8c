"""The real system, with virtual time, seeded interleavings, probes and faults."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from types import TracebackType
from typing import Any

import anyio
from anyio.lowlevel import checkpoint, current_token

from actors.runtime.actor import Actor
from actors.runtime.behaviour import Kind, Perform, Report
from actors.runtime.clock import Clock, LoopClock
from actors.runtime.dispatcher import Dispatcher
from actors.runtime.ref import Ref
from actors.runtime.system import ActorSystem
from actors.runtime.testing.clock import ManualClock
from actors.runtime.testing.faults import Fault, Killed, faulty

_EPOCH = 1_700_000_000.0
_STEPS = 1000
_LOOK = 0.01  # seconds between two looks whether the effects have ended


class Probe:
    """An actor that only remembers what it was told."""

    def __init__(self, system: ActorSystem, ref: Ref) -> None:
        self._system = system
        self.ref = ref

    @property
    def heard(self) -> tuple[object, ...]:
        """Everything it was told so far."""
        state = self._system.get_state(self.ref)
        return state if isinstance(state, tuple) else ()


class TestSystem(ActorSystem):
    """An `ActorSystem` whose every run with the same *seed* is the same run.

    On trio with ``MockClock(autojump_threshold=0)`` time jumps by itself. On asyncio it
    stands still until `advance` moves it. Who is visited next, how many messages a visit
    handles, when an effect takes its first step and all jitter are drawn from the seed.
    """

    __test__ = False  # for pytest: the name is ours, the tests are elsewhere

    def __init__(
        self,
        kinds: Mapping[str, Kind[Any, Any]],
        *,
        seed: int = 0,
        faults: Sequence[Fault] = (),
        clock: Clock | None = None,
        **options: Any,
    ) -> None:
        random = options.pop("random", None) or Random(seed)
        self.killed = False
        self._probes = 0
        self._manual = clock if isinstance(clock, ManualClock) else None
        if clock is None and isinstance(current_token().native_token, AbstractEventLoop):
            clock = self._manual = ManualClock(_EPOCH)
        prepared = {
            name: _unhurried(faulty(name, kind, faults), random) if faults or seed else kind
            for name, kind in kinds.items()
        }
        prepared["probe"] = Kind(behaviour=_remember, initial=lambda _: ())
        super().__init__(
            prepared, clock=clock or LoopClock(wall=lambda: _EPOCH), random=random, **options
        )
        if seed:
            _draw_lots(self.dispatcher, random)

    def probe(self) -> Probe:
        """Return a new actor that remembers what it is told."""
        self._probes += 1
        return Probe(self, self.ref("probe", str(self._probes)))

    async def advance(self, seconds: float) -> None:
        """Let so many seconds pass, with everything that is due in them, in its order."""
        if self._manual is None:
            await anyio.sleep(seconds)
            await self._quiet()
            return
        until = self.now() + seconds
        await self._quiet()
        while (due := self.deadlines.next()) <= until:
            await self._pass(max(0.0, due - self.now()))
            await self._quiet()
        await self._pass(until - self.now())
        await self._quiet()

    async def settle(self, *, effects: bool = False) -> None:
        """Wait until nothing is runnable: no mail, no load, no backoff; effects may sleep.

        With *effects* also until none is left. Backoffs pass in virtual time.
        """
        while True:
            await self._quiet()
            due = [until for until in map(_backoff_until, self._all()) if until is not None]
            if due:
                await self._pass(max(0.0, min(due) - self.now()))
            elif effects and self.effects.tasks:
                await anyio.sleep(_LOOK)
            else:
                return

    async def _quiet(self) -> None:
        """Wait until the loop has nothing to do."""
        dispatcher = self.dispatcher
        slices = -1
        while dispatcher.ready or slices != dispatcher.slices:
            slices = dispatcher.slices
            await _all_blocked()

    def _all(self) -> Iterator[Actor]:
        for cell in self.cells.values():
            yield from cell.actors.values()

    async def _pass(self, seconds: float) -> None:
        """Let time pass."""
        if self._manual is None:
            await anyio.sleep(seconds)
        else:
            self._manual.advance(seconds)
            self.deadlines.nudge()
            await checkpoint()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        try:
            return await super().__aexit__(kind, error, trace)
        except BaseExceptionGroup as group:
            killed, rest = group.split(Killed)
            if killed is None or rest is not None:
                raise
            self.killed = True
            return True


async def _all_blocked() -> None:
    """Wait until every task waits for something.

    On asyncio that is when nobody else stands in the loop's own queue, which has no public
    name; anyio looks every 0.1 s instead, and a thousand seeds would take half an hour.
    """
    queue = getattr(current_token().native_token, "_ready", None)
    if queue is None:
        await anyio.wait_all_tasks_blocked()
        return
    for _ in range(_STEPS):  # the heap looks again and again at what is due in a microsecond
        await checkpoint()
        if not queue:
            return


def _backoff_until(actor: Actor) -> float | None:
    return actor.backoff.at if actor.backoff is not None else None


def _remember(state: tuple[object, ...], message: object, _: float) -> tuple[Any, tuple[()]]:
    return (*state, message), ()


def _draw_lots(dispatcher: Dispatcher, random: Random) -> None:
    """Let chance decide who is visited next, and for how long."""
    ready = dispatcher.ready

    def pick() -> Actor:
        place = random.randrange(len(ready))
        actor = ready[place]
        del ready[place]
        dispatcher.budget = random.randint(1, 4)
        return actor

    dispatcher.pick = pick


def _unhurried(kind: Kind[Any, Any], random: Random) -> Kind[Any, Any]:
    """Return *kind* with effects that take their first step sooner or later."""

    def delay(effect: Any) -> Any:
        if not isinstance(effect, Perform):
            return effect

        async def run(report: Report) -> object:
            for _ in range(random.randint(0, 3)):
                await checkpoint()
            return await effect.run(report)

        return replace(effect, run=run)

    commit = kind.commit
    assert commit is not None, "faulty() has given it one"
    perform = kind.perform
    return replace(
        kind,
        commit=lambda turn: (
            (kept := commit(turn))
            and kept._replace(effects=[delay(effect) for effect in kept.effects])
        ),
        perform=perform and (lambda *wish: [delay(effect) for effect in perform(*wish)]),
    )
