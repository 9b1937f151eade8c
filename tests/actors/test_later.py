"""Things done in a moment: when they are due, never after the end, and without a trace."""

from __future__ import annotations

import gc
from collections.abc import AsyncGenerator

import anyio
import pytest
import uvloop

from actors.generation import GRACE, generate
from actors.later import Later
from actors.ports import Done, ModelEvent, Request, TextDelta, UnavailableError
from fsm.content import Prompt
from fsm.events import Finished
from tests.keep import Keep

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_what_is_due_is_done_in_its_order_and_what_is_cancelled_is_not() -> None:
    done: list[str] = []
    rung = anyio.Event()
    async with Later() as later:
        later.after(0.02, rung.set)
        later.after(0.01, lambda: done.append("second"))
        later.after(0.0, lambda: done.append("first"))
        later.after(0.0, lambda: done.append("never")).cancel()
        with anyio.fail_after(5):
            await rung.wait()

    assert done == ["first", "second"]


async def test_what_is_left_at_the_end_is_dropped() -> None:
    done: list[str] = []
    async with Later() as later:
        later.after(0.0, lambda: done.append("too late"))
    for _ in range(3):
        await anyio.lowlevel.checkpoint()

    assert done == []


async def test_an_error_inside_comes_out_as_it_is() -> None:
    async def fail() -> None:
        async with Later() as later:
            later.after(60.0, lambda: None)
            raise UnavailableError("p", "down")

    with pytest.raises(UnavailableError):
        await fail()


class Flowing:
    """A model whose words come in so quick a row that some wait for others, once in vain."""

    name = "flowing"

    async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        for number in range(5):
            await anyio.sleep(GRACE * 2 if number == 2 else 0)
            yield TextDelta("words ")
        yield Done()


def test_an_answer_leaves_nothing_for_the_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    # A cancelled task did: its traceback held the whole chat until the old were looked through.
    request = Request(chat="c", turn=1, attempt=1, prompts=(Prompt(text="?"),))

    monkeypatch.setattr("actors.generation.PACE", GRACE / 2)

    async def answers() -> int:
        for _ in range(2):  # whatever is made once is made now
            ended = await generate(lambda _: None, Flowing(), request, Keep())
            assert isinstance(ended, Finished)
        gc.collect()
        for _ in range(3):
            await generate(lambda _: None, Flowing(), request, Keep())
        return gc.collect()

    gc.disable()
    try:
        assert uvloop.run(answers()) == 0
    finally:
        gc.enable()
