"""The gate: one call per peer, finals first, the latest preview, honest about penalties."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import pytest
from trio.testing import MockClock

from actors.gate import REFRESH, Gate
from actors.pacing import LONGEST_GAP, UNPACED, Bucket, Level, Pace, Strain
from actors.peers import LEASE
from actors.ports import NotSentError, PenaltyError, RefusedError
from actors.runtime import LoopClock

pytestmark = pytest.mark.anyio

PEER, CHAT = "peer/telegram.1.42", "telegram.1.42"
GROUP = "peer/telegram.1.-100"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


class Bench:
    """A gate, and what it did."""

    def __init__(self, pace: Pace) -> None:
        self.clock = LoopClock(wall=lambda: 0.0)
        self.granted: list[tuple[str, float]] = []
        self.kept: dict[str, float] = {}
        self.shown: list[tuple[str, float]] = []
        self.gate = Gate(
            clock=self.clock, pace=pace, grant=self._granted, keep=self.kept.__setitem__
        )
        self.start = 0.0

    def now(self) -> float:
        return round(self.clock.now() - self.start, 3)

    def _granted(self, chat: str) -> None:
        self.granted.append((chat, self.now()))

    def preview(
        self, name: str, seconds: float = 0.1, error: Exception | None = None
    ) -> Callable[[bool], Awaitable[None]]:
        async def run(refresh: bool) -> None:
            self.shown.append((f"{name} again" if refresh else name, self.now()))
            await anyio.sleep(seconds)
            if error is not None:
                raise error

        return run


@asynccontextmanager
async def bench(pace: Pace = UNPACED) -> AsyncIterator[Bench]:
    made = Bench(pace)
    made.start = made.clock.now()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(made.gate.run)
        await anyio.lowlevel.checkpoint()
        yield made
        tasks.cancel_scope.cancel()


async def test_one_call_to_a_peer_at_a_time() -> None:
    async with bench() as b:
        assert b.gate.reserve(PEER, "a")
        assert not b.gate.reserve(PEER, "b")
        assert b.gate.reserve("peer/telegram.1.43", "c"), "another peer is free"
        await anyio.sleep(1)
        assert b.granted == []
        b.gate.release(PEER)
        assert [chat for chat, _ in b.granted] == ["b"]


async def test_topics_of_a_peer_take_turns() -> None:
    async with bench() as b:
        b.gate.reserve(PEER, "a")
        for chat in ("b", "c", "b", "a"):
            b.gate.reserve(PEER, chat)
        for _ in range(3):
            b.gate.release(PEER)
        assert [chat for chat, _ in b.granted] == ["b", "c", "a"]


async def test_who_withdraws_is_not_granted() -> None:
    async with bench() as b:
        b.gate.reserve(PEER, "a")
        b.gate.reserve(PEER, "b")
        b.gate.withdraw(PEER, "b")
        b.gate.release(PEER)
        assert b.granted == []


async def test_the_latest_preview_wins_and_a_final_goes_first() -> None:
    async with bench() as b:
        b.gate.preview(PEER, CHAT, b.preview("1", seconds=1.0), draft=True)
        await anyio.sleep(0.5)
        b.gate.preview(PEER, CHAT, b.preview("2"), draft=True)
        b.gate.preview(PEER, CHAT, b.preview("3"), draft=True)
        b.gate.reserve(PEER, "final")
        await anyio.sleep(1.0)
        assert [name for name, _ in b.shown] == ["1"], "the final holds the slot"
        assert [chat for chat, _ in b.granted] == ["final"]
        b.gate.release(PEER)
        await anyio.sleep(0.5)
        assert [name for name, _ in b.shown] == ["1", "3"]


async def test_nothing_is_called_inside_a_penalty_and_everything_after_it() -> None:
    async with bench() as b:
        assert b.gate.reserve(PEER, "a")
        b.gate.release(PEER, retry_after=30.0)
        b.gate.preview(PEER, CHAT, b.preview("p"), draft=True)
        assert not b.gate.reserve(PEER, "a")
        assert b.gate.penalty(PEER) == pytest.approx(b.clock.now() + 30)
        assert b.kept[PEER] == pytest.approx(b.clock.now() + 30)
        await anyio.sleep(29.9)
        assert (b.granted, b.shown) == ([], [])
        await anyio.sleep(0.2)
        assert b.granted == [("a", 30.0)]
        b.gate.release(PEER)
        await anyio.sleep(0.1)
        assert [name for name, _ in b.shown] == ["p"]
        assert b.gate.penalty(PEER) == 0.0


async def test_a_penalty_of_an_earlier_life_is_obeyed() -> None:
    async with bench() as b:
        b.gate.remember(PEER, b.clock.now() + 10)
        assert not b.gate.reserve(PEER, "a")
        await anyio.sleep(11)
        assert b.granted == [("a", 10.0)]


async def test_a_penalty_is_never_shortened() -> None:
    async with bench() as b:
        b.gate.penalise(PEER, b.clock.now() + 50)
        b.gate.penalise(PEER, b.clock.now() + 5)
        assert b.gate.penalty(PEER) == pytest.approx(b.clock.now() + 50)


async def test_a_preview_that_meets_a_penalty_stops_the_peer_and_other_errors_do_not() -> None:
    async with bench() as b:
        b.gate.preview(PEER, CHAT, b.preview("refused", error=RefusedError("no")), draft=True)
        await anyio.sleep(0.5)
        b.gate.preview(
            PEER, CHAT, b.preview("offline", error=NotSentError("no route", 9.0)), draft=True
        )
        await anyio.sleep(0.5)
        assert b.gate.penalties() == {}
        b.gate.preview(PEER, CHAT, b.preview("flood", error=PenaltyError(20.0)), draft=True)
        await anyio.sleep(0.5)
        assert PEER in b.gate.penalties()


async def test_an_unchanged_preview_is_refreshed_before_it_fades_and_until_it_is_dropped() -> None:
    async with bench() as b:
        b.gate.preview(PEER, CHAT, b.preview("p"), draft=True)
        await anyio.sleep(2 * REFRESH + 1)
        assert b.shown == [("p", 0.0), ("p again", REFRESH), ("p again", 2 * REFRESH)]
        b.gate.drop_preview(PEER, CHAT)
        await anyio.sleep(3 * REFRESH)
        assert len(b.shown) == 3


async def test_a_private_chat_gets_a_burst_and_then_one_message_a_second() -> None:
    async with bench(Pace(private=Bucket(burst=3, every=1.0))) as b:
        for _ in range(3):
            assert b.gate.reserve(PEER, "a")
            b.gate.release(PEER)
        assert not b.gate.reserve(PEER, "a")
        await anyio.sleep(5)
        assert b.granted == [("a", 1.0)]


async def test_in_a_group_previews_leave_calls_for_finals() -> None:
    pace = Pace(group=Bucket(burst=3, every=10.0), spare=1.0, group_gap=1.0)
    async with bench(pace) as b:
        for number in range(6):
            b.gate.preview(GROUP, "g", b.preview(str(number)), draft=False)
            await anyio.sleep(1.0)
        assert len(b.shown) == 2, "the third call is kept for a final"
        assert b.gate.reserve(GROUP, "g")


def test_a_pace_can_be_scaled_as_a_whole() -> None:
    pace = Pace().scaled(0.1)
    assert pace.private == Bucket(burst=Pace().private.burst, every=Pace().private.every * 0.1)
    for name in ("gap", "edit_gap", "group_gap"):
        assert getattr(pace, name) == getattr(Pace(), name) * 0.1
    assert (pace.group.every, pace.draft.every) == (
        Pace().group.every * 0.1,
        Pace().draft.every * 0.1,
    )


async def test_drafts_have_a_bucket_of_their_own() -> None:
    pace = Pace(private=Bucket(burst=1, every=100.0), draft=Bucket(burst=2, every=1.0), gap=0.0)
    async with bench(pace) as b:
        for number in range(38):
            b.gate.preview(PEER, CHAT, b.preview(str(number)), draft=True)
            await anyio.sleep(0.25)
        assert 10 <= len(b.shown) <= 13, "a burst of two, then one a second"
        b.gate.drop_preview(PEER, CHAT)
        await anyio.sleep(1)
        assert b.gate.reserve(PEER, "a"), "messages are counted apart"


async def test_a_slot_that_is_never_given_back_is_free_after_its_lease() -> None:
    async with bench() as b:
        b.gate.reserve(PEER, "a")
        b.gate.reserve(PEER, "b")
        await anyio.sleep(LEASE + 1)
        assert b.granted == [("b", LEASE)]


async def test_the_gate_may_crash_and_goes_on_where_it_was() -> None:
    made = Bench(UNPACED)
    made.start = made.clock.now()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(made.gate.run)
        await anyio.lowlevel.checkpoint()
        made.gate.preview(PEER, CHAT, made.preview("cut short", seconds=5), draft=True)
        await anyio.sleep(1)
        made.gate.penalise(GROUP, made.clock.now() + 30)
        tasks.cancel_scope.cancel()
    made.gate.reserve(GROUP, "g")
    made.gate.preview(PEER, CHAT, made.preview("next"), draft=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(made.gate.run)
        await anyio.sleep(40)
        tasks.cancel_scope.cancel()
    assert [name for name, _ in made.shown][:2] == ["cut short", "next"]
    assert [chat for chat, _ in made.granted] == ["g"]


async def test_what_is_known_of_a_peer_can_be_looked_at_and_is_forgotten_in_time() -> None:
    async with bench(Pace()) as b:
        assert b.gate.view(PEER) is None
        b.gate.reserve(PEER, "a")
        b.gate.reserve(PEER, "b")
        b.gate.preview(PEER, CHAT, b.preview("p"), draft=True)
        view = b.gate.view(PEER)
        assert view is not None
        assert (view.finals, view.previews) == (("b",), (CHAT,))
        assert view.busy_since is not None
        b.gate.drop_preview(PEER, CHAT)
        b.gate.release(PEER)
        b.gate.release(PEER)
        await anyio.sleep(300)
        assert b.gate.view(PEER) is None


def test_a_wait_that_wall_seconds_cannot_express_is_none() -> None:
    bucket, now = Bucket(burst=1, every=3.0), 1_700_000_000.0
    level = Level(bucket, now)
    level.left = 1 - 1e-12

    assert level.wait(bucket, now) == 0.0


def test_a_late_loop_stretches_the_gap_and_a_quick_one_shrinks_it_again() -> None:
    strain = Strain()
    assert strain.stretched(0.5) == 0.5

    for _ in range(100):
        strain.note(0.02)
    assert strain.stretched(0.5) == pytest.approx(1.0, rel=0.01)
    assert strain.stretched(0) == 0

    for _ in range(100):
        strain.note(3600.0)
    assert strain.stretched(0.5) == LONGEST_GAP
    assert strain.stretched(2.0) == 2.0

    for _ in range(100):
        strain.note(-5.0)
    assert strain.stretched(0.5) == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize(("late", "shown"), [(0.0, 10), (0.02, 4), (0.2, 3)])
async def test_previews_give_way_while_the_loop_is_late(late: float, shown: int) -> None:
    """A gate that is found late shows fewer previews, the newest of each stretch."""
    async with bench(Pace()) as made:
        made.gate.strain.late = late
        for number in range(38):
            made.gate.preview(PEER, CHAT, made.preview(str(number), 0.01), draft=True)
            made.gate.strain.late = late
            await anyio.sleep(0.1)

        assert len(made.shown) == shown


async def test_a_slot_whose_call_never_begins_is_given_back_by_who_knows_it() -> None:
    async with bench(UNPACED) as there:
        gate = there.gate
        assert gate.reserve(PEER, CHAT)
        assert not gate.reserve(PEER, "another")

        gate.abandon(PEER, CHAT)
        assert [chat for chat, _ in there.granted] == ["another"]
        assert gate.holds(PEER, "another")
        assert not gate.holds(PEER, CHAT)

        gate.take_up(PEER, "another")
        gate.abandon(PEER, "another")
        assert not gate.reserve(PEER, CHAT), "that call is still under way"
        gate.abandon(PEER, CHAT)
        gate.release(PEER)
        assert len(there.granted) == 1
