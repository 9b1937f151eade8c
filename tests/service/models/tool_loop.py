"""The whole loop of tools against a stand-in: what a chat's effect does with an adapter."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from actors.generation import generate
from actors.ports import Declaration, Request, Setting, Used
from fsm.events import (
    Event,
    Finished,
)
from fsm.memory import Turn
from fsm.steps import Call
from fsm.tool_events import Progressed
from tests.contracts.model import Make, question
from tests.keep import Keep

PLACE = {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}


class Weather:
    """A toolbox with one tool, which remembers what it was asked."""

    offered = (Declaration(name="weather", description="The weather.", parameters=PLACE),)

    def __init__(self) -> None:
        self.asked: list[str] = []

    def doing(self, name: str) -> str:
        return f"progress-{name}"

    async def use(self, call: Call, setting: Setting) -> Used:
        if call.name != "weather":
            return Used(output="There is no tool of that name.", failed=True)
        place = json.loads(call.arguments)["place"]
        self.asked.append(place)
        return Used(output=f"rain in {place}")


async def answered(make: Make, asked: Request, toolbox: Any = None) -> tuple[Event, list[object]]:
    """Return how a question with tools ended, and what was reported on the way."""
    toolbox = toolbox or Weather()
    reported: list[object] = []
    asked = replace(asked, tools=toolbox.offered)
    setting = Setting(chat="c", turn=asked.turn, now=1_000_000.0)
    return await generate(
        reported.append, make(), asked, Keep(), toolbox=toolbox, setting=setting
    ), reported


class ToolLoop:
    """For every adapter behind a server; *make* and *server* are its fixtures."""

    async def test_tools_of_one_round_are_used_and_answered_together(self, make: Make) -> None:
        toolbox = Weather()
        mark = "[[tools:weather(place=Ulm)+weather(place=Köln)]]"

        ended, reported = await answered(make, question(f"Rain? {mark}"), toolbox)

        assert isinstance(ended, Finished)
        assert sorted(toolbox.asked) == ["Köln", "Ulm"]
        assert "Tools: rain in Ulm / rain in Köln." in ended.text
        assert [len(step.calls) for step in ended.steps] == [2]
        assert any(isinstance(each, Progressed) for each in reported)

    async def test_a_second_round_knows_the_first(self, make: Make) -> None:
        ended, _ = await answered(make, question("[[tools:weather(place=Ulm):2]] [[talks]]"))

        assert isinstance(ended, Finished)
        assert "Tools: rain in Ulm / rain in Ulm." in ended.text
        assert len(ended.steps) == 2

    async def test_a_model_that_never_stops_calling_has_to_answer_in_the_end(
        self, make: Make
    ) -> None:
        ended, _ = await answered(make, question("[[tools:weather(place=Ulm):99]]"))

        assert isinstance(ended, Finished)
        assert len(ended.steps) == 5
        assert ended.text.endswith("END.")

    async def test_a_name_that_the_model_invented_is_an_error_it_hears_of(self, make: Make) -> None:
        ended, _ = await answered(make, question("[[tools:make_coffee(cups=2)]]"))

        assert isinstance(ended, Finished)
        assert "There is no tool of that name." in ended.text

    async def test_a_later_turn_gives_back_what_was_done(self, make: Make, server: Any) -> None:
        first, _ = await answered(make, question("[[tools:weather(place=Ulm)]] [[talks]]"))
        assert isinstance(first, Finished)
        turn = Turn(
            number=1,
            prompts=question("Rain?").prompts,
            answer=first.text,
            steps=first.steps,
            seals=first.seals,
            model=first.model,
        )

        second, _ = await answered(make, question("And now?", context=(turn,)))

        assert isinstance(second, Finished)
        assert "rain in Ulm" in json.dumps(server.calls[-1].body, ensure_ascii=False)
