"""Full mailboxes: every message is accounted for, whatever becomes of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from actors.runtime import Delivery, Kind, MailboxFull, Tell
from actors.runtime.testing import TestSystem

from .casts import STATE, do, log, logging

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
    return logging(capacity=capacity, refill=journal.refill, **rest)


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

    kind = logging(capacity=1, refill=refill)
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


async def test_a_full_mailbox_refuses_and_says_so() -> None:
    async with TestSystem({"log": logging(capacity=1)}) as system:
        ref = system.ref("log", "1")

        assert [ref.tell(number) for number in range(2)] == [
            Delivery.ACCEPTED,
            Delivery.REJECTED,
        ]
        with pytest.raises(MailboxFull):
            await ref.ask(STATE)


@pytest.mark.parametrize("spills", [True, False])
async def test_told_is_accepted_and_spilled_and_rejected(spills: bool) -> None:
    journal = Journal()
    kind = logging(capacity=5, refill=journal.refill if spills else None)
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
        for delivery in (Delivery.ACCEPTED, Delivery.SPILLED, Delivery.REJECTED):
            assert counts[delivery.value] == told[delivery]
        assert counts["handled"] == len(system.get_state(ref))
        assert counts["accepted"] + counts["refilled"] == counts["handled"]
        assert bool(counts["spilled"]) == spills != bool(counts["rejected"])


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


def test_a_mailbox_without_room_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="at least one"):
        logging(capacity=0)


async def test_a_tell_from_a_turn_spills_like_any_other() -> None:
    journal = Journal()
    async with TestSystem({"log": logging(), "small": spilling(journal, 1)}) as system:
        small = system.ref("small", "1")
        system.ref("log", "1").tell(do(Tell(small, 1), Tell(small, 2)))
        await system.settle()

        assert system.get_state(small) == (1,)
        assert not system.dead_letters
