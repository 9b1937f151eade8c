"""What a reader may rely on in every file: it says what it is for, and it is small."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, files, modules, place, tree

LONGEST = 300

# Regular expressions, so that this file does not hold what it forbids.
MACHINE_PATHS = re.compile(r"(?<![\w.~$}-])/(work|root|home|Users|tmp|private)/\w")
INDEX_ADDRESSES = re.compile(
    r"(?i)\bpypi\.[a-z]+\b|python[h]osted|--(extra-)?index-url|--find[-]links"
    r"|(UV|PIP)_[A-Z_]*INDEX[A-Z_]*\s*[=:]\s*\S|\bmirrors?\.[a-z]+\.|://[^\s\"']*/simple\b"
)


def readable(path: Path) -> str:
    """Return the text of a file, or nothing for a picture."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{place(path)}:{number}: {line.strip()[:100]}"
        for path in files()
        for number, line in enumerate(readable(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert not lines_with(MACHINE_PATHS)


def test_no_file_names_a_package_index() -> None:
    assert not lines_with(INDEX_ADDRESSES)


@pytest.mark.parametrize(
    "line", ["see /" + "home/ann/notes", "open('/" + "tmp/x')", "cd /" + "work/main"]
)
def test_a_path_of_a_machine_would_be_seen(line: str) -> None:
    assert MACHINE_PATHS.search(line)


@pytest.mark.parametrize(
    "line",
    [
        "--index" + "-url https://example.org",
        "https://py" + "pi.org/project/x",
        "https://mirrors" + ".example.org/x",
        "UV_DEFAULT_" + "INDEX=https://example.org",
        "https://example.org/x/" + "simple/",
    ],
)
def test_an_address_of_an_index_would_be_seen(line: str) -> None:
    assert INDEX_ADDRESSES.search(line)


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    silent = []

    for path in modules():
        first = (ast.get_docstring(tree(path)) or "").partition("\n")[0]
        if len(first.split()) < 3:
            silent.append(place(path))

    assert not silent


def test_no_module_is_longer_than_a_sitting() -> None:
    lengths = {place(path): len(path.read_text().splitlines()) for path in modules()}

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_the_asynchronous_machine_of_transitions_is_never_used() -> None:
    # It fails on trio and swallows cancellation.
    forbidden = "AsyncMachine"

    found = [
        place(path)
        for path in modules()
        for node in ast.walk(tree(path))
        if forbidden
        in (getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", ""))
    ]

    assert not found


def test_no_test_sleeps() -> None:
    # anyio.sleep is virtual on trio's jumping clock, where the suites run; these never are.
    # Stand-ins are servers that take their time because the real ones do.
    found = [
        f"{place(path)}:{node.lineno}"
        for path in modules("tests")
        if "stand_ins" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call | ast.ImportFrom) and _sleeps(node)
    ]

    assert not found


def _sleeps(node: ast.AST) -> bool:
    """Whether this is a call of `time.sleep` or `asyncio.sleep` for longer than nothing."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="time" | "asyncio"), attr="sleep")):
            first = node.args[0] if node.args else None
            return not (isinstance(first, ast.Constant) and first.value == 0)
        case ast.ImportFrom(module="time" | "asyncio", names=names):
            return any(alias.name == "sleep" for alias in names)
    return False


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("time.sleep(1)", True),
        ("await asyncio.sleep(delay)", True),
        ("from time import sleep", True),
        ("await asyncio.sleep(0)", False),
    ],
)
def test_a_sleep_would_be_seen(source: str, expected: bool) -> None:
    assert any(_sleeps(node) for node in ast.walk(ast.parse(source))) is expected


@pytest.mark.parametrize("kept_out", [".env", ".venv/", "var/"])
@pytest.mark.parametrize("ignore", [".gitignore", ".dockerignore"])
def test_secrets_and_data_stay_out_of_commits_and_images(ignore: str, kept_out: str) -> None:
    assert kept_out in (ROOT / ignore).read_text().splitlines()
