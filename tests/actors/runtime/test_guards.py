"""What the design excludes stays excluded: these read the code of the runtime itself."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import actors.runtime
from actors.runtime import Kind

from .casts import logging

FOLDER = Path(actors.runtime.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))


def each() -> Iterator[tuple[Path, ast.Module]]:
    for file in FILES:
        yield file, ast.parse(file.read_text())


def imports(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_the_runtime_knows_nothing_but_anyio_and_the_standard_library() -> None:
    for file, tree in each():
        for name in imports(tree):
            root = name.split(".")[0]
            ours = name.startswith("actors.runtime")
            assert root in sys.stdlib_module_names or root == "anyio" or ours, (file.name, name)


def test_only_the_clock_reads_the_clock() -> None:
    for file, tree in each():
        names = imports(tree) & {"time", "datetime"}
        assert not names or file.name == "clock.py", file.name


def test_whoever_catches_everything_raises_it_again() -> None:
    """A swallowed cancellation is a stop that does not stop."""
    for file, tree in each():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type is not None else "BaseException"
                if caught == "BaseException":
                    assert isinstance(node.body[-1], ast.Raise), (file.name, node.lineno)


def test_nothing_is_remembered_by_its_id() -> None:
    """An id is used again; only the chain of causes looks at ids, while it holds the errors."""
    users = {
        file.name
        for file, tree in each()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "id"
    }
    assert users <= {"observe.py"}


def test_mailboxes_are_not_streams_and_actors_not_tasks() -> None:
    for file, tree in each():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert "memory_object_stream" not in node.attr, file.name
                assert node.attr not in {"to_thread", "create_task"} or file.name == "loop.py"


def test_no_file_is_longer_than_a_sitting() -> None:
    for file in FILES:
        assert len(file.read_text().splitlines()) <= 300, file.name


DATA = {"slot", "capacity", "passivation", "policy"}
HOOKS = set(Kind.__dataclass_fields__) - DATA - {"load", "retire"}


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_a_hook_that_waits_is_refused_when_the_kind_is_made(name: str) -> None:
    async def waits(*_: Any) -> Any:
        return None

    with pytest.raises((TypeError, ValueError), match=name):
        logging(**{name: waits})
