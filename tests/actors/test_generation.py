"""An answer as an effect: its pieces, its rounds of tools, and what the person sees meanwhile."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest
import trio.testing

from actors.generation import GRACE, generate, pace_of
from actors.pacing import Pace
from actors.ports import (
    Citation,
    Declaration,
    Done,
    ModelEvent,
    Request,
    Setting,
    Signed,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    UnavailableError,
    Usage,
    Used,
    Waiting,
)
from actors.thoughts import headline
from actors.tooling import AT_ONCE
from fsm.content import Media, MediaKind, Prompt
from fsm.events import (
    Failed,
    Finished,
    Grew,
)
from fsm.sources import Source
from fsm.steps import Call, Seal
from fsm.tool_events import CameDue, Progressed
from service.settings import Settings
from service.storing import leisure
from tests.keep import Keep

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> Any:
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


@dataclass
class Rounds:
    """A model that says one list of events after the other."""

    rounds: Sequence[Iterable[ModelEvent | Exception]]
    asked: list[Request] = field(default_factory=list)
    name: str = "rounds"

    async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        self.asked.append(request)
        for event in self.rounds[len(self.asked) - 1]:
            await anyio.sleep(0.3)
            if isinstance(event, Exception):
                raise event
            yield event


class Box:
    offered = (Declaration(name="nap", description="", parameters={}),)

    def __init__(self) -> None:
        self.running = 0
        self.most = 0

    def doing(self, name: str) -> str:
        return f"progress-{name}"

    async def use(self, call: Call, setting: Setting) -> Used:
        self.running += 1
        self.most = max(self.most, self.running)
        await anyio.sleep(3)
        self.running -= 1
        return Used(output=call.id, events=(CameDue(),))


async def heard(model: Rounds, box: Box | None = None) -> tuple[Any, list[object]]:
    reported: list[object] = []
    request = Request(chat="c", turn=4, attempt=1, prompts=(Prompt(text="?"),), tools=Box.offered)
    setting = Setting(chat="c", turn=4, now=0.0)
    return await generate(
        reported.append, model, request, Keep(), toolbox=box or Box(), setting=setting
    ), reported


def call(id_: str = "", name: str = "nap") -> ToolCall:
    return ToolCall(id_, name, {}, b"signed" if not id_ else b"")


async def test_who_has_to_wait_for_the_provider_is_told_how_long() -> None:
    _, reported = await heard(Rounds([[Waiting(2.2), TextDelta("ok"), Done()]]))

    assert Progressed(turn=4, attempt=1, key="progress-waiting", args={"seconds": "3"}) in reported


async def test_the_calls_of_a_round_run_side_by_side_and_keep_their_order() -> None:
    box = Box()
    model = Rounds(
        [[TextDelta("Wait. "), call("b"), call("a"), Done()], [TextDelta("Done."), Done()]]
    )
    began = anyio.current_time()

    ended, reported = await heard(model, box)

    assert isinstance(ended, Finished)
    assert ended.text == "Wait. Done."
    assert [result.output for result in ended.steps[0].results] == ["b", "a"]
    assert ended.steps[0].text == "Wait. "
    assert box.most == 2
    assert anyio.current_time() - began < 6
    assert reported.count(CameDue()) == 2
    assert Progressed(turn=4, attempt=1, key="progress-nap") in reported


async def test_calls_without_an_id_get_ones_of_their_own() -> None:
    model = Rounds([[call(), call(), Done()], [call(), Done()], [TextDelta("x"), Done()]])

    ended, _ = await heard(model)

    ids = [each.id for step in ended.steps for each in step.calls]
    assert len(set(ids)) == 3
    assert [result.call for step in ended.steps for result in step.results] == ids


async def test_too_many_calls_at_once_are_told_to_come_later() -> None:
    many = [call(str(number)) for number in range(AT_ONCE + 2)]
    box = Box()

    ended, _ = await heard(Rounds([[*many, Done()], [TextDelta("x"), Done()]]), box)

    assert box.most == AT_ONCE
    assert [result.failed for result in ended.steps[0].results] == [False] * AT_ONCE + [True] * 2


async def test_the_last_round_may_not_call() -> None:
    again = [call("x"), Done()]
    model = Rounds([again, again, again, again, again, [TextDelta("Enough."), call("y"), Done()]])

    ended, _ = await heard(model)

    assert ended.text == "Enough."
    assert [request.may_call for request in model.asked] == [True] * 5 + [False]


async def test_a_provider_that_fails_after_a_tool_keeps_what_was_said() -> None:
    model = Rounds([[TextDelta("Wait. "), call("a"), Done()], [UnavailableError("p", "down")]])

    ended, reported = await heard(model)

    assert isinstance(ended, Failed)
    assert Grew(turn=4, attempt=1, text="Wait. ") in reported


async def test_signatures_and_sources_count_from_where_their_round_began() -> None:
    model = Rounds(
        [
            [TextDelta("One. "), Signed(5, b"1"), call(), Done(model="m")],
            [
                TextDelta("Two."),
                Signed(4, b"2"),
                Signed(0, b"3"),
                Citation(0, 4, "T", "https://t"),
                Usage(prompt=10, output=2),
                Done(model="m"),
            ],
        ]
    )

    ended, _ = await heard(model)

    assert ended.steps[0].seals == (Seal(start=0, end=5, signature=b"1"),)
    assert ended.steps[0].calls[0].signature == b"signed"
    assert ended.seals == (
        Seal(start=0, end=4, signature=b"2"),
        Seal(start=4, end=4, signature=b"3"),
    )
    assert ended.sources == (Source(start=5, end=9, title="T", uri="https://t"),)
    assert (ended.model, ended.tokens) == ("m", 12)


@pytest.mark.parametrize(("seconds", "told"), [(0.5, 0), (3.0, 1)])
async def test_a_download_that_takes_long_is_a_line_of_progress(seconds: float, told: int) -> None:
    picture = Media(kind=MediaKind.PICTURE, ref="file")

    async def fetch(media: Media) -> bytes:
        assert media == picture
        await anyio.sleep(seconds)
        return b"bytes"

    class Looking:
        name = "looking"

        async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
            assert request.fetch is not None
            assert await request.fetch(picture) == b"bytes"
            await anyio.sleep(5)
            yield TextDelta("a cat")
            yield Done()

    reports: list[object] = []
    prompt = Prompt(media=(picture,))
    request = Request(chat="c", turn=1, attempt=1, prompts=(prompt,), fetch=fetch)
    end = await generate(reports.append, Looking(), request, Keep())

    assert isinstance(end, Finished)
    lines = [report.key for report in reports if isinstance(report, Progressed)]
    assert lines == ["progress-fetching"] * told


@pytest.mark.parametrize(("pace", "times"), [(0.5, 4), (1.0, 2)])
async def test_a_growing_answer_is_reported_as_often_as_it_is_shown(
    pace: float, times: int
) -> None:
    class Steady:
        name = "steady"

        async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
            for _ in range(20):
                yield TextDelta("sixteen words. ")
                await anyio.sleep(0.1)
            yield Done()

    reports: list[object] = []
    request = Request(chat="c", turn=1, attempt=1, prompts=(Prompt(text="?"),))
    await generate(reports.append, Steady(), request, Keep(), pace=pace)

    assert len([each for each in reports if isinstance(each, Grew)]) == times


@pytest.mark.parametrize("pace", [0.01, 0.5, 1.0, 2.0, 10.0, 1e6])
def test_however_slow_the_pace_words_are_given_to_the_disk_within_two_seconds(pace: float) -> None:
    reported = pace_of(Pace().scaled(pace).gap) + GRACE
    written = leisure(Settings(_env_file=None, pace=pace))  # type: ignore[call-arg]

    assert written > 0
    assert reported + written < 2.0


async def test_thoughts_are_a_line_of_progress_now_and_then() -> None:
    thoughts = [ThoughtDelta(f"**Step {number}**\n\nI look at it. ") for number in range(12)]

    ended, reported = await heard(Rounds([[*thoughts, TextDelta("x"), Done()]]))

    said = [each.args["about"] for each in reported if isinstance(each, Progressed)]
    assert said[0] == "Step 0"
    assert 2 <= len(said) <= 4
    assert ended.text == "x"


@pytest.mark.parametrize(
    ("thoughts", "line"),
    [
        ("", ""),
        ("I am not at the end of", ""),
        ("First. Then I look at *cats*. And", "Then I look at cats."),
        ("**Reading <the> [question]**\n\nSo.", "Reading the question"),
        ("# Plan\n**Second**\nx", "Second"),
        ("先看问题。然后", "先看问题。"),
        ("**" + "x" * 200 + "**", "x" * 79 + "…"),
    ],
)
def test_one_line_of_thoughts(thoughts: str, line: str) -> None:
    assert headline(thoughts) == line
