"""Timers: named, generation-checked, on one heap, by the system's clock alone."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from actors.runtime import (
    ClearTimer,
    LoopClock,
    Passivation,
    SetTimer,
)
from actors.runtime.deadlines import Deadlines
from actors.runtime.testing import ManualClock, TestSystem

from .casts import Bang, Kept, do, log, logging

pytestmark = pytest.mark.anyio


async def test_a_timer_speaks_when_its_time_has_come() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(SetTimer("t", system.now() + 10, "tick")))
        await system.advance(9)
        assert [timer.name for timer in system.statistics(ref).timers] == ["t"]
        assert len(system.get_state(ref)) == 1

        await system.advance(2)
        assert system.get_state(ref)[1:] == ("tick",)
        assert system.statistics(ref).timers == ()


async def test_a_timer_of_the_same_name_takes_the_place_of_the_older() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref, now = system.ref("log", "1"), system.now()
        ref.tell(do(SetTimer("t", now + 1, "first"), SetTimer("u", now + 2, "other")))
        ref.tell(do(SetTimer("t", now + 3, "second")))
        await system.advance(10)

        assert system.get_state(ref)[2:] == ("other", "second")


async def test_a_cleared_timer_is_silent() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(SetTimer("t", system.now() + 1, "tick"), ClearTimer("t"), ClearTimer("u")))
        await system.advance(5)

        assert len(system.get_state(ref)) == 1
        assert len(system.deadlines) == 0


async def test_a_timer_cleared_in_the_instant_it_is_due_is_stale() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(SetTimer("t", system.now() + 1, "tick")))
        await system.settle()
        system.suspend(ref)
        ref.tell_system(do(ClearTimer("t")))  # stands before the tick in the lane
        await system.advance(2)
        assert system.statistics(ref).system_mail == 2
        system.resume(ref)
        await system.settle()

        assert len(system.get_state(ref)) == 2
        assert system.counts("log")["stale_timers"] == 1


async def test_a_staged_timer_dies_with_its_stage() -> None:
    async with TestSystem({"log": logging(stage=lambda state: len(state) // 2)}) as system:
        ref, now = system.ref("log", "1"), system.now()
        ref.tell(
            do(
                SetTimer("staged", now + 5, "staged", staged=True),
                SetTimer("kept", now + 5, "kept"),
            )
        )
        ref.tell("moves on")
        await system.advance(10)

        assert system.get_state(ref)[2:] == ("kept",)


async def test_a_staged_timer_lives_as_long_as_its_stage() -> None:
    async with TestSystem({"log": logging(stage=lambda state: "always")}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(SetTimer("staged", system.now() + 5, "staged", staged=True)))
        ref.tell("goes on")
        await system.advance(10)

        assert system.get_state(ref)[2:] == ("staged",)


async def test_a_stage_that_cannot_be_told_is_a_fault_not_a_crash() -> None:
    def stage(state: tuple[Any, ...]) -> str:
        if "bad" in state:
            raise ValueError
        return "good"

    async with TestSystem({"log": logging(stage=stage)}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(SetTimer("t", system.now() + 5, "tick", staged=True)))
        ref.tell("bad")
        await system.settle()

        assert system.get_state(ref)[1] == "bad"
        assert system.counts("log")["faults"] == 1


async def test_timers_survive_a_crash() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(SetTimer("t", system.now() + 5, "tick")))
        ref.tell(Bang())
        await system.advance(10)

        assert system.get_state(ref)[1:] == ("tick",)


async def test_a_tick_whose_turn_crashes_is_tried_again() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref, bang = system.ref("log", "1"), Bang(times=1)
        ref.tell(do(SetTimer("t", system.now() + 5, bang)))
        await system.advance(10)

        assert system.get_state(ref)[1:] == (bang,)


async def test_a_timer_wakes_an_actor_that_has_left_the_memory() -> None:
    kept = Kept()
    kind = logging(load=kept.load, retire=kept.retire, passivation=Passivation(idle=5, limit=10))
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(SetTimer("t", system.now() + 60, "tick")))
        await system.advance(30)
        assert system.statistics(ref).status == "absent"
        assert [timer.name for timer in system.statistics(ref).timers] == ["t"]

        await system.advance(31)
        assert system.get_state(ref)[1:] == ("tick",)


async def test_deadlines_are_served_in_their_order_and_equal_ones_in_the_order_set() -> None:
    deadlines = Deadlines(clock := ManualClock(), print)
    served: list[str] = []
    for name, at in (("c", 3.0), ("a", 1.0), ("b1", 2.0), ("b2", 2.0), ("later", 99.0)):
        deadlines.at(clock.now() + at, lambda name=name: served.append(name))  # type: ignore[misc]
    clock.advance(50)

    assert deadlines.fire() == 4
    assert served == ["a", "b1", "b2", "c"]
    assert len(deadlines) == 1


async def test_cancelled_deadlines_do_not_pile_up() -> None:
    deadlines = Deadlines(ManualClock(), print)
    for _ in range(10):
        deadlines.after(1e6, lambda: None)
    for _ in range(5000):
        deadlines.after(5, lambda: None).cancel()

    assert len(deadlines) == 10
    assert len(deadlines._heap) < 100


async def test_a_deadline_that_raises_does_not_stop_the_next() -> None:
    faults: list[Exception] = []
    served: list[str] = []
    deadlines = Deadlines(clock := ManualClock(), faults.append)
    deadlines.after(1, lambda: [].pop())
    deadlines.after(2, lambda: served.append("next"))
    deadlines.nudge()  # nobody sleeps yet
    clock.advance(5)
    deadlines.fire()

    assert [type(error) for error in faults] == [IndexError]
    assert served == ["next"]


async def test_a_timer_whose_actor_cannot_be_made_is_no_end_of_the_world() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        system.deadlines.after(1, lambda: [].pop())
        ref.tell(do(SetTimer("t", system.now() + 2, "tick")))
        await system.advance(5)

        assert system.get_state(ref)[1:] == ("tick",)


async def test_a_deadline_cancelled_twice_counts_once() -> None:
    deadlines = Deadlines(ManualClock(), print)
    deadline = deadlines.after(1, lambda: None)
    deadline.cancel()
    deadline.cancel()

    assert (len(deadlines), deadlines.next()) == (0, float("inf"))


async def test_a_crowd_of_deadlines_lets_the_loop_breathe() -> None:
    async with TestSystem({"log": logging()}) as system:
        refs = [system.ref("log", str(number)) for number in range(1000)]
        at = system.now() + 5
        for ref in refs:
            ref.tell(do(SetTimer("t", at, "tick")))
        await system.settle()
        assert system.deadlines.fire() == 0
        await system.advance(6)

        assert {system.get_state(ref)[1:] for ref in refs} == {("tick",)}


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_the_clock_follows_the_wall_forward_but_never_back() -> None:
    wall = [1000.0]
    clock = LoopClock(wall=lambda: wall[0])
    began = clock.now()
    wall[0] += 3600  # the machine slept
    assert clock.now() >= began + 3599

    late = clock.now()
    wall[0] -= 7200  # somebody set it back
    assert clock.now() >= late


def test_a_manual_clock_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        ManualClock().advance(-1)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_time_of_the_wall_is_not_used_for_anything_that_waits() -> None:
    """A clock that jumps by an hour serves what is due, and nothing twice."""
    clock = ManualClock()
    async with TestSystem({"log": logging()}, clock=clock) as system:
        ref = system.ref("log", "1")
        ref.tell(do(SetTimer("t", system.now() + 5, "tick")))
        await system.settle()
        clock.advance(3600)
        system.deadlines.nudge()
        await system.settle()
        await system.settle()

        assert system.get_state(ref)[1:] == ("tick",)


@pytest.mark.parametrize("anyio_backend", ["trio"], indirect=True)
async def test_an_earlier_deadline_wakes_a_heap_that_sleeps() -> None:
    async with TestSystem({"log": logging(behaviour=log)}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(SetTimer("far", system.now() + 1000, "far")))
        await system.settle()
        ref.tell(do(SetTimer("near", system.now() + 1, "near")))
        await anyio.sleep(2)

        assert system.get_state(ref)[2:] == ("near",)
