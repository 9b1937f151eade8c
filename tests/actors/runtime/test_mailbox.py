"""Full mailboxes: every message is accounted for, whatever becomes of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from actors.runtime import Delivery, Kind, MailboxFull, ManualClock, Overflow, Reason, Tell
from actors.runtime.testing import TestSystem

from .casts import STATE, Bang, asked, do, log, logging

pytestmark = pytest.mark.anyio


class Journal:
    """Where spilled mail also stands."""

    def __init__(self) -> None:
        self.lines: list[object] = []
        self.read: list[int] = []

    def refill(self, key: str, most: int) -> list[object]:
        some, self.lines = self.lines[:most], self.lines[most:]
        self.read.append(len(some))
        return some


def spilling(journal: Journal, capacity: int, **rest: Any) -> Kind[Any, Any]:
    return logging(overflow=Overflow.SPILL, capacity=capacity, refill=journal.refill, **rest)


async def test_spilled_mail_is_read_again_in_its_order() -> None:
    journal = Journal()
    async with TestSystem({"log": spilling(journal, 3)}) as system:
        ref = system.ref("log", "1")
        for number in range(10):
            if ref.tell(number) is Delivery.SPILLED:
                journal.lines.append(number)
        assert system.statistics(ref).spilled == 7
        await system.settle()

        assert system.get_state(ref) == tuple(range(10))
        assert journal.read == [3, 3, 1]
        counts = system.counts("log")
        assert (counts["accepted"], counts["spilled"], counts["refilled"]) == (3, 7, 7)
        assert (counts["handled"], system.statistics(ref).spilled) == (10, 0)


async def test_once_one_message_has_spilled_all_later_ones_do() -> None:
    journal = Journal()

    def behaviour(state: Any, message: Any, now: float) -> Any:
        if message == 0:  # there is room again, but an older message waits outside
            assert ref.tell("late") is Delivery.SPILLED
            journal.lines.append("late")
        return log(state, message, now)

    async with TestSystem({"log": spilling(journal, 2, behaviour=behaviour)}) as system:
        ref = system.ref("log", "1")
        assert [ref.tell(number) for number in range(3)][-1] is Delivery.SPILLED
        journal.lines.append(2)
        await system.settle()

        assert system.get_state(ref) == (0, 1, 2, "late")


async def test_a_journal_that_cannot_be_read_for_a_moment_loses_nothing() -> None:
    journal = Journal()
    failures = [OSError("slow disk")]

    def refill(key: str, most: int) -> list[object]:
        if failures:
            raise failures.pop()
        return journal.refill(key, most)

    kind = logging(overflow=Overflow.SPILL, capacity=1, refill=refill)
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        ref.tell("a")
        ref.tell("b")
        journal.lines.append("b")
        await system.settle()

        assert system.get_state(ref) == ("a", "b")
        assert system.counts("log")["crashes"] == 1


async def test_a_question_for_a_spilling_mailbox_is_refused_at_once() -> None:
    journal = Journal()
    async with TestSystem({"log": spilling(journal, 1)}) as system:
        ref = system.ref("log", "1")
        ref.tell("fills it")

        with pytest.raises(MailboxFull, match="log/1 has a full mailbox"):
            await ref.ask(STATE)


async def test_a_newer_message_takes_the_place_of_a_waiting_one_of_its_key() -> None:
    kind = logging(overflow=Overflow.COALESCE, capacity=2, coalesce=lambda message: message[0])
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        told = [ref.tell(message) for message in (("a", 1), ("b", 1), ("a", 2), ("c", 1))]
        await system.settle()

        assert system.get_state(ref) == (("a", 2), ("b", 1))
        assert told == [
            Delivery.ACCEPTED,
            Delivery.ACCEPTED,
            Delivery.COALESCED,
            Delivery.REJECTED,
        ]
        ref.tell(("a", 3))
        await system.settle()
        assert system.get_state(ref)[-1] == ("a", 3)


async def test_a_message_without_a_key_is_never_replaced() -> None:
    kind = logging(overflow=Overflow.COALESCE, capacity=4, coalesce=lambda _: None)
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        ref.tell(1)
        ref.tell(1)
        await system.settle()

        assert system.get_state(ref) == (1, 1)


async def test_the_oldest_message_makes_room_and_becomes_a_dead_letter() -> None:
    kind = logging(overflow=Overflow.DROP_OLDEST, capacity=2)
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        for number in range(4):
            assert ref.tell(number) is Delivery.ACCEPTED
        await system.settle()

        assert system.get_state(ref) == (2, 3)
        assert [(one.message, one.reason) for one in system.dead_letters] == [
            (0, Reason.DISPLACED),
            (1, Reason.DISPLACED),
        ]


async def test_a_question_that_is_displaced_is_told_so() -> None:
    kind = logging(overflow=Overflow.DROP_OLDEST, capacity=1)
    async with TestSystem({"log": kind}) as system:
        ref = system.ref("log", "1")
        ref.tell("runs")
        await system.settle()
        system.suspend(ref)

        outcomes = await asked(system, ref.ask(STATE))
        ref.tell("newer")
        await system.settle()

        assert outcomes == [MailboxFull]
        assert system.counts("log")["dropped"] == 1


async def test_a_message_that_waits_to_be_retried_can_be_displaced_too() -> None:
    kind = logging(overflow=Overflow.DROP_OLDEST, capacity=1)
    async with TestSystem({"log": kind}, clock=ManualClock()) as system:
        ref, bang = system.ref("log", "1"), Bang()
        ref.tell(Bang(times=1))
        await system.settle()
        ref.tell(bang)
        await system._quiet()
        assert system.statistics(ref).status == "backoff"
        ref.tell("newer")
        await system.settle()

        assert system.dead_letters[0].message is bang
        assert bang.tried == 1


async def test_a_full_mailbox_refuses_and_says_so() -> None:
    async with TestSystem({"log": logging(capacity=1)}) as system:
        ref = system.ref("log", "1")

        assert [ref.tell(number) for number in range(2)] == [
            Delivery.ACCEPTED,
            Delivery.REJECTED,
        ]
        with pytest.raises(MailboxFull):
            await ref.ask(STATE)


@pytest.mark.parametrize("overflow", list(Overflow))
async def test_told_is_accepted_and_coalesced_and_spilled_and_rejected(overflow: Overflow) -> None:
    journal = Journal()
    kind = logging(
        capacity=5,
        overflow=overflow,
        refill=journal.refill if overflow is Overflow.SPILL else None,
        coalesce=(lambda n: n % 7) if overflow is Overflow.COALESCE else None,
    )
    async with TestSystem({"log": kind}, seed=3) as system:
        ref = system.ref("log", "1")
        told: Counter[Delivery] = Counter()
        for burst in (3, 20, 1, 40):
            for number in range(burst):
                delivery = ref.tell(number)
                told[delivery] += 1
                if delivery is Delivery.SPILLED:
                    journal.lines.append(number)
            await system.settle()

        counts = system.counts("log")
        assert told.total() == 64
        for delivery in (
            Delivery.ACCEPTED,
            Delivery.COALESCED,
            Delivery.SPILLED,
            Delivery.REJECTED,
        ):
            assert counts[delivery.value] == told[delivery]
        assert counts["handled"] == len(system.get_state(ref))
        assert counts["accepted"] + counts["refilled"] == counts["handled"] + counts["dropped"]


async def test_a_flood_of_system_mail_is_never_dropped() -> None:
    async with TestSystem({"log": logging(capacity=1)}) as system:
        ref = system.ref("log", "1")
        for number in range(500):
            ref.tell_system(number)
        await system.settle()

        assert system.get_state(ref) == tuple(range(500))


async def test_nothing_is_taken_in_after_the_end() -> None:
    async with TestSystem({"log": logging()}) as system:
        ref = system.ref("log", "1")
        ref.tell(1)
        await system.settle()
        await system.shutdown()

        assert ref.tell(2) is Delivery.CLOSED
        assert system.ref("log", "new").tell(2) is Delivery.CLOSED
        ref.tell_system(3)
        assert system.counts("log")["closed"] == 3


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"capacity": 0}, "at least one"),
        ({"overflow": Overflow.SPILL}, "refill"),
        ({"refill": lambda key, most: ()}, "refill"),
        ({"overflow": Overflow.COALESCE}, "coalesce"),
    ],
)
def test_a_kind_that_cannot_work_cannot_be_made(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        logging(**wrong)


async def test_a_tell_from_a_turn_spills_like_any_other() -> None:
    journal = Journal()
    async with TestSystem({"log": logging(), "small": spilling(journal, 1)}) as system:
        small = system.ref("small", "1")
        system.ref("log", "1").tell(do(Tell(small, 1), Tell(small, 2)))
        await system.settle()

        assert system.get_state(small) == (1,)
        assert system.dead_letters == ()
