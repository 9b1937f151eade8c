"""The end: in phases, each with a deadline; nothing hangs, nothing owed is forgotten."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from actors.runtime import (
    ActorSystem,
    ChildSpec,
    Kind,
    Passivation,
    Perform,
    Report,
    RestForOne,
)
from actors.runtime.testing import ManualClock, TestSystem

from .casts import Kept, Ticket, do, logging, until_the_end
from .test_effects import Stage, on_disk

pytestmark = pytest.mark.anyio


async def test_the_phases_come_in_their_order() -> None:
    story: list[str] = []
    kept = Kept()

    async def write() -> None:
        story.append("write")

    kept.before_write = write

    def child(name: str, *, intake: bool) -> ChildSpec:
        async def run() -> None:
            try:
                await anyio.sleep_forever()
            finally:
                story.append(name)

        return ChildSpec(name=name, run=run, intake=intake)

    async def answer(_: Report) -> str:
        await anyio.sleep(0.05)
        story.append("effect")
        return "done"

    async with TestSystem({"log": logging(load=kept.load, retire=kept.retire)}) as system:
        system.supervise(RestForOne([child("gate", intake=False), child("poller", intake=True)]))
        system.ref("log", "1").tell(do(Perform("answer", answer)))
        await system.settle()
        await system.shutdown(drain=5)

    assert story == ["poller", "effect", "gate", "write"]
    assert kept.states["1"][1:] == ("done",)


async def test_waiting_mail_is_handled_before_the_end() -> None:
    kept = Kept()
    async with TestSystem({"log": logging(load=kept.load, retire=kept.retire)}) as system:
        for number in range(1000):
            system.ref("log", str(number)).tell("a")
        await system.shutdown()

    assert set(kept.states.values()) == {("a",)}
    assert len(kept.states) == 1000


async def test_an_effect_that_never_ends_is_cancelled_when_the_time_is_up() -> None:
    ended: list[str] = []

    async def forever(_: Report) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("cleaned up")

    async with TestSystem({"log": logging()}) as system:
        system.ref("log", "1").tell(do(Perform("stream", forever)))
        await system.settle()
        await system.shutdown(drain=0.05)

        assert ended == ["cleaned up"]


async def test_who_swallows_a_cancellation_is_cancelled_again() -> None:
    swallowed: list[str] = []

    async def load(key: str) -> Any:
        while True:
            try:
                await anyio.sleep_forever()
            except anyio.get_cancelled_exc_class():
                if swallowed:
                    raise
                swallowed.append(key)

    with anyio.fail_after(10):
        async with TestSystem({"log": logging(load=load)}, grace=0.1) as system:
            system.ref("log", "1").tell("a")
            await system.settle()

    assert swallowed == ["1"]


async def test_a_store_that_hangs_does_not_hang_the_end() -> None:
    kept = Kept()
    kept.before_write = anyio.sleep_forever
    async with TestSystem({"log": logging(retire=kept.retire)}) as system:
        system.ref("log", "1").tell("a")
        await system.settle()
        with anyio.fail_after(5):
            await system.shutdown(drain=0, grace=0.05)

    assert kept.writes == []


@pytest.mark.parametrize("replaced", [False, True])
async def test_who_is_being_written_when_the_end_comes_is_not_written_twice_at_once(
    replaced: bool,
) -> None:
    kept = Kept()
    writing: list[int] = []

    async def slowly() -> None:
        writing.append(1)
        assert len(writing) == 1
        await anyio.sleep(0.05)
        writing.clear()

    kept.before_write = slowly
    kind = logging(retire=kept.retire, passivation=Passivation(idle=5, limit=9))
    async with TestSystem({"log": kind}, clock=ManualClock()) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.settle()
        system.passivate(ref)
        await anyio.lowlevel.checkpoint()
        await anyio.lowlevel.checkpoint()
        if replaced:
            system.replace_state(ref, lambda state: ("b",))
        await system.shutdown(drain=0)

    assert kept.states == {"1": ("b",) if replaced else ("a",)}
    assert len(kept.writes) == (2 if replaced else 1)


async def forever(_: Report) -> None:
    await anyio.sleep_forever()


async def test_an_end_in_the_middle_of_many_effects_writes_everybody() -> None:
    kept = Kept()
    kind = logging(retire=kept.retire, passivation=Passivation(idle=500, limit=9))
    async with TestSystem({"log": kind}, clock=ManualClock()) as system:
        for key in "abc":
            system.ref("log", key).tell(do(Perform("stream", forever)))
        await system.settle()
        await system.advance(5)  # they are older than the second that they were used in
        await system.shutdown(drain=0)

    assert sorted(kept.writes) == ["a", "b", "c"]


async def test_a_store_that_fails_for_one_still_keeps_the_others() -> None:
    kept = Kept()
    kept.write_errors = [OSError("full")]
    async with TestSystem({"log": logging(retire=kept.retire)}) as system:
        for number in range(10):
            system.ref("log", str(number)).tell("a")
        await system.settle()
        await system.shutdown()

        assert len(kept.writes) == 9
        assert system.counts("log")["faults"] == 1


async def test_what_was_never_loaded_is_not_written() -> None:
    kept = Kept()
    kept.before_load = anyio.sleep_forever
    async with TestSystem({"log": logging(load=kept.load, retire=kept.retire)}) as system:
        system.ref("log", "1").tell("a")
        await system.settle()
        await system.shutdown(drain=0.01)

    assert kept.writes == []


async def test_cancelling_from_outside_still_writes_what_is_owed() -> None:
    kept = Kept()
    with anyio.CancelScope() as scope:
        async with TestSystem({"log": logging(retire=kept.retire)}) as system:
            system.ref("log", "1").tell("a")
            await system.settle()
            scope.cancel()
            await until_the_end()

    assert scope.cancelled_caught
    assert kept.writes == ["1"]


async def test_the_error_of_the_body_leaves_as_it_came() -> None:
    kept = Kept()
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with TestSystem({"log": logging(retire=kept.retire)}) as system:
            system.ref("log", "1").tell("a")
            await system.settle()
            raise ZeroDivisionError

    assert kept.writes == ["1"]


class Interrupt(BaseException):
    """Like a KeyboardInterrupt, which asyncio would also hand to pytest."""


async def test_an_interrupt_ends_everything_at_once_and_writes_nothing() -> None:
    kept, stage = Kept(), Stage()

    async def interrupted(_: Report) -> None:
        raise Interrupt

    with pytest.raises(BaseExceptionGroup) as failure:  # noqa: PT012
        async with TestSystem({"log": logging(retire=kept.retire)}) as system:
            system.ref("log", "2").tell(do(Perform("stream", stage.run)))
            await system.settle()
            system.ref("log", "1").tell(do(Perform("effect", interrupted)))
            await until_the_end()

    assert failure.group_contains(Interrupt)
    assert kept.writes == []
    assert stage.started == 1
    assert system.counts("log")["effects_failed"] == 0  # being cancelled is no failure


async def test_shutting_down_twice_is_shutting_down_once() -> None:
    kept = Kept()
    async with TestSystem({"log": logging(retire=kept.retire)}) as system:
        system.ref("log", "1").tell("a")
        await system.settle()
        await system.shutdown()
        await system.shutdown()

    assert kept.writes == ["1"]


async def test_effects_that_wait_for_the_disk_do_not_start_after_the_end() -> None:
    ticket, stage = Ticket(), Stage()
    async with TestSystem({"log": logging(commit=on_disk(ticket))}) as system:
        system.ref("log", "1").tell(do(Perform("send", stage.run, durable=True)))
        await system.settle()
        await system.shutdown(drain=0)
        ticket.reach_disk()
        await system.settle()

    assert stage.started == 0


async def test_a_system_of_the_usual_make_lives_on_the_loops_clock() -> None:
    kind: Kind[Any, Any] = logging()
    async with ActorSystem({"log": kind}) as system:
        before = system.now()
        await anyio.sleep(0.01)

        assert system.now() > before
        with pytest.raises(KeyError):
            system.ref("nobody", "1")
