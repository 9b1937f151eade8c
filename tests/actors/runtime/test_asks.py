"""A question always ends: with its answer, or with the reason why there is none."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from actors.runtime import (
    ActorStopped,
    AskTimeout,
    Kind,
    Passivation,
    Quarantine,
    Reply,
    RestartPolicy,
    SystemClosed,
    Unanswered,
    by_type,
)
from actors.runtime.testing import TestSystem

from .casts import STATE, Bang, Kept, asked, do, logging, outcome

pytestmark = pytest.mark.anyio


async def test_an_answer_comes_back() -> None:
    async with TestSystem({"log": logging()}) as system:
        assert await system.ref("log", "1").ask(do(Reply(42))) == 42


async def test_a_turn_without_a_reply_answers_that() -> None:
    async with TestSystem({"log": logging()}) as system:
        with pytest.raises(Unanswered, match="log/1 had nothing to reply"):
            await system.ref("log", "1").ask("hm?")


async def test_only_the_first_reply_counts() -> None:
    async with TestSystem({"log": logging()}) as system:
        assert await system.ref("log", "1").ask(do(Reply(1), Reply(2))) == 1
        assert system.counts("log")["unheard_replies"] == 1


async def test_the_time_for_an_answer_ends_even_if_the_actor_never_wakes() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell("wakes it")
        await system.settle()
        system.suspend(ref)

        outcomes = await asked(system, ref.ask(do(Reply(1)), timeout=5))
        assert outcomes == []
        await system.advance(6)
        assert outcomes == [AskTimeout]

        system.resume(ref)
        await system.settle()
        assert system.counts("log")["unheard_replies"] == 1  # the late reply hurts nobody


async def test_whoever_gives_up_waiting_leaves_nothing_behind() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell("wakes it")
        await system.settle()
        system.suspend(ref)
        with anyio.CancelScope() as scope:
            scope.cancel()
            await ref.ask(do(Reply(1)))
        system.resume(ref)
        await system.settle()

        assert len(system.deadlines) == 0
        assert system.counts("log")["unheard_replies"] == 1


async def test_questions_to_a_quarantined_actor_are_answered_at_once() -> None:
    policy = RestartPolicy(decide=by_type({ValueError: Quarantine()}))
    async with TestSystem({"log": logging(policy=policy)}) as system:
        ref = system.ref("log", "1")
        ref.tell(Bang())
        waiting = await asked(system, ref.ask(STATE))

        assert waiting == [ActorStopped]
        assert await outcome(ref.ask(STATE)) is ActorStopped


async def test_questions_that_wait_when_their_actor_is_quarantined_are_answered() -> None:
    policy = RestartPolicy(decide=by_type({ValueError: Quarantine()}))
    async with TestSystem({"log": logging(policy=policy)}) as system:
        ref = system.ref("log", "1")
        ref.tell("wakes it")
        await system.settle()
        system.suspend(ref)
        ref.tell(Bang())
        ref.tell("mail")
        outcomes = await asked(system, ref.ask(STATE), ref.ask(STATE, timeout=1))
        await system.advance(2)
        assert outcomes == [AskTimeout]
        system.resume(ref)
        await system.settle()

        assert outcomes == [AskTimeout, ActorStopped]
        assert system.statistics(ref).mailbox == {"Bang": 1, "str": 1}


async def test_a_shutdown_answers_whoever_still_waits() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell("wakes it")
        await system.settle()
        system.suspend(ref)
        outcomes = await asked(system, ref.ask(STATE))

        await system.shutdown(drain=0)
        await system.settle()
        assert outcomes == [SystemClosed]
        assert await outcome(ref.ask(STATE)) is SystemClosed


async def test_a_question_that_arrives_while_the_actor_retires_is_answered() -> None:
    kept = Kept()

    async def slowly() -> None:
        await gate.wait()

    kept.before_write = slowly
    kind: Kind[Any, Any] = logging(
        load=kept.load, retire=kept.retire, passivation=Passivation(idle=10, limit=100)
    )
    async with TestSystem({"log": kind}) as system:
        gate = anyio.Event()
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.advance(12)
        assert system.statistics(ref).status == "retiring"

        outcomes = await asked(system, ref.ask(STATE))
        gate.set()
        await system.settle()
        assert outcomes == [("a",)]


async def test_two_effects_that_ask_each_others_actors_do_not_deadlock() -> None:
    async with TestSystem({"log": logging()}) as system:
        one, two = system.ref("log", "1"), system.ref("log", "2")

        outcomes = await asked(system, one.ask(STATE), two.ask(STATE), one.ask(STATE))

        assert outcomes == [(), (), ()]
