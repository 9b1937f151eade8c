"""The test kit keeps its promises, too."""

from __future__ import annotations

from typing import Any

import pytest

from actors.runtime import Committed, Perform, Report, Tell, Turn
from actors.runtime.testing import Alone, Fault, Moment, TestSystem, at_every_moment

from .casts import Bang, do, logging, until_the_end

pytestmark = pytest.mark.anyio


def test_a_behaviour_runs_alone() -> None:
    actor = Alone(logging(resume=lambda state, now: ((*state, now), ("owed",))), now=5.0)

    assert actor.resume() == ("owed",)
    assert actor.tell(do("wish")) == ("wish",)
    with pytest.raises(ValueError, match="bang"):
        actor.tell(Bang())
    assert actor.state[0] == 5.0
    assert len(actor.state) == 2
    assert Alone(logging()).resume() == ()


async def run_with(seed: int) -> list[tuple[int, int]]:
    order: list[tuple[int, int]] = []

    def behaviour(state: Any, message: Any, now: float) -> Any:
        order.append(message)
        return state, ()

    async with TestSystem({"log": logging(behaviour=behaviour)}, seed=seed) as system:
        for number in range(8):
            for actor in range(3):
                system.ref("log", str(actor)).tell((actor, number))
        await system.settle()
    return order


async def test_the_same_seed_is_the_same_run_and_another_seed_another() -> None:
    assert await run_with(7) == await run_with(7)
    assert len({tuple(await run_with(seed)) for seed in range(1, 9)}) > 5


async def test_lots_never_change_the_order_within_one_actor() -> None:
    for seed in range(5):
        order = [number for actor, number in await run_with(seed) if actor == 1]
        assert order == list(range(8))


async def test_a_probe_remembers_what_it_was_told() -> None:
    async with TestSystem({"log": logging()}) as system:
        probe = system.probe()
        assert not probe.heard
        system.ref("log", "1").tell(do(Tell(probe.ref, "hi")))
        await system.settle()

        assert probe.heard == ("hi",)


async def test_time_passes_when_told_to() -> None:
    async with TestSystem({}) as system:
        began = system.now()
        await system.advance(10)

        assert system.now() - began == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize("moment", list(Moment))
async def test_a_fault_strikes_where_it_should(moment: Moment) -> None:
    kept: list[object] = []

    def commit(turn: Turn[Any]) -> Committed[Any]:
        kept.append(turn.message)
        return Committed(turn.after, turn.effects)

    done: list[str] = []

    async def effect(_: Report) -> str:
        done.append("done")
        return "result"

    fault = Fault(moment, kind="log")
    async with TestSystem({"log": logging(commit=commit)}, faults=[fault]) as system:
        ref = system.ref("log", "1")
        ref.tell(do(Perform("effect", effect)))
        await system.settle()

        assert fault.struck == 1
        if moment in {Moment.BEFORE_COMMIT, Moment.AFTER_COMMIT}:
            assert system.get_state(ref)[1:] == ("result",)
            assert len(kept) == (2 if moment is Moment.BEFORE_COMMIT else 3)
        else:
            assert system.get_state(ref)[1].name == "effect"
            assert done == ([] if moment is Moment.BEFORE_EFFECT else ["done"])


async def test_a_killed_system_does_nothing_any_more() -> None:
    written: list[str] = []

    async def retire(key: str, state: Any) -> None:
        written.append(key)

    fault = Fault(Moment.AFTER_COMMIT, nth=3, kill=True)
    async with TestSystem({"log": logging(retire=retire)}, faults=[fault]) as system:
        for number in range(10):
            system.ref("log", "1").tell(number)
        await until_the_end()

    assert system.killed
    assert system.get_state(system.ref("log", "1")) == (0, 1)
    assert written == []


async def test_faults_and_lots_reach_what_intentions_become() -> None:
    async def effect(_: Report) -> str:
        return "result"

    def perform(ref: Any, intention: Any, state: Any) -> Any:
        return [Perform("effect", effect), Tell(probe.ref, "hi")]

    fault = Fault(Moment.BEFORE_EFFECT)
    for seed, faults in ((0, [fault]), (5, [])):
        kind = logging(perform=perform)
        async with TestSystem({"log": kind}, seed=seed, faults=faults) as system:
            probe = system.probe()
            ref = system.ref("log", "1")
            ref.tell(do("intention", Tell(probe.ref, "too")))
            await system.settle()

            assert set(probe.heard) == {"hi", "too"}
            result = system.get_state(ref)[1]
            assert (result == "result") == (not faults)


async def test_a_failing_body_is_not_mistaken_for_a_kill() -> None:
    with pytest.raises(ExceptionGroup):
        async with TestSystem({}):
            raise ExceptionGroup("body", [ValueError()])


class Disk:
    """What survives a kill: committed states."""

    def __init__(self) -> None:
        self.states: dict[str, Any] = {}

    def commit(self, turn: Turn[Any]) -> None:
        self.states[turn.key] = turn.after

    async def load(self, key: str) -> Any:
        return self.states.get(key)


def owes(state: Any) -> bool:
    return bool(state) and "answered" not in state


@pytest.mark.parametrize("kill", [False, True])
async def test_a_story_can_be_told_with_a_fault_at_every_moment(kill: bool) -> None:
    """At least once, whatever happens: what is not in the committed state is told again."""

    async def effect(_: Report) -> str:
        return "answered"

    def behaviour(state: Any, message: Any, now: float) -> Any:
        if message == "ask":
            return (*state, "asked"), (Perform("answer", effect),)
        if message == "answered":
            return (*state, message), ()
        return (*state, "failed"), (Perform("answer", effect),)

    async def story(fault: Fault) -> None:
        disk = Disk()
        kind = logging(
            behaviour=behaviour,
            commit=disk.commit,
            load=disk.load,
            resume=lambda state, now: (state, (Perform("answer", effect),) if owes(state) else ()),
        )
        for faults in ([fault], []):
            async with TestSystem({"log": kind}, faults=faults) as system:
                if "answered" not in disk.states.get("1", ()):  # else the person is content
                    system.ref("log", "1").tell("ask")
                await system.settle()
        assert "answered" in disk.states["1"]

    assert await at_every_moment(story, kill=kill) >= 6
