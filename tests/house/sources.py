"""What the house tests read: the files of the repository, and what each module imports."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("fsm", "actors", "snapshots", "service")

# What .gitignore keeps out, for a tree that git cannot answer for (an archive, or a
# checkout that belongs to somebody else).
_GENERATED = {".git", ".venv", "var", "build", "dist", "__pycache__"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One name that a module imports, wherever in the module it does so."""

    name: str
    line: int


@functools.cache
def files() -> tuple[Path, ...]:
    """Return every file that belongs to the repository, also those not committed yet."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        told = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return tuple(sorted(_walk(ROOT)))
    found = {ROOT / name for name in told.stdout.split("\0") if name}
    return tuple(sorted(path for path in found if path.is_file()))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _GENERATED or path.name.endswith((".egg-info", "_cache")):
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.name != ".env":
            yield path


@functools.cache
def tree(path: Path) -> ast.Module:
    """Return what is written in a module; read once, because many rules look at all of them."""
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def place(path: Path) -> str:
    """Return the path as people say it: from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def modules(*packages: str) -> list[Path]:
    """Return the Python files of these packages (all four if none is named)."""
    wanted = tuple(f"{each}/" for each in packages or PACKAGES)
    return [path for path in files() if path.suffix == ".py" and place(path).startswith(wanted)]


@functools.cache
def imports(path: Path) -> list[Import]:
    """Return what a module imports, inside functions and by name in a string too."""
    package = place(path).removesuffix(".py").split("/")[:-1]
    return _imported(tree(path), package)


def imported(source: str, package: list[str]) -> list[Import]:
    """Return what this source imports when it stands in *package*."""
    return _imported(ast.parse(source), package)


def _imported(parsed: ast.Module, package: list[str]) -> list[Import]:
    found: list[Import] = []
    for node in ast.walk(parsed):
        match node:
            case ast.Import():
                names = [alias.name for alias in node.names]
            case ast.ImportFrom(module=module, level=level):
                above = package[: len(package) - level + 1] if level else []
                base = ".".join([*above, *([module] if module else [])])
                names = [f"{base}.{alias.name}" for alias in node.names]
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                names = [name]
            case _:
                continue
        found += [Import(name=name, line=node.lineno) for name in names]
    return found


def within(name: str, *packages: str) -> bool:
    """Whether the dotted *name* is one of these packages or stands inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)
