"""Where the store syncs: every place in the code, and a scenario that shows what it is for."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import snapshots

_HELPERS = {"disk.replace", "disk.ensure", "files.make_folder"}
"""Sync on behalf of whoever calls them."""
_SYNCING = {"fsync", "fsync_dir", "replace", "ensure", "make_folder"}


def places() -> set[str]:
    """Return every function of the store that syncs, as `module.function`."""
    found = set()
    for path in Path(snapshots.__file__).parent.glob("*.py"):
        if path.stem not in {"testing", "in_hand", "media"}:  # need not outlive the power
            found |= {f"{path.stem}.{name}" for name in _functions(ast.parse(path.read_text()))}
    return {each for each in found if each not in _HELPERS and not each.startswith("disk.")}


def _functions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = (each for each in ast.walk(node) if isinstance(each, ast.Call))
            if any(_name(call) in _SYNCING and not _of_text(call) for call in calls):
                yield node.name


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _of_text(call: ast.Call) -> bool:
    """Whether *call* is `text.replace(...)`, or that of a dataclass: no file."""
    named = isinstance(call.func, ast.Attribute)
    return _name(call) == "replace" and (named or len(call.args) < 3)


def place() -> str:
    """Return who asks for the sync that is going on, as `module.function`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        name = f"{module.rpartition('.')[2]}.{frame.f_code.co_name}"
        ours = module.startswith("snapshots.") and module != "snapshots.testing"
        if ours and name not in _HELPERS:
            return name
        frame = frame.f_back
    raise AssertionError("nobody in the store has asked for it")
