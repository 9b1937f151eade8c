"""Crashes: what is decided about them, and that it is done."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import anyio
import pytest

from actors.runtime import (
    CrashReport,
    DeadLetter,
    Escalate,
    Escalated,
    Happening,
    Kind,
    Perform,
    Quarantine,
    Reason,
    Report,
    RestartPolicy,
    Retry,
    SetTimer,
    Skip,
    by_type,
)
from actors.runtime.observe import Escalating, Faulty, Quarantined
from actors.runtime.testing import ManualClock, TestSystem

from .casts import STATE, Bang, Kept, Watcher, do, logging, until_the_end

pytestmark = pytest.mark.anyio

PATIENT = RestartPolicy(tolerates=1000)


# The arithmetic.


def test_a_first_crash_is_retried_at_once() -> None:
    assert RestartPolicy().after([100.0], 100.0, 1.0) == Retry(0.0)


def test_delays_double_up_to_the_longest() -> None:
    policy = RestartPolicy(tolerates=9, first=10, longest=30)

    delays = [policy.after([100.0] * crashes, 100.0, 1.0) for crashes in range(1, 6)]

    assert delays == [Retry(0), Retry(10), Retry(20), Retry(30), Retry(30)]


def test_jitter_is_full() -> None:
    policy = RestartPolicy(tolerates=9, first=10)

    assert policy.after([1.0, 1.0], 1.0, 0.0) == Retry(0.0)
    assert policy.after([1.0, 1.0], 1.0, 0.25) == Retry(2.5)


def test_one_crash_too_many_within_the_time_is_quarantine() -> None:
    policy = RestartPolicy(tolerates=3, within=60)

    assert policy.after([0.0, 10.0, 20.0, 30.0], 30.0, 1.0) == Quarantine(4)
    assert isinstance(policy.after([0.0, 10.0, 20.0, 61.0], 61.0, 1.0), Retry)


def test_quiet_makes_everything_as_new() -> None:
    assert RestartPolicy(within=60).after([0.0, 1.0, 2.0, 100.0], 100.0, 1.0) == Retry(0.0)


def test_a_thousand_tolerated_crashes_do_not_overflow() -> None:
    policy = RestartPolicy(tolerates=5000, longest=30)

    assert policy.after([0.0] * 3000, 0.0, 1.0) == Retry(30.0)


@pytest.mark.parametrize(
    ("error", "decision"),
    [
        (KeyError(), Retry(0.0)),
        (ValueError(), Skip()),
        (OSError(), Quarantine()),
        (ExceptionGroup("a", [ExceptionGroup("b", [ValueError()])]), Skip()),
        (ExceptionGroup("a", [ValueError(), ExceptionGroup("b", [MemoryError()])]), Escalate()),
        (ExceptionGroup("a", [KeyError()]), Retry(0.0)),
    ],
)
def test_a_table_decides_by_the_errors_inside_and_the_severest_wins(
    error: Exception, decision: Any
) -> None:
    table = by_type({ValueError: Skip(), OSError: Quarantine(), MemoryError: Escalate()})

    assert RestartPolicy(decide=table).decision(error, [1.0], 1.0, 1.0) == decision


def test_a_table_cannot_talk_a_child_out_of_its_limit() -> None:
    policy = RestartPolicy(tolerates=1, decide=by_type({ValueError: Skip()}))

    assert policy.decision(ValueError(), [1.0, 1.0], 1.0, 1.0) == Quarantine(2)


# What is done about it.


async def test_a_message_is_tried_once_more_and_then_it_works() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref, bang = system.ref("log", "1"), Bang(times=1)
        ref.tell("before")
        ref.tell(bang)
        ref.tell("after")
        await system.settle()

        assert system.get_state(ref) == ("before", bang, "after")
        assert bang.tried == 2


async def test_a_message_that_crashes_twice_is_poison_and_somebody_is_told() -> None:
    watcher = Watcher()
    kind = logging(poisoned=lambda state, message, error: ((*state, f"sorry: {error}"), ()))
    async with TestSystem({"log": kind}, observer=watcher) as system:
        ref, bang = system.ref("log", "1"), Bang()
        ref.tell(bang)
        ref.tell("after")
        await system.settle()

        assert bang.tried == 2
        assert system.get_state(ref) == ("sorry: bang", "after")
        (letter,) = watcher.of(DeadLetter)
        assert (letter.ref, letter.message, letter.reason) == (ref, bang, Reason.POISON)
        assert letter.error is bang.error
        assert [*system.dead_letters] == [letter]
        counts = system.counts("log")
        assert (counts["poisoned"], counts["dropped"], counts["handled"]) == (1, 1, 1)
        assert counts["accepted"] == 2


async def test_poison_in_the_system_lane_is_buried_too() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell_system(Bang())
        ref.tell_system("after")
        await system.settle()

        assert system.get_state(ref) == ("after",)
        assert system.tree().dead_letters == {"poison": 1}
        assert system.counts("log")["dropped"] == 0


async def test_crashes_are_answered_more_and_more_slowly() -> None:
    policy = RestartPolicy(tolerates=4, first=10, longest=30, within=600)

    class Always:
        def random(self) -> float:
            return 1.0

    async with TestSystem({"log": logging(policy=policy)}, random=Always()) as system:
        began = system.now()

        for _ in range(4):  # each crashes once and succeeds when tried again
            system.ref("log", "7").tell(Bang(times=1))
        await system.settle()

        assert system.now() - began == pytest.approx(0 + 10 + 20 + 30)
        assert system.counts("log")["handled"] == 4


async def test_a_skipped_message_costs_no_time_and_no_second_try() -> None:
    policy = RestartPolicy(tolerates=9, decide=by_type({ValueError: Skip()}))
    async with TestSystem({"log": logging(policy=policy)}) as system:
        ref, bang, began = system.ref("log", "1"), Bang(), system.now()
        ref.tell(bang)
        ref.tell("after")
        await system.settle()

        assert (bang.tried, system.now()) == (1, began)
        assert system.get_state(ref) == ("after",)
        assert system.dead_letters[0].reason is Reason.SKIPPED


async def test_the_fourth_crash_in_a_minute_is_quarantine_and_the_mail_waits() -> None:
    watcher = Watcher()
    async with TestSystem({"log": logging()}, observer=watcher) as system:
        ref, other = system.ref("log", "1"), system.ref("log", "2")
        for _ in range(3):
            ref.tell(Bang())
        ref.tell("patient")
        other.tell("fine")
        await system.settle()

        statistics = system.statistics(ref)
        assert statistics.status == "quarantined"
        assert statistics.user_mail >= 1
        assert isinstance(statistics.last_error, ValueError)
        assert [one.crashes for one in watcher.of(Quarantined)] == [4]
        assert system.get_state(other) == ("fine",)


def resuming(kept: Kept, **rest: Any) -> Kind[Any, Any]:
    """Return a kind that owes a stream whenever it has said anything."""

    def resume(state: Any, now: float) -> Any:
        return (*state, "resumed"), (Perform("stream", forever),)

    return logging(load=kept.load, resume=resume, **rest)


async def forever(report: Report) -> None:
    try:
        await anyio.sleep_forever()
    finally:
        report("too late")


async def test_a_restarted_actor_lets_go_of_its_effects_and_resumes_before_its_mail() -> None:
    async with TestSystem({"log": resuming(Kept())}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.settle()
        (stream,) = system.statistics(ref).effects
        system.restart(ref)
        ref.tell("b")
        await system.settle()
        assert (system.statistics(ref).effects, system.tree().effects) == ((), 0)

        await system.advance(1)
        (again,) = system.statistics(ref).effects
        assert again.since > stream.since
        assert system.get_state(ref) == ("resumed", "a", "resumed", "b")
        assert system.counts("log")["effects_cancelled"] == 1


async def test_a_restart_ends_a_quarantine_and_forgives() -> None:
    watcher = Watcher()
    policy = RestartPolicy(tolerates=1)
    kind = logging(policy=policy)
    async with TestSystem({"log": kind}, observer=watcher) as system:
        ref = system.ref("log", "1")
        ref.tell(Bang())
        await system.settle()
        assert system.statistics(ref).status == "quarantined"

        system.restart(ref)
        ref.tell("b")
        await system.advance(1)
        assert system.get_state(ref) == ("b",)
        assert system.statistics(ref).crashes == 0


async def test_a_restart_loads_again_what_could_not_be_loaded_and_only_that() -> None:
    kept = Kept()
    kept.load_errors = [OSError("busy")]
    kind = resuming(kept, policy=RestartPolicy(decide=by_type({OSError: Quarantine()})))
    async with TestSystem({"log": kind}) as system:
        sick, slow = system.ref("log", "sick"), system.ref("log", "slow")
        sick.tell("a")
        await system.settle()
        assert system.statistics(sick).status == "quarantined"
        system.restart(sick)
        disk = anyio.Event()
        kept.before_load = disk.wait
        slow.tell("a")
        system.restart(slow)  # while it is being loaded
        await system.advance(1)
        disk.set()
        await system.settle()

        assert kept.loads == ["sick", "slow", "sick"]
        assert system.get_state(sick) == system.get_state(slow) == ("resumed", "a")


async def test_a_released_actor_resumes_and_reads_its_mail() -> None:
    watcher = Watcher()
    policy = RestartPolicy(decide=by_type({ValueError: Quarantine()}))
    kind = logging(policy=policy, resume=lambda state, now: ((*state, "resumed"), ()))
    async with TestSystem({"log": kind}, observer=watcher) as system:
        ref, bang = system.ref("log", "1"), Bang(times=1)
        ref.tell(bang)
        ref.tell("mail")
        await system.settle()
        assert system.get_state(ref) == ("resumed",)

        system.release(ref)
        system.release(ref)  # once more does no harm
        await system.settle()
        assert system.get_state(ref) == ("resumed", "resumed", bang, "mail")


async def test_an_urgent_message_ends_a_backoff() -> None:
    policy = RestartPolicy(tolerates=5, first=1000, longest=1000)
    kind = logging(policy=policy, urgent=lambda message: message == "stop")
    async with TestSystem({"log": kind}, random=Random(1), clock=ManualClock()) as system:
        ref, bang = system.ref("log", "1"), Bang(times=1)
        ref.tell(Bang(times=1))
        ref.tell(bang)
        await system.advance(0.0)
        assert system.statistics(ref).status == "backoff"
        ref.tell("not urgent")
        await system._quiet()
        assert system.statistics(ref).status == "backoff"

        ref.tell("stop")
        await system._quiet()
        assert system.get_state(ref)[1:] == (bang, "not urgent", "stop")


async def test_two_hundred_chats_that_crash_once_stop_nothing() -> None:
    async with TestSystem({"log": logging()}) as system:
        refs = [system.ref("log", str(number)) for number in range(200)]
        bangs = [Bang(times=1) for _ in refs]
        for ref, bang in zip(refs, bangs, strict=True):
            ref.tell(bang)
        await system.settle()

        assert {len(system.get_state(ref)) for ref in refs} == {1}
        assert system.counts("log")["quarantined"] == 0


async def test_a_chat_that_crashes_for_ever_costs_little_and_disturbs_nobody() -> None:
    policy = RestartPolicy(tolerates=3, within=3600)
    async with TestSystem({"log": logging(policy=policy)}) as system:
        sick, bang = system.ref("log", "sick"), Bang()
        for _ in range(60):
            sick.tell(bang)
            system.ref("log", "well").tell("a")
            await system.advance(60)

        assert bang.tried <= 8
        assert len(system.get_state(system.ref("log", "well"))) == 60


async def test_all_together_over_their_limit_pause_intake_then_end_the_system() -> None:
    watcher, paused, kept = Watcher(), [], Kept()
    with pytest.raises(Escalated, match="all together") as failure:  # noqa: PT012
        async with TestSystem(
            {"log": logging(load=kept.load, retire=kept.retire)},
            policy=RestartPolicy(tolerates=5, within=60),
            pause_intake=lambda: paused.append(len(kept.writes)),
            observer=watcher,
        ) as system:
            system.ref("log", "well").tell("kept")
            for number in range(6):
                system.ref("log", str(number)).tell(Bang(times=1))
            await until_the_end()

    assert paused == [0]  # before anything was written
    assert "well" in kept.writes
    assert len(watcher.of(Escalating)) == 1
    report = failure.value.report
    assert report is not None
    assert isinstance(report.decision, Escalate)
    assert failure.value.__cause__ is report.error
    assert system.tree().dead_letters == {}  # who crashed last is innocent


async def test_an_error_may_be_bigger_than_its_actor() -> None:
    policy = RestartPolicy(decide=by_type({MemoryError: Escalate()}))

    def pause() -> None:
        raise ValueError

    watcher = Watcher()
    with pytest.raises(Escalated):  # noqa: PT012
        async with TestSystem(
            {"log": logging(policy=policy)}, pause_intake=pause, observer=watcher
        ) as system:
            system.ref("log", "1").tell(Bang(error=MemoryError()))
            system.ref("log", "2").tell(Bang(error=MemoryError()))
            await until_the_end()

    assert [one.what for one in watcher.of(Faulty)] == ["pause_intake"]


async def test_a_policy_with_a_bug_in_its_table_falls_back_to_numbers() -> None:
    def decide(error: BaseException) -> Any:
        raise ZeroDivisionError

    async with TestSystem({"log": logging(policy=RestartPolicy(decide=decide))}) as system:
        ref, bang = system.ref("log", "1"), Bang(times=1)
        ref.tell(bang)
        await system.settle()

        assert system.get_state(ref) == (bang,)
        assert system.counts("log")["faults"] == 1


async def test_a_poisoned_hook_that_crashes_does_not_stop_the_mail() -> None:
    kind = logging(poisoned=lambda state, message, error: 1 / 0)
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        ref.tell(Bang())
        ref.tell("after")
        await system.settle()

        assert system.get_state(ref) == ("after",)
        assert system.counts("log")["crashes"] == 3


async def test_a_dead_letter_file_that_fails_stops_nothing_and_is_told() -> None:
    watcher = Watcher()

    def keep(happening: Happening) -> None:
        watcher(happening)
        if isinstance(happening, DeadLetter):
            raise OSError("full")

    async with TestSystem({"log": logging()}, observer=keep) as system:
        ref = system.ref("log", "1")
        ref.tell(Bang())
        ref.tell("after")
        await system.settle()

        assert system.get_state(ref) == ("after",)
        assert len(watcher.of(DeadLetter)) == 1
        (faulty,) = watcher.of(Faulty)
        assert (faulty.what, type(faulty.error)) == ("the observer", OSError)


async def test_a_dead_letter_can_be_replayed_once() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref, bang = system.ref("log", "1"), Bang(times=2)
        ref.tell(bang)
        await system.settle()
        (letter,) = system.dead_letters

        system.replay(letter.number)
        await system.settle()
        assert system.get_state(ref) == (bang,)
        assert not system.dead_letters
        with pytest.raises(LookupError, match="number 1"):
            system.replay(letter.number)


async def test_a_storm_of_crashes_is_spread_over_the_whole_delay() -> None:
    policy = RestartPolicy(tolerates=10, first=100, longest=100)
    watcher = Watcher()
    async with TestSystem(
        {"log": logging(policy=policy)}, policy=PATIENT, seed=0, observer=watcher
    ) as system:
        for number in range(300):
            system.ref("log", str(number)).tell(Bang(times=1))
            system.ref("log", str(number)).tell(Bang(times=1))
        await system.settle()

        delays = [one.decision.delay for one in watcher.of(CrashReport)]
        buckets = Counter(int(delay // 10) for delay in delays if delay)
        assert len(buckets) == 10
        assert max(buckets.values()) < 2.5 * sum(buckets.values()) / 10


async def test_a_crash_report_tells_everything_but_the_content() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")

        async def run(_: object) -> None:
            await anyio.sleep_forever()

        ref.tell(do(Perform("stream", run), SetTimer("alarm", system.now() + 99, "t")))
        cause = ValueError("secret words")
        error = RuntimeError("secret too")
        error.__cause__ = ExceptionGroup("group", [cause])
        ref.tell(Bang(error=error, times=1))
        ref.tell("secret mail")
        await system.settle()

        (report,) = system.crash_reports
        assert (report.ref, report.during, report.actor.crashes) == (ref, "Bang", 1)
        assert [effect.name for effect in report.actor.effects] == ["stream"]
        assert [timer.name for timer in report.actor.timers] == ["alarm"]
        assert report.actor.mailbox == {"str": 1}
        assert [(turn.message, turn.outcome) for turn in report.trace] == [
            ("Do", "handled"),
            ("Bang", "crashed"),
        ]
        text = report.render()
        assert "secret" not in text
        for expected in ("log/1", "RuntimeError at", "ExceptionGroup", "ValueError", "1 str"):
            assert expected in text
        assert "secret words" in report.render(content=True)
        assert "secret" not in repr(report)


async def test_a_report_of_errors_in_a_circle_ends() -> None:
    one, two = ValueError(), KeyError()
    one.__cause__, two.__cause__ = two, one
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(Bang(error=one, times=1))
        await system.settle()

        assert system.crash_reports[0].render().count("KeyError") == 1


async def test_an_observer_that_raises_changes_nothing() -> None:
    told: list[type] = []

    def broken(happening: Happening) -> None:
        told.append(type(happening))
        raise ValueError

    async with TestSystem({"log": logging()}, observer=broken) as system:
        ref = system.ref("log", "1")
        ref.tell(Bang(times=1))
        await system.settle()

        assert await ref.ask(STATE) == system.get_state(ref)
        assert told == [CrashReport, Faulty]


@pytest.mark.parametrize("failure", [KeyError(), ValueError()])
async def test_a_poisoned_hook_that_fails_during_quarantine_changes_nothing(
    failure: Exception,
) -> None:
    table = by_type({ValueError: Quarantine()})

    def poisoned(state: Any, message: Any, error: BaseException) -> Any:
        raise failure

    kind = logging(policy=RestartPolicy(decide=table), poisoned=poisoned)
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        ref.tell(Bang())
        await system.settle()
        system.release(ref)
        await system.settle()

        statistics = system.statistics(ref)
        assert (statistics.status, statistics.backoff_until) == ("quarantined", None)
        assert len(system.dead_letters) == 1
        assert system.counts("log")["quarantined"] == 2


async def test_a_system_without_an_intake_to_pause_ends_too() -> None:
    with pytest.raises(Escalated):  # noqa: PT012
        async with TestSystem({"log": logging()}, policy=RestartPolicy(tolerates=0)) as system:
            system.ref("log", "1").tell(Bang())
            await until_the_end()


async def test_an_older_dead_letter_can_be_replayed_before_a_newer() -> None:
    async with TestSystem({"log": logging()}) as system:
        bangs = [Bang(times=2), Bang(times=2)]
        for number, bang in enumerate(bangs):
            system.ref("log", str(number)).tell(bang)
        await system.settle()
        system.replay(2)
        await system.settle()

        assert system.get_state(system.ref("log", "1")) == (bangs[1],)
        assert [letter.number for letter in system.dead_letters] == [1]
