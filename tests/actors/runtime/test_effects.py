"""Effects: owned by their actor, heard exactly once, and gone when they should be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from actors.runtime import (
    Cancel,
    Committed,
    EffectFailed,
    Passivation,
    Perform,
    Quarantine,
    Report,
    RestartPolicy,
    Turn,
    by_type,
)
from actors.runtime.testing import TestSystem

from .casts import Bang, Ticket, Watcher, do, logging

pytestmark = pytest.mark.anyio


class Stage:
    """An effect under the test's control."""

    def __init__(self) -> None:
        self.started = 0
        self.cleaned = 0
        self.report: Report = lambda _: None
        self.go = anyio.Event()

    async def run(self, report: Report) -> object:
        self.started += 1
        self.report = report
        try:
            await self.go.wait()
        finally:
            self.cleaned += 1
        return "done"


async def test_reports_and_the_result_arrive_in_order() -> None:
    async def run(report: Report) -> str:
        report("one")
        await anyio.lowlevel.checkpoint()
        report("two")
        return "three"

    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("words", run)))
        await system.settle()

        assert system.get_state(ref)[1:] == ("one", "two", "three")
        assert system.statistics(ref).effects == ()


async def test_what_a_cancelled_effect_finishes_all_the_same_is_not_heard() -> None:
    last_step = anyio.Event()

    async def run(report: Report) -> str:
        with anyio.CancelScope(shield=True):
            await last_step.wait()
        return "too late"

    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("send", run)))
        await system.settle()
        ref.tell(do(Cancel("send")))
        await system.settle()
        last_step.set()
        await system.settle(effects=True)

        assert len(system.get_state(ref)) == 2
        counts = system.counts("log")
        assert (counts["effects_cancelled"], counts["effects_ended"]) == (1, 0)
        assert counts["late_reports"] == 1


async def test_an_effect_without_a_result_says_nothing() -> None:
    async def run(_: Report) -> None:
        pass

    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("quiet", run)))
        await system.settle()

        assert len(system.get_state(ref)) == 1
        assert system.counts("log")["effects_ended"] == 1


async def test_an_actor_goes_on_while_its_effect_waits() -> None:
    stage = Stage()
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("long", stage.run)))
        await system.settle()
        ref.tell("meanwhile")
        await system.settle()

        assert system.get_state(ref)[1:] == ("meanwhile",)
        (effect,) = system.statistics(ref).effects
        assert (effect.name, effect.started) == ("long", True)


async def test_an_exception_arrives_as_a_message_with_the_tag() -> None:
    async def run(_: Report) -> None:
        raise ExceptionGroup("outer", [ConnectionError("reset")])

    watcher = Watcher()
    async with TestSystem({"log": logging()}, observer=watcher) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("send", run, tag=7)))
        await system.settle()

        failed = system.get_state(ref)[1]
        assert isinstance(failed, EffectFailed)
        assert (failed.name, failed.tag) == ("send", 7)
        assert isinstance(failed.error, ExceptionGroup)
        assert system.counts("log")["effects_failed"] == 1


async def test_a_timeout_ends_the_effect_and_is_told() -> None:
    stage = Stage()
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("slow", stage.run, timeout=30)))
        await system.advance(29)
        assert len(system.get_state(ref)) == 1
        await system.advance(2)

        failed = system.get_state(ref)[1]
        assert isinstance(failed.error, TimeoutError)
        assert stage.cleaned == 1


async def test_a_cancelled_effect_is_not_heard_any_more() -> None:
    stage = Stage()
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("long", stage.run, timeout=5)))
        await system.settle()
        ref.tell(do(Cancel("long"), Cancel("nobody")))
        await system.settle()
        stage.report("late")
        await system.advance(10)

        assert stage.cleaned == 1
        assert len(system.get_state(ref)) == 2
        counts = system.counts("log")
        assert (counts["effects_cancelled"], counts["late_reports"]) == (1, 1)
        assert system.tree().effects == 0


async def test_an_effect_cancelled_in_the_turn_that_started_it_never_runs() -> None:
    stage = Stage()
    async with TestSystem({"log": logging()}) as system:
        system.ref("log", "1").tell(do(Perform("long", stage.run), Cancel("long")))
        await system.settle()

        assert stage.started == 0
        assert system.tree().effects == 0


async def test_an_error_while_cleaning_up_after_a_cancel_is_no_failure() -> None:
    async def run(_: Report) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            raise RuntimeError("while being cancelled")

    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("messy", run)))
        await system.settle()
        ref.tell(do(Cancel("messy")))
        await system.settle()

        assert len(system.get_state(ref)) == 2
        counts = system.counts("log")
        assert (counts["effects_cancelled"], counts["effects_failed"]) == (1, 0)


async def test_what_was_reported_before_the_cancel_is_still_heard() -> None:
    stage = Stage()
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("send", stage.run)))
        await system.settle()
        system.suspend(ref)
        stage.report("a fact")
        ref.tell(do(Cancel("send")))
        system.resume(ref)
        await system.settle()

        assert system.get_state(ref)[1] == "a fact"


async def test_starting_an_effect_again_ends_the_older_one_first() -> None:
    one, two = Stage(), Stage()
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("model", one.run)))
        await system.settle()
        ref.tell(do(Perform("model", two.run)))
        await system.settle()
        assert (one.cleaned, two.started) == (1, 1)

        one.report("from the old one")
        two.go.set()
        await system.settle()
        assert system.get_state(ref)[2:] == ("done",)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_cancelled_future_inside_an_effect_is_a_failure_not_a_cancel() -> None:
    async def run(_: Report) -> None:
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("leaky", run)))
        await system.settle()

        assert isinstance(system.get_state(ref)[1].error, asyncio.CancelledError)
        ref.tell("lives on")
        await system.settle()
        assert system.get_state(ref)[2] == "lives on"


def on_disk(ticket: Ticket) -> Callable[[Turn[Any]], Committed[Any]]:
    return lambda turn: Committed(turn.after, turn.effects, ticket)


async def test_a_durable_effect_waits_for_its_commit_to_reach_the_disk() -> None:
    ticket, stage = Ticket(), Stage()
    async with TestSystem({"log": logging(commit=on_disk(ticket))}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("send", stage.run, durable=True)))
        await system.settle()
        (effect,) = system.statistics(ref).effects
        assert (stage.started, effect.started) == (0, False)

        ticket.reach_disk()
        await system.settle()
        assert stage.started == 1


async def test_a_durable_effect_cancelled_before_its_commit_is_on_disk_never_starts() -> None:
    ticket, stage = Ticket(), Stage()
    async with TestSystem({"log": logging(commit=on_disk(ticket))}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("send", stage.run, durable=True)))
        ref.tell(do(Cancel("send")))
        await system.settle()
        ticket.reach_disk()
        await system.settle()

        assert stage.started == 0


async def test_a_durable_effect_of_a_kind_without_a_disk_starts_at_once() -> None:
    stage = Stage()
    async with TestSystem({"log": logging()}) as system:
        system.ref("log", "1").tell(do(Perform("send", stage.run, durable=True)))
        await system.settle()

        assert stage.started == 1


async def test_a_crash_of_a_turn_leaves_running_effects_alone() -> None:
    stage = Stage()
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("stream", stage.run)))
        ref.tell(Bang())
        await system.settle()
        stage.go.set()
        await system.settle()

        assert system.get_state(ref)[1:] == ("done",)


async def test_quarantine_cancels_all_effects() -> None:
    stages = [Stage(), Stage()]
    policy = RestartPolicy(decide=by_type({ValueError: Quarantine()}))
    async with TestSystem({"log": logging(policy=policy)}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("a", stages[0].run), Perform("b", stages[1].run)))
        await system.settle()
        ref.tell(Bang())
        await system.settle()

        assert [stage.cleaned for stage in stages] == [1, 1]
        assert system.tree().effects == 0


async def test_an_effect_that_breaks_breaks_nobody_else() -> None:
    async def breaks(_: Report) -> None:
        raise RuntimeError

    async def works(_: Report) -> str:
        await anyio.lowlevel.checkpoint()
        return "fine"

    async with TestSystem({"log": logging()}) as system:
        refs = [system.ref("log", str(number)) for number in range(100)]
        for number, ref in enumerate(refs):
            ref.tell(do(Perform("work", breaks if number == 50 else works)))
        await system.settle()

        ends = [system.get_state(ref)[1] for ref in refs]
        assert ends.count("fine") == 99
        assert system.tree().effects == 0


async def test_an_actor_with_an_effect_does_not_leave_the_memory() -> None:
    stage = Stage()
    kind = logging(passivation=Passivation(idle=5, limit=10))
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("long", stage.run)))
        await system.advance(60)
        assert system.statistics(ref).status == "idle"

        stage.go.set()
        await system.advance(60)
        assert system.statistics(ref).status == "absent"


async def test_leaving_the_system_ends_every_effect() -> None:
    stage = Stage()
    async with TestSystem({"log": logging()}) as system:
        system.ref("log", "1").tell(do(Perform("long", stage.run)))
        await system.settle()

    assert stage.cleaned == 1
    assert system.tree().effects == 0


async def test_settling_with_effects_waits_for_their_end() -> None:
    async def run(_: Report) -> str:
        await anyio.sleep(0.02)
        return "slept"

    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("nap", run)))
        await system.settle(effects=True)

        assert system.get_state(ref)[1:] == ("slept",)
