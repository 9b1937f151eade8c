"""docs/actors.md is true: its examples run, and the tests that it names exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any, get_args

import actors.runtime
from actors.runtime import Effect, Escalate, Happening, Quarantine, Retry, Skip
from actors.runtime import errors as runtime_errors

PAGE = Path(actors.runtime.__file__).parents[2] / "docs" / "actors.md"
TEXT = PAGE.read_text()
TESTS = Path(__file__).parents[2]
HERE = "actors/runtime"


def test_every_example_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, Any] = {"__name__": "docs"}

    assert len(blocks) >= 6
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)


@cache
def names_in(folder: str) -> set[str]:
    return {
        node.name
        for file in (TESTS / folder).rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_pitfall_is_named_once_and_every_test_it_names_exists() -> None:
    rows = re.findall(r"^\| (\d+) \| .* \| (.*) \|$", TEXT, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 39))
    for number, kept_away in rows:
        named = re.findall(r"`(test_\w+)`(?: \(`tests/([\w/]+)`\))?", kept_away)
        assert named, number
        for name, folder in named:
            assert name in names_in(folder or HERE), (number, name)


def test_every_word_of_the_runtime_is_explained() -> None:
    effects = {
        one for one in Effect.__subclasses__() if one.__module__.startswith("actors.runtime")
    }
    words = {one.__name__ for one in (*effects, *runtime_errors.AskFailed.__subclasses__())}
    words |= {one.__name__ for one in (Skip, Retry, Quarantine, Escalate)}
    words |= {"Escalated", "supervise(RestForOne", "Passivation", "ChildSpec"}
    told = {one.__name__ for one in get_args(Happening)}

    assert {word for word in words if f"`{word}" not in TEXT} == set()
    assert {word for word in told if not re.search(rf"\b{word}\b", TEXT)} == set()
