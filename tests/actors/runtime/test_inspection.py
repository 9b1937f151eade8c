"""Looking inside works at any time, disturbs nobody and shows no content."""

from __future__ import annotations

import time
from typing import Any

import anyio
import pytest

from actors.runtime import Perform, SetTimer
from actors.runtime.inspection import REMEMBERED
from actors.runtime.loop import Loop, ring
from actors.runtime.testing import TestSystem

from .casts import Bang, do, logging

pytestmark = pytest.mark.anyio


async def forever(_: Any) -> None:
    await anyio.sleep_forever()


async def test_a_busy_actor_can_be_looked_at() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref, at = system.ref("log", "1"), system.now() + 60
        ref.tell(do(Perform("stream", forever, tag=3), SetTimer("alarm", at, "wake up")))
        await system.settle()
        system.suspend(ref)
        ref.tell("secret")
        ref.tell_system(7)
        began = time.perf_counter()
        statistics = system.statistics(ref)

        assert time.perf_counter() - began < 0.05
        assert statistics.status == "suspended"
        assert (statistics.system_mail, statistics.user_mail) == (1, 1)
        assert statistics.mailbox == {"int": 1, "str": 1}
        (effect,) = statistics.effects
        assert (effect.name, effect.tag, effect.started) == ("stream", 3, True)
        assert [(timer.name, timer.at) for timer in statistics.timers] == [("alarm", at)]
        assert [turn.message for turn in system.trace(ref)] == ["Do"]
        assert "secret" not in repr(statistics)


async def test_nobody_is_woken_by_being_looked_at() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")

        assert system.statistics(ref).status == "absent"
        assert system.get_state(ref) is None
        assert system.trace(ref) == ()
        for touch in (system.suspend, system.resume, system.release):
            with pytest.raises(LookupError, match="log/1 is not in memory"):
                touch(ref)
        with pytest.raises(LookupError):
            system.replace_state(ref, lambda state: state)
        assert system.counts("log")["activations"] == 0


async def test_a_suspended_actor_stands_still_until_it_is_resumed() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        system.suspend(ref)  # while it stands in line
        await system.settle()
        assert system.get_state(ref) == ()

        system.resume(ref)
        system.resume(ref)
        await system.settle()
        assert system.get_state(ref) == ("a",)


async def test_a_state_can_be_replaced_while_the_actor_lives() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.settle()
        system.replace_state(ref, lambda state: ("mended", *state))
        ref.tell("b")
        await system.settle()

        assert system.get_state(ref) == ("mended", "a", "b")


async def test_a_state_that_is_not_there_yet_cannot_be_replaced() -> None:
    async def load(key: str) -> Any:
        await gate.wait()

    async with TestSystem({"log": logging(load=load)}) as system:
        gate = anyio.Event()
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.settle()

        with pytest.raises(LookupError, match="being loaded"):
            system.replace_state(ref, lambda state: state)
        gate.set()


async def test_the_tree_counts_everything() -> None:
    async with TestSystem({"log": logging(), "other": logging()}) as system:
        for number in range(5):
            system.ref("log", str(number)).tell("a")
        system.ref("log", "0").tell(do(Perform("stream", forever)))
        await system.settle()
        system.suspend(system.ref("log", "4"))
        tree = system.tree()

        kind = tree.kinds[0]
        assert (kind.name, kind.actors) == ("log", 5)
        assert kind.by_status == {"idle": 4, "suspended": 1}
        assert kind.counts["handled"] == 6
        assert (tree.effects, tree.children, tree.dead_letters) == (1, (), {})


async def test_the_trace_is_short_and_in_order() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        for _ in range(30):
            ref.tell("a")
        ref.tell(Bang(times=1))
        await system.settle()

        trace = system.trace(ref)
        assert len(trace) == 16
        assert [turn.outcome for turn in trace][-2:] == ["crashed", "handled"]


async def test_a_crash_is_traced_however_busy_the_others_are() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref, other = system.ref("log", "1"), system.ref("log", "2")
        ref.tell(Bang(times=1))
        await system.settle()
        for _ in range(REMEMBERED // 64 + 1):
            for number in range(64):
                other.tell(number)
            await system.settle()

        assert system.trace(ref) == ()  # what was long ago is forgotten, so the memory is bounded
        assert len(system.history) == REMEMBERED
        (report,) = system.crash_reports
        assert [turn.outcome for turn in report.trace] == ["crashed"]


async def test_the_keys_of_those_in_memory_can_be_listed() -> None:
    async with TestSystem({"log": logging()}) as system:
        assert system.keys("log") == ()
        for key in "ab":
            system.ref("log", key).tell("a")

        assert system.keys("log") == ("a", "b")


async def test_an_alarm_that_rings_twice_rings_once() -> None:
    async with Loop() as loop:
        alarm = loop.new_alarm()
        ring(alarm)
        ring(alarm)

        await alarm
