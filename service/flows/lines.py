"""YAML with the line of every value, so that a mistake can be shown where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str | int, ...]


class BrokenFileError(ValueError):
    """The file is no YAML, or says something twice."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


@dataclass(frozen=True, slots=True)
class Lined:
    """Plain data and, for every path into it, the line (from 1) where it stands."""

    data: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of the innermost part of *path* that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Lined:
    """Return *text* as plain data with lines.

    Raises:
        BrokenFileError: It is no YAML, is empty, or has a key twice.

    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise BrokenFileError(line, f"this is no YAML: {error.problem}") from None
    if node is None:
        raise BrokenFileError(1, "the file is empty")
    lines: dict[Path, int] = {}
    data = _plain(node, (), lines)
    return Lined(data, lines)


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    match node:
        case yaml.MappingNode():
            found: dict[Any, Any] = {}
            for key, value in node.value:
                name = _scalar(key)
                if name in found:
                    raise BrokenFileError(key.start_mark.line + 1, f"`{name}` is there twice")
                lines[*path, name] = key.start_mark.line + 1
                found[name] = _plain(value, (*path, name), lines)
            return found
        case yaml.SequenceNode():
            return [_plain(each, (*path, at), lines) for at, each in enumerate(node.value)]
        case _:
            return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    except yaml.YAMLError as error:
        raise BrokenFileError(node.start_mark.line + 1, f"unclear value: {error}") from None
    finally:
        loader.dispose()
