"""Tools of the operator's own: Python files in a folder, each function a tool.

A file offers what its `TOOLS` lists (functions, or what `declared.tool` made of them), and without
one every public function that it defines itself.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from service.tools.declared import DeclarationError, FunctionTool, tool
from service.tools.names import BETWEEN, OURS


class OwnToolsError(Exception):
    """A file does not fit; the words name it, the line, and what was expected."""


def load(folder: Path) -> tuple[FunctionTool, ...]:
    """Return the tools of *folder*, file by file in the order of their names.

    Raises:
        OwnToolsError: The folder cannot be read, or something in a file does not fit.

    """
    if not folder.is_dir():
        raise OwnToolsError(f"{folder} is no folder")
    made: dict[str, tuple[FunctionTool, Path]] = {}
    for path in sorted(folder.glob("*.py")):
        if path.name.startswith("_"):
            continue
        for each in _of(path):
            name = each.declaration.name
            if name in OURS:
                raise OwnToolsError(f"{path}: {name} is one of our own tools; name it otherwise")
            if name in made:
                raise OwnToolsError(f"{path}: {name} stands in {made[name][1].name} already")
            made[name] = (each, path)
    return tuple(each for each, _ in made.values())


def _of(path: Path) -> Iterable[FunctionTool]:
    module = _imported(path)
    listed = getattr(module, "TOOLS", None)
    if listed is None:
        listed = [
            each
            for name, each in vars(module).items()
            if inspect.isfunction(each)
            and each.__module__ == module.__name__
            and not name.startswith("_")
        ]
    if not isinstance(listed, list | tuple):
        raise OwnToolsError(f"{path}: TOOLS is a list of functions, not {type(listed).__name__}")
    if not listed:
        raise OwnToolsError(
            f"{path}: it defines no function; begin its name with _ if it is no tool"
        )
    return [_tool(path, each) for each in listed]


def _tool(path: Path, each: Any) -> FunctionTool:
    if isinstance(each, FunctionTool):
        made = each
    elif inspect.isfunction(each):
        line = each.__code__.co_firstlineno
        try:
            made = tool(each)
        except DeclarationError as wrong:
            raise OwnToolsError(f"{path}, line {line}: {wrong}") from None
    else:
        raise OwnToolsError(f"{path}: TOOLS holds functions, not {each!r}")
    if BETWEEN in made.declaration.name:
        name = made.declaration.name
        raise OwnToolsError(
            f"{path}: {name} has {BETWEEN} in its name, which MCP servers' tools have"
        )
    return made


def _imported(path: Path) -> ModuleType:
    name = f"greenroom_own_tools.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where its types are looked up
    try:
        spec.loader.exec_module(module)
    except SyntaxError as wrong:
        line = f", line {wrong.lineno}" if wrong.lineno else ""
        raise OwnToolsError(f"{path}{line}: {wrong.msg}") from None
    except (Exception, SystemExit) as error:  # somebody else's code
        places = [
            each for each in traceback.extract_tb(error.__traceback__) if each.filename == str(path)
        ]
        line = f", line {places[-1].lineno}" if places else ""
        raise OwnToolsError(f"{path}{line}: {type(error).__name__}: {error}") from None
    return module
