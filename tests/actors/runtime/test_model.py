"""Whatever is done to actors in whatever order, they do what a very simple model does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from actors.runtime import (
    ActorStopped,
    Delivery,
    Passivation,
    Quarantine,
    RestartPolicy,
    by_type,
)
from actors.runtime.testing import ManualClock, TestSystem

from .casts import STATE, Bang, Kept, logging, outcome

T = TypeVar("T")
KEYS = st.sampled_from(["a", "b", "c"])
CAPACITY = 4


class Sick(MemoryError):  # noqa: N818
    """Quarantines its actor."""


class SickBang(Bang):
    """Crashes every turn, and says so by an error that means quarantine."""

    def __init__(self) -> None:
        super().__init__(error=Sick())


class Modelled:
    """What an actor should have done, in ten lines of thinking."""

    def __init__(self) -> None:
        self.log: list[object] = []
        self.mail: list[object] = []
        self.suspended = False
        self.quarantined = False

    @property
    def held(self) -> bool:
        return self.suspended or self.quarantined


class ActorsDoAsTheModel(RuleBasedStateMachine):
    """Tell, ask, crash, stop, release, retire, suspend, wait, restart: in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.kept = Kept()
        self.clock = ManualClock()
        self.actors = {key: Modelled() for key in "abc"}
        self.buried = 0
        self.numbers = 0
        self.begin()

    # One task enters and leaves the system; the rules run in tasks of their own.

    def begin(self) -> None:
        self.stop = asyncio.Event()
        started = self.loop.create_future()

        async def life() -> None:
            kind = logging(
                load=self.kept.load,
                retire=self.kept.retire,
                capacity=CAPACITY,
                passivation=Passivation(idle=10, limit=2),
                policy=RestartPolicy(
                    tolerates=10**6, first=0.01, longest=0.1, decide=by_type({Sick: Quarantine()})
                ),
            )
            async with TestSystem(
                {"log": kind}, clock=self.clock, policy=RestartPolicy(tolerates=10**6)
            ) as system:
                started.set_result(system)
                await self.stop.wait()

        self.life = self.loop.create_task(life())
        self.system: TestSystem = self.loop.run_until_complete(started)

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(step)

    def inside(self, step: Callable[[], T]) -> T:
        """Do something on the loop, as everybody else does."""

        async def on_the_loop() -> T:
            return step()

        return self.run(on_the_loop())

    def told(self, key: str, message: object) -> bool:
        """Tell it to the actor and, if it was taken, to the model."""
        actor = self.actors[key]
        delivery = self.inside(lambda: self.system.ref("log", key).tell(message))
        full = len(actor.mail) >= CAPACITY
        assert delivery is (Delivery.REJECTED if full else Delivery.ACCEPTED)
        if not full:
            actor.mail.append(message)
            self.settle(key)
        return not full

    def settle(self, key: str) -> None:
        self.run(self.system.settle())
        actor = self.actors[key]
        while actor.mail and not actor.held:
            message = actor.mail[0]
            if isinstance(message, SickBang):
                if message.tried > 1:
                    actor.mail.pop(0)  # its second crash: it is buried
                    self.buried += 1
                actor.quarantined = True
            else:
                actor.mail.pop(0)
                if isinstance(message, Bang) and message.times > 1:
                    self.buried += 1
                else:
                    actor.log.append(message)

    @rule(key=KEYS)
    def tell(self, key: str) -> None:
        self.numbers += 1
        self.told(key, self.numbers)

    @rule(key=KEYS, times=st.sampled_from([1, 2]))
    def crash(self, key: str, times: int) -> None:
        self.told(key, Bang(times=times))

    @rule(key=KEYS)
    def fall_sick(self, key: str) -> None:
        self.told(key, SickBang())

    @rule(key=KEYS)
    def passivate(self, key: str) -> None:
        ref = self.system.ref("log", key)
        if self.system.statistics(ref).status != "absent":
            self.inside(lambda: self.system.passivate(ref))
            self.settle(key)

    @rule(key=KEYS)
    def ask(self, key: str) -> None:
        actor = self.actors[key]
        if actor.suspended and not actor.quarantined:
            return
        answer = self.run(outcome(self.system.ref("log", key).ask(STATE)))
        assert answer == (ActorStopped if actor.quarantined else tuple(actor.log))

    @rule(key=KEYS)
    def suspend(self, key: str) -> None:
        ref = self.system.ref("log", key)
        if self.system.statistics(ref).status != "absent":
            self.inside(lambda: self.system.suspend(ref))
            self.actors[key].suspended = True

    @precondition(lambda self: any(actor.suspended for actor in self.actors.values()))
    @rule()
    def resume(self) -> None:
        for key, actor in self.actors.items():
            if actor.suspended:
                ref = self.system.ref("log", key)
                self.inside(partial(self.system.resume, ref))
                actor.suspended = False
                self.settle(key)

    @precondition(lambda self: any(actor.quarantined for actor in self.actors.values()))
    @rule()
    def release(self) -> None:
        for key, actor in self.actors.items():
            if actor.quarantined:
                ref = self.system.ref("log", key)
                self.inside(partial(self.system.release, ref))
                actor.quarantined = False
                self.settle(key)

    @rule(seconds=st.sampled_from([1, 11, 60]))
    def wait(self, seconds: int) -> None:
        self.run(self.system.advance(seconds))

    @rule()
    def restart(self) -> None:
        """Shut down and begin anew: states are as they were, mail in memory is gone."""
        self.inside(self.stop.set)
        self.run(self.life_over())
        for actor in self.actors.values():
            actor.mail.clear()
            actor.suspended = actor.quarantined = False
        self.buried = 0
        self.begin()

    async def life_over(self) -> None:
        await self.life

    @invariant()
    def states_are_as_modelled(self) -> None:
        for key, actor in self.actors.items():
            state = self.system.get_state(self.system.ref("log", key))
            if state is None:
                state = self.kept.states.get(key, ())
            assert state == tuple(actor.log)

    @invariant()
    def mailboxes_are_as_modelled(self) -> None:
        for key, actor in self.actors.items():
            statistics = self.system.statistics(self.system.ref("log", key))
            assert statistics.user_mail == len(actor.mail)
            assert (statistics.status == "quarantined") == actor.quarantined

    @invariant()
    def dead_letters_are_as_modelled(self) -> None:
        assert sum(self.system.tree().dead_letters.values()) == self.buried

    def teardown(self) -> None:
        self.inside(self.stop.set)
        self.run(self.life_over())
        self.loop.close()


TestModel = ActorsDoAsTheModel.TestCase
TestModel.settings = settings(
    max_examples=300 if os.environ.get("GREENROOM_SOAK") else 25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
