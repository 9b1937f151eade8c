"""Long-running children: started in order, restarted rest-for-one, given up loudly."""

from __future__ import annotations

from typing import Any

import anyio
import anyio.lowlevel
import pytest

from actors.runtime import ChildSpec, Escalated, Perform, RestartPolicy, RestForOne
from actors.runtime.observe import ChildEnded
from actors.runtime.testing import TestSystem

from .casts import Watcher, do, logging, until_the_end

pytestmark = pytest.mark.anyio


class Play:
    """Children whose ends the test decides."""

    def __init__(self) -> None:
        self.story: list[str] = []
        self.ends: dict[str, anyio.Event] = {}
        self.errors: dict[str, Exception] = {}

    def child(self, name: str, **rest: Any) -> ChildSpec:
        async def run() -> None:
            self.story.append(f"{name} starts")
            self.ends[name] = anyio.Event()
            try:
                await self.ends[name].wait()
            except anyio.get_cancelled_exc_class():
                self.story.append(f"{name} stopped")
                raise
            if name in self.errors:
                raise self.errors.pop(name)

        return ChildSpec(name=name, run=run, **rest)

    def crash(self, name: str) -> None:
        self.errors[name] = ValueError(name)
        self.ends[name].set()

    def told(self) -> list[str]:
        story, self.story = self.story, []
        return story


async def test_children_start_in_order_and_stop_in_reverse() -> None:
    play = Play()
    async with TestSystem({}) as system:
        system.supervise(RestForOne([play.child(name) for name in ("gate", "router", "poller")]))
        await system.settle()
        assert play.told() == ["gate starts", "router starts", "poller starts"]

    assert play.told() == ["poller stopped", "router stopped", "gate stopped"]


async def test_a_crash_restarts_the_child_and_those_after_it() -> None:
    play, watcher = Play(), Watcher()
    async with TestSystem({}, observer=watcher) as system:
        system.supervise(RestForOne([play.child(name) for name in ("gate", "router", "poller")]))
        await system.settle()
        play.told()

        play.crash("router")
        await system.settle()
        await anyio.lowlevel.checkpoint()
        await system.settle()
        assert play.told() == ["poller stopped", "router starts", "poller starts"]
        (children,) = system.tree().children
        assert [(one.name, one.alive, one.restarts) for one in children] == [
            ("gate", True, 0),
            ("router", True, 1),
            ("poller", True, 0),
        ]
        (ended,) = watcher.of(ChildEnded)
        assert (ended.name, type(ended.error), ended.restarts_in) == ("router", ValueError, 0.0)


async def test_a_child_that_returns_is_restarted_too() -> None:
    play = Play()
    async with TestSystem({}) as system:
        system.supervise(RestForOne([play.child("gate")]))
        await system.settle()
        play.ends["gate"].set()
        await system.settle()

        assert play.told() == ["gate starts", "gate starts"]


async def test_a_child_that_crashes_too_often_ends_the_system() -> None:
    async def run() -> None:
        raise ConnectionError("no network")

    with pytest.raises(Escalated, match="poller ended 3 times") as failure:  # noqa: PT012
        async with TestSystem({}) as system:
            policy = RestartPolicy(tolerates=2, first=0.001, longest=0.001)
            system.supervise(RestForOne([ChildSpec(name="poller", run=run)], policy=policy))
            await until_the_end()

    assert isinstance(failure.value.__cause__, ConnectionError)
    assert failure.value.report is None


async def test_a_child_that_only_watches_is_given_up_and_the_others_go_on() -> None:
    async def run() -> None:
        raise ConnectionError("no network")

    play, watcher = Play(), Watcher()
    policy = RestartPolicy(tolerates=2, first=0.001, longest=0.001)
    async with TestSystem({"log": logging()}, observer=watcher) as system:
        watches = ChildSpec(name="series", run=run, vital=False)
        family = [play.child("pulse"), watches, play.child("alarm")]
        system.supervise(RestForOne(family, policy=policy))
        with anyio.fail_after(5):
            while len(watcher.of(ChildEnded)) < 3:
                await system.advance(0.01)
        await system.settle()

        assert [(one.name, one.alive, one.lost) for one in system.tree().children[0]] == [
            ("pulse", True, False),
            ("series", False, True),
            ("alarm", True, False),
        ]
        assert watcher.of(ChildEnded)[-1].restarts_in is None
        play.crash("pulse")
        await system.advance(1)
        assert play.told()[-2:] == ["pulse starts", "alarm starts"]  # it was told goodbye for good
        assert system.tree().children[0][1] == ("series", False, 2, True)
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.settle()
        assert system.get_state(ref) == ("a",)


async def test_children_do_not_come_back_while_the_system_stops() -> None:
    play = Play()
    async with TestSystem({}) as system:
        system.supervise(
            RestForOne([play.child("gate"), play.child("poller", intake=True)]),
        )
        await system.settle()
        play.told()
        await system.shutdown()

        assert play.told() == ["poller stopped", "gate stopped"]


async def test_a_child_that_will_not_stop_is_left_behind() -> None:
    release = anyio.Event()

    async def stubborn() -> None:
        with anyio.CancelScope(shield=True):
            await release.wait()

    play = Play()
    async with TestSystem({}) as system:
        system.supervise(
            RestForOne(
                [play.child("gate"), ChildSpec(name="stubborn", run=stubborn, shutdown=0.01)]
            )
        )
        await system.settle()
        play.crash("gate")
        with anyio.move_on_after(0.1):
            await anyio.sleep(0.05)
        assert play.told() == ["gate starts", "gate starts"]
        release.set()


async def test_the_chats_do_not_notice_when_a_child_crashes() -> None:
    """Fifty streams go on, and no mail is lost, while gate and router are restarted."""
    play = Play()

    async def stream(report: Any) -> str:
        for number in range(20):
            report(number)
            await anyio.lowlevel.checkpoint()
        await finish.wait()
        return "end"

    async with TestSystem({"chat": logging()}) as system:
        finish = anyio.Event()
        system.supervise(RestForOne([play.child(name) for name in ("gate", "router")]))
        refs = [system.ref("chat", str(number)) for number in range(50)]
        for ref in refs:
            ref.tell(do(Perform("stream", stream)))
        while "gate" not in play.ends:
            await anyio.lowlevel.checkpoint()
        play.crash("gate")
        for ref in refs:
            ref.tell("mail")
        await system.settle()
        play.crash("router")
        await system.settle()
        finish.set()
        await system.settle()

        for ref in refs:
            state = [one for one in system.get_state(ref)[1:] if one != "mail"]
            assert state == [*range(20), "end"]
            assert "mail" in system.get_state(ref)
        assert system.counts("chat")["effects_cancelled"] == 0
