"""The tools that a stand-in calls, as the mark `[[tools:...]]` tells it to.

`[[tools:weather(place=Ulm)+time(zone=UTC):2]]` calls both side by side, in each of two rounds,
and then answers with what the tools said. A colon in a value is written `%3A`.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from tests.stand_ins.scenario import Scenario
from tests.stand_ins.shape import SKIP

_CALL: Final = re.compile(r"([\w-]+)\(([^)]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """The rounds of tools in the turn that is going on."""

    done: int = 0
    outputs: tuple[str, ...] = ()
    """Of all rounds, in order; an error begins with `error: `."""
    wrong: str = ""
    """Why the request would be refused."""


def calls_for(scenario: Scenario, done: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the calls of the next round, if there is one."""
    if "tools" not in scenario or done >= scenario.number("tools", 1, 1):
        return []
    return [
        (found[1], dict(_argument(each) for each in found[2].split(";") if each))
        for found in _CALL.finditer(scenario.marks["tools"][0])
    ]


def _argument(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    value = unquote(value)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def signature(number: int, name: str) -> str:
    """Return what the stand-in signs a call with."""
    return base64.b64encode(f"sig-{number}-{name}".encode()).decode()


def split(contents: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], Rounds]:
    """Return *contents* up to the question, and the rounds of tools after it."""
    at = max(
        index
        for index, content in enumerate(contents)
        if content["role"] == "user" and not any("functionResponse" in p for p in content["parts"])
    )
    later = contents[at + 1 :]
    wrong = next(filter(None, map(_wrong, later[::2], later[1::2])), "")
    if len(later) % 2:
        wrong = "Please ensure that function call turn is followed by its function response turn."
    outputs = tuple(
        _output(part["functionResponse"]["response"])
        for content in later[1::2]
        for part in content["parts"]
    )
    return contents[: at + 1], Rounds(done=len(later) // 2, outputs=outputs, wrong=wrong)


def _wrong(asked: dict[str, Any], answered: dict[str, Any]) -> str:
    """Return what Google would object to in a round of the turn that is going on."""
    calls = [part for part in asked["parts"] if "functionCall" in part]
    answers = [part["functionResponse"] for part in answered["parts"] if "functionResponse" in part]
    if [call["functionCall"]["id"] for call in calls] != [each["id"] for each in answers]:
        return "The number of function response parts is not equal to the function call parts."
    given = calls[0].get("thoughtSignature")
    if not given:
        return "Function call is missing a thought_signature in functionCall parts."
    name = calls[0]["functionCall"]["name"]
    if given != SKIP and not base64.b64decode(given).endswith(f"-{name}".encode()):
        return "Corrupted thought signature."
    return ""


def _output(response: dict[str, Any]) -> str:
    return str(response["output"]) if "output" in response else f"error: {response['error']}"
