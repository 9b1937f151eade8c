"""Coming and going: load, replay, resume; idle, crowded out, retired, called back."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from actors.runtime import (
    ClearTimer,
    Passivation,
    Perform,
    Quarantine,
    Report,
    RestartPolicy,
    SetTimer,
    Skip,
    by_type,
)
from actors.runtime.testing import TestSystem

from .casts import Bang, Kept, do, log, logging

pytestmark = pytest.mark.anyio


def keeping(kept: Kept, **rest: Any) -> Any:
    return logging(
        **{
            "load": kept.load,
            "retire": kept.retire,
            "passivation": Passivation(idle=10, limit=1000),
            **rest,
        }
    )


# Coming.


async def test_mail_waits_while_the_state_is_loaded() -> None:
    kept = Kept()
    gate = anyio.Event()
    kept.before_load = gate.wait
    kept.states["1"] = ("kept",)
    async with TestSystem({"log": keeping(kept)}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        ref.tell_system("b")
        await system.settle()
        assert system.statistics(ref).status == "loading"
        assert kept.loads == ["1"]

        gate.set()
        await system.settle()
        assert system.get_state(ref) == ("kept", "b", "a")
        assert kept.loads == ["1"]


async def test_many_senders_at_once_activate_an_actor_once() -> None:
    kept = Kept()
    async with TestSystem({"log": keeping(kept)}) as system:
        async with anyio.create_task_group() as group:
            for number in range(50):

                async def send(number: int = number) -> None:
                    system.ref("log", "1").tell(number)

                group.start_soon(send)
        await system.settle()

        assert kept.loads == ["1"]
        assert len(system.get_state(system.ref("log", "1"))) == 50


async def test_who_has_nothing_to_load_begins_at_the_beginning() -> None:
    kept = Kept()
    kept.states["known"] = ()
    async with TestSystem({"log": keeping(kept, initial=lambda key: (f"I am {key}",))}) as system:
        for key in ("new", "known"):
            system.ref("log", key).tell("a")
        await system.settle()

        assert system.get_state(system.ref("log", "new")) == ("I am new", "a")
        assert system.get_state(system.ref("log", "known")) == ("a",)


async def test_replayed_mail_comes_before_the_resumption_and_live_mail_after() -> None:
    kept = Kept()
    kept.states["1"] = ("kept",)
    kind = keeping(
        kept,
        replayed=lambda message: str(message).startswith("old"),
        resume=lambda state, now: ((*state, "resumed"), ()),
    )
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        for message in ("live 1", "old 1", "live 2", "old 2"):
            ref.tell(message)
        await system.settle()

        assert system.get_state(ref) == ("kept", "old 1", "old 2", "resumed", "live 1", "live 2")


async def test_replayed_mail_that_spilled_still_comes_before_the_resumption() -> None:
    journal = [f"old {number}" for number in range(2, 7)]

    def refill(key: str, most: int) -> list[str]:
        some = journal[:most]
        del journal[:most]
        return some

    kind = logging(
        capacity=2,
        refill=refill,
        replayed=lambda message: str(message).startswith("old"),
        resume=lambda state, now: ((*state, "resumed"), ()),
    )
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        for number in range(7):
            ref.tell(f"old {number}")
        journal.append("live")
        await system.settle()

        expected = [f"old {number}" for number in range(7)]
        assert system.get_state(ref) == (*expected, "resumed", "live")


async def test_a_replayed_message_that_crashes_keeps_its_place() -> None:
    bang = Bang(times=1)
    kind = logging(
        replayed=lambda message: message != "live",
        resume=lambda state, now: ((*state, "resumed"), ()),
    )
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        for message in ("live", "old 1", bang, "old 2"):
            ref.tell(message)
        await system.settle()

        assert system.get_state(ref) == ("old 1", bang, "old 2", "resumed", "live")


async def test_a_resumption_does_not_restart_what_replayed_mail_has_started() -> None:
    started: list[str] = []

    def model(name: str) -> Perform:
        async def run(_: Report) -> None:
            started.append(name)
            await anyio.sleep_forever()

        return Perform("model", run)

    kind = logging(
        replayed=lambda _: True,
        resume=lambda state, now: (state, (model("resumed"),)),
    )
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(model("asked")))
        await system.settle()

        assert started == ["asked"]
        assert system.counts("log")["effects_covered"] == 1


async def test_a_resumption_that_crashes_is_tried_again_and_then_quarantined() -> None:
    tried: list[int] = []

    def resume(state: Any, now: float) -> Any:
        tried.append(1)
        raise ValueError

    async with TestSystem({"log": logging(resume=resume)}) as system:
        ref = system.ref("log", "1")
        ref.tell("mail")
        await system.settle()

        assert len(tried) == 4
        assert system.statistics(ref).status == "quarantined"
        assert system.statistics(ref).user_mail == 1


async def test_a_load_that_fails_for_a_moment_delays_and_loses_nothing() -> None:
    kept = Kept()
    kept.load_errors = [OSError("busy"), OSError("busy")]
    async with TestSystem({"log": keeping(kept)}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.settle()

        assert system.get_state(ref) == ("a",)
        assert kept.loads == ["1", "1", "1"]


async def test_a_load_that_always_fails_ends_in_quarantine_and_can_be_released() -> None:
    kept = Kept()
    kept.load_errors = [OSError("broken")] * 4
    async with TestSystem({"log": keeping(kept)}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.settle()
        assert system.statistics(ref).status == "quarantined"
        assert [report.during for report in system.crash_reports] == ["activation"] * 4

        system.release(ref)
        await system.settle()
        assert system.get_state(ref) == ("a",)


async def test_an_activation_cannot_be_skipped() -> None:
    kept = Kept()
    kept.load_errors = [ValueError("snapshot from Mars")]
    policy = RestartPolicy(decide=by_type({ValueError: Skip()}))
    async with TestSystem({"log": keeping(kept, policy=policy)}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.settle()

        assert system.statistics(ref).status == "quarantined"


async def test_an_initial_state_that_cannot_be_made_is_a_crash_of_its_actor() -> None:
    def initial(key: str) -> Any:
        raise ValueError

    policy = RestartPolicy(decide=by_type({ValueError: Quarantine()}))
    async with TestSystem({"log": logging(initial=initial, policy=policy)}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.settle()

        assert system.statistics(ref).status == "quarantined"


# Going.


async def test_an_idle_actor_is_written_and_leaves_and_comes_back_as_it_was() -> None:
    kept = Kept()
    async with TestSystem({"log": keeping(kept)}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.advance(5)
        ref.tell("b")
        await system.advance(8)
        assert system.statistics(ref).status == "idle"

        await system.advance(5)
        assert system.statistics(ref).status == "absent"
        assert kept.states == {"1": ("a", "b")}
        assert system.counts("log")["retirements"] == 1

        ref.tell("c")
        await system.settle()
        assert system.get_state(ref) == ("a", "b", "c")


async def test_a_message_that_arrives_while_its_actor_is_written_meets_the_same_state() -> None:
    kept = Kept()
    async with TestSystem({"log": keeping(kept)}) as system:
        gate = anyio.Event()
        kept.before_write = gate.wait
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.advance(12)
        ref.tell("b")
        await system.settle()
        assert system.statistics(ref).status == "retiring"
        assert system.get_state(ref) == ("a",)  # or its commit could be on disk before this write

        gate.set()
        await system.settle()
        assert system.get_state(ref) == ("a", "b")
        assert kept.loads == ["1"]

        await system.advance(30)
        assert kept.states == {"1": ("a", "b")}
        assert system.statistics(ref).status == "absent"


async def test_a_state_replaced_while_it_is_written_is_not_forgotten() -> None:
    kept = Kept()
    async with TestSystem({"log": keeping(kept)}) as system:
        gate = anyio.Event()
        kept.before_write = gate.wait
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.advance(12)
        system.replace_state(ref, lambda state: (*state, "new"))
        gate.set()
        await system.settle()
        assert system.get_state(ref) == ("a", "new")

        await system.advance(30)
        assert kept.states == {"1": ("a", "new")}


async def test_a_write_that_fails_keeps_the_actor_and_is_tried_again() -> None:
    kept = Kept()
    kept.write_errors = [OSError("full")]
    async with TestSystem({"log": keeping(kept)}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.advance(12)
        assert system.get_state(ref) == ("a",)
        assert system.counts("log")["faults"] == 1

        await system.advance(30)
        assert kept.states == {"1": ("a",)}


async def test_who_may_not_retire_stays() -> None:
    kept = Kept()
    owing = {"1"}

    def may_retire(state: Any) -> bool:
        if not owing:
            raise ValueError
        return "1" not in owing

    async with TestSystem({"log": keeping(kept, may_retire=may_retire)}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.advance(60)
        assert system.statistics(ref).status == "idle"

        owing.clear()
        await system.advance(20)
        assert system.statistics(ref).status == "idle"  # it raised, so better not
        assert system.counts("log")["faults"] > 0

        owing.add("2")
        await system.advance(20)
        assert system.statistics(ref).status == "absent"


async def test_the_least_recently_used_leave_when_there_are_too_many() -> None:
    kept = Kept()
    kind = keeping(kept, passivation=Passivation(idle=1000, limit=3))
    async with TestSystem({"log": kind}) as system:
        for key in "abc":
            system.ref("log", key).tell("hello")
            await system.advance(2)
        system.ref("log", "a").tell("again")
        await system.advance(2)
        system.ref("log", "d").tell("hello")
        await system.advance(2)

        assert kept.writes == ["b"]


async def test_the_least_recently_used_leave_when_they_are_too_big() -> None:
    kept = Kept()
    passivation: Any = Passivation(idle=1000, limit=100, limit_bytes=10, size=len)
    async with TestSystem({"log": keeping(kept, passivation=passivation)}) as system:
        for key in "abc":
            for number in range(4):
                system.ref("log", key).tell(number)
            await system.advance(2)
        await system.advance(5)

        assert kept.writes == ["a"]
        assert system.tree().kinds[0].bytes == 8


async def test_a_size_that_cannot_be_told_is_a_fault() -> None:
    def size(state: Any) -> int:
        raise ValueError

    passivation: Any = Passivation(idle=10, limit=100, limit_bytes=10, size=size)
    async with TestSystem({"log": logging(passivation=passivation)}) as system:
        system.ref("log", "1").tell("a")
        await system.advance(60)

        assert system.statistics(system.ref("log", "1")).status == "absent"
        assert system.counts("log")["faults"] > 0


def test_a_limit_of_bytes_needs_a_measure() -> None:
    with pytest.raises(ValueError, match="size"):
        Passivation(idle=1, limit=1, limit_bytes=1)


async def test_a_crowd_that_expires_at_once_leaves_in_small_groups() -> None:
    kept = Kept()
    groups: list[int] = []

    async def count() -> None:
        groups.append(len(kept.writes))

    kept.before_write = count
    async with TestSystem({"log": keeping(kept)}) as system:
        for number in range(400):
            system.ref("log", str(number)).tell("a")
        await system.settle()
        retiring = []
        for _ in range(60):
            await system.advance(0.5)
            retiring.append(len(kept.writes))

        assert retiring[-1] == 400
        assert system.counts("log")["retirements"] == 400
        assert system.cells["log"].loading == 0


async def test_one_sweep_takes_no_more_than_its_share() -> None:
    async with TestSystem({"log": logging(passivation=Passivation(idle=10, limit=10))}) as system:
        for number in range(500):
            system.ref("log", str(number)).tell("a")
        await system._quiet()
        cell = system.cells["log"]
        before = len(cell.actors)
        cell.retirement.sweep()

        assert before - len(cell.actors) <= 16
        await system.advance(5)
        assert len(cell.actors) <= 10


async def test_who_has_mail_waiting_does_not_leave() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.settle()
        ref.tell("b")
        system.passivate(ref)
        await system.settle()
        assert system.get_state(ref) == ("a", "b")

        system.passivate(ref)
        assert system.statistics(ref).status == "absent"


async def test_an_actor_released_with_nothing_to_do_rests() -> None:
    policy = RestartPolicy(decide=by_type({ValueError: Quarantine()}))
    async with TestSystem({"log": logging(policy=policy)}) as system:
        ref = system.ref("log", "1")
        ref.tell(Bang())
        await system.settle()
        system.release(ref)
        await system.settle()  # tried again: poison, and again quarantine
        system.release(ref)
        await system.settle()

        assert system.statistics(ref).status == "idle"


async def test_ten_thousand_comings_and_goings_leave_nothing_behind() -> None:
    once = do(SetTimer("t", 0.0, "tick"), SetTimer("u", 10.0**10, "later"), ClearTimer("u"))
    async with TestSystem({"log": logging(behaviour=log)}) as system:
        for some in range(0, 10_000, 500):
            refs = [system.ref("log", str(number)) for number in range(some, some + 500)]
            for ref in refs:
                ref.tell(once)
            await system.settle()
            for ref in refs:
                system.passivate(ref)

        tree = system.tree()
        kind = next(one for one in tree.kinds if one.name == "log")
        assert (kind.actors, kind.timers, tree.deadlines, tree.effects) == (0, 0, 0, 0)
        assert system.cells["log"].timers.by_key == {}
        assert kind.counts["activations"] == kind.counts["retirements"] == 10_000
