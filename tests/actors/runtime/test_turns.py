"""A turn: it decides, keeps, and only then is anything visible; or it leaves no trace."""

from __future__ import annotations

import contextvars
from dataclasses import dataclass
from typing import Any

import pytest

from actors.runtime import (
    ActorCrashed,
    Committed,
    Delivery,
    Effect,
    EffectFailed,
    Perform,
    Poisoned,
    Reason,
    Replaced,
    Reply,
    Resumed,
    Tell,
    Turn,
)
from actors.runtime.testing import TestSystem

from .casts import STATE, Bang, Commits, Ticket, do, logging

pytestmark = pytest.mark.anyio


async def test_messages_are_handled_in_the_order_they_were_told() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")

        deliveries = [ref.tell(number) for number in range(50)]
        await system.settle()

        assert deliveries == [Delivery.ACCEPTED] * 50
        assert await ref.ask(STATE) == tuple(range(50))


async def test_system_mail_is_read_before_user_mail() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell("person")
        ref.tell_system("system")
        await system.settle()

        assert system.get_state(ref) == ("system", "person")


async def test_a_crashed_turn_leaves_no_trace() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref, probe = system.ref("log", "1"), system.probe()
        ref.tell("good")
        ref.tell(Bang())
        await system.settle()

        assert system.get_state(ref) == ("good",)
        assert probe.heard == ()


async def test_an_exception_from_commit_rolls_the_turn_back() -> None:
    failures = [OSError("disk full"), OSError("disk full")]

    def commit(turn: Turn[Any]) -> None:
        if turn.message == "kept?" and failures:
            raise failures.pop()

    async with TestSystem({"log": logging(commit=commit)}) as system:
        ref, probe = system.ref("log", "1"), system.probe()
        ref.tell(do(Tell(probe.ref, "released")))
        ref.tell("kept?")
        ref.tell("next")
        await system.settle()

        assert [str(one) for one in system.get_state(ref)] == ["Do", "next"]
        assert probe.heard == ("released",)


async def test_nothing_is_visible_before_the_commit() -> None:
    seen: list[object] = []

    def commit(turn: Turn[Any]) -> None:
        seen.append((turn.key, turn.before, turn.after, probe.heard))

    async with TestSystem({"log": logging(commit=commit)}) as system:
        probe = system.probe()
        message = do(Tell(probe.ref, "hello"))
        system.ref("log", "1").tell(message)
        await system.settle()

        assert seen == [("1", (), (message,), ())]
        assert probe.heard == ("hello",)


async def test_a_commit_may_amend_the_state_and_the_effects() -> None:
    def commit(turn: Turn[Any]) -> Committed[Any]:
        return Committed(("amended",), (Tell(probe.ref, "instead"),))

    async with TestSystem({"log": logging(commit=commit)}) as system:
        probe = system.probe()
        system.ref("log", "1").tell(do(Tell(probe.ref, "wished")))
        await system.settle()

        assert system.get_state(system.ref("log", "1")) == ("amended",)
        assert probe.heard == ("instead",)


@dataclass
class Greet:
    whom: Any


async def test_intentions_become_effects_after_the_state_was_kept() -> None:
    states: list[object] = []

    def perform(ref: Any, intention: Any, state: Any) -> list[Effect]:
        states.append((ref.key, system.get_state(ref), state))
        return [Tell(intention.whom, "hi")]

    async with TestSystem({"log": logging(perform=perform)}) as system:
        probe = system.probe()
        message = do(Greet(probe.ref))
        system.ref("log", "1").tell(message)
        await system.settle()

        assert states == [("1", (message,), (message,))]
        assert probe.heard == ("hi",)


@pytest.mark.parametrize("perform", [None, lambda *_: 1 / 0])
async def test_an_intention_that_cannot_be_done_comes_back_as_a_failed_effect(
    perform: Any,
) -> None:
    async with TestSystem({"log": logging(perform=perform)}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Greet(None), Tell(ref, "the rest is done")))
        await system.settle()

        _, failed, rest = system.get_state(ref)
        assert isinstance(failed, EffectFailed)
        assert failed.name == "Greet"
        assert isinstance(failed.error, TypeError if perform is None else ZeroDivisionError)
        assert rest == "the rest is done"
        assert system.counts("log")["faults"] == 1


class Strange(Effect):
    """An effect that the runtime has never heard of."""


async def test_an_unknown_effect_of_the_runtime_is_a_failed_effect_too() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Strange()))
        await system.settle()

        assert system.get_state(ref)[1].name == "Strange"


async def test_a_reply_to_a_tell_is_heard_by_nobody_and_counted() -> None:
    async with TestSystem({"log": logging()}) as system:
        system.ref("log", "1").tell(do(Reply(1)))
        await system.settle()

        assert system.counts("log")["unheard_replies"] == 1


async def test_a_tell_refused_by_a_full_mailbox_is_a_dead_letter() -> None:
    async with TestSystem({"log": logging(), "small": logging(capacity=1)}) as system:
        small = system.ref("small", "1")
        small.tell("fills it")
        system.suspend(small)
        await system.settle()
        small.tell("waits")

        system.ref("log", "1").tell(do(Tell(small, "too many")))
        await system.settle()

        (letter,) = system.dead_letters
        assert (letter.message, letter.reason) == ("too many", Reason.REJECTED)


async def test_what_a_turn_sets_in_its_context_no_other_actor_sees() -> None:
    trace: contextvars.ContextVar[str] = contextvars.ContextVar("trace", default="nobody")

    def behaviour(state: Any, message: Any, now: float) -> tuple[Any, tuple[()]]:
        seen = trace.get()
        trace.set(message)
        return (*state, seen), ()

    async with TestSystem({"log": logging(behaviour=behaviour)}) as system:
        one, two = system.ref("log", "1"), system.ref("log", "2")
        one.tell("of one")
        two.tell("of two")
        await system.settle()

        assert system.get_state(two) == ("nobody",)
        assert trace.get() == "nobody"


class Slot:
    def __init__(self) -> None:
        self.noted: list[object] = []

    def enter(self, key: str, message: object) -> None:
        self.noted.append((key, message))

    def leave(self) -> None:
        self.noted.append("left")


async def test_the_update_in_hand_is_noted_for_exactly_as_long_as_its_turn() -> None:
    slot = Slot()
    bang = Bang(times=1)

    def behaviour(state: Any, message: Any, now: float) -> Any:
        slot.noted.append("turn")
        if message is bang and bang.tried == 0:
            bang.tried = 1
            raise ValueError
        return state, ()

    async with TestSystem({"log": logging(behaviour=behaviour, slot=slot)}) as system:
        system.ref("log", "1").tell(bang)
        await system.settle()

    assert slot.noted == [("1", bang), "turn", "left"] * 2


async def test_every_sort_of_turn_is_committed_and_says_what_it_was() -> None:
    commits = Commits()
    kind = logging(
        commit=commits,
        resume=lambda state, now: ((*state, "resumed"), ()),
        poisoned=lambda state, message, error: ((*state, "sorry"), ()),
        replayed=lambda message: message == "old",
    )
    async with TestSystem({"log": kind}) as system:
        ref, bang = system.ref("log", "1"), Bang()
        ref.tell("new")
        ref.tell("old")
        ref.tell(bang)
        await system.settle()
        system.replace_state(ref, lambda state: state[:1])

        assert [turn.message for turn in commits.turns] == [
            "old",
            Resumed(),
            "new",
            Poisoned(bang, bang.error),
            Replaced(),
        ]
        assert system.get_state(ref) == ("old",)


async def test_a_commit_that_refuses_a_replacement_changes_nothing() -> None:
    def commit(turn: Turn[Any]) -> None:
        if turn.message == Replaced():
            raise OSError

    async with TestSystem({"log": logging(commit=commit)}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        await system.settle()

        with pytest.raises(OSError):
            system.replace_state(ref, lambda _: ())
        assert system.get_state(ref) == ("a",)


async def test_a_hook_that_raises_where_it_must_not_stops_its_own_actor_only() -> None:
    def replayed(message: object) -> bool:
        raise ZeroDivisionError

    kinds = {
        "bad": logging(replayed=replayed, resume=lambda state, now: (state, ())),
        "other": logging(),
    }
    async with TestSystem(kinds) as system:
        bad, other = system.ref("bad", "1"), system.ref("other", "1")
        bad.tell("never read")
        other.tell("fine")
        await system.settle()

        assert system.statistics(bad).status == "quarantined"
        assert system.statistics(bad).user_mail == 1
        assert system.get_state(other) == ("fine",)


async def test_the_ticket_of_a_commit_reaches_the_effects() -> None:
    ticket = Ticket()

    async def run(_: object) -> str:
        return "sent"

    def commit(turn: Turn[Any]) -> Committed[Any]:
        return Committed(turn.after, turn.effects, ticket)

    async with TestSystem({"log": logging(commit=commit)}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("now", run), Perform("later", run, durable=True)))
        await system.settle()
        assert system.get_state(ref)[1:] == ("sent",)

        ticket.reach_disk()
        await system.settle()
        assert system.get_state(ref)[1:] == ("sent", "sent")


async def test_an_ask_whose_turn_crashes_is_told_so_and_not_retried() -> None:
    async with TestSystem({"log": logging()}) as system:
        bang = Bang()

        with pytest.raises(ActorCrashed) as failure:
            await system.ref("log", "1").ask(bang)

        assert failure.value.__cause__ is bang.error
        await system.settle()
        assert bang.tried == 1


async def test_a_turn_may_write_to_its_own_actor() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Tell(ref, "to myself")))
        await system.settle()
        assert system.get_state(ref)[1:] == ("to myself",)
