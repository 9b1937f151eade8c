"""Who may import whom: the rooms stay rooms only while their doors do.

fsm            -> nothing of ours
snapshots      -> fsm
actors         -> fsm; actors/runtime nothing of ours at all
service        -> all; its channels, models and tools know no other part of it,
                  and only service/app.py introduces everybody to everybody
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, ROOT, files, imported, imports, modules, place, within

STDLIB = sys.stdlib_module_names
OURS = (*PACKAGES, "tests", "benchmarks")

# What each room may import besides the standard library and itself.
DOORS: dict[str, tuple[str, ...]] = {
    "fsm": ("transitions",),
    "actors/runtime": ("anyio",),
    "actors": ("fsm", "anyio"),
    "snapshots": ("fsm", "anyio", "msgpack", "msgspec", "cryptography"),
}
# The edges of the service; each may import of ours what the value says, and itself.
EDGES = ("service/channels", "service/models", "service/tools")
# A library of ours, which any of them may use: it imports nothing of ours in turn.
SHARED = "service.http"
COMPOSITION_ROOT = "service/app.py"
# Where a library may appear at all.
KEPT_IN: dict[str, tuple[str, ...]] = {
    "aiogram": ("service/channels/telegram/", "service/playground/"),
    "google": ("service/models/gemini_",),
    "openai": ("service/models/openai_",),
    "mcp": ("service/tools/mcp_",),
}


def room(path: Path) -> str:
    """Return the innermost room with doors of its own that this module stands in."""
    where = place(path)
    return max((each for each in DOORS if where.startswith(f"{each}/")), key=len)


def wrong(path: Path, names: Iterable[tuple[str, int]]) -> list[str]:
    return [f"{place(path)}:{line} imports {name}" for name, line in names]


def told(path: Path) -> list[tuple[str, int]]:
    return [(each.name, each.line) for each in imports(path)]


def test_each_room_imports_only_what_its_doors_allow() -> None:
    found: list[str] = []

    for path in modules("fsm", "actors", "snapshots"):
        own = room(path)
        allowed = (own.replace("/", "."), *DOORS[own])
        found += wrong(
            path,
            [
                (name, line)
                for name, line in told(path)
                if name.split(".")[0] not in STDLIB and not within(name, *allowed)
            ],
        )

    assert not found


def test_channels_models_and_tools_import_no_other_part_of_the_service() -> None:
    found: list[str] = []

    for path in modules("service"):
        edge = next((each for each in EDGES if place(path).startswith(f"{each}/")), None)
        if edge is not None:
            own = edge.replace("/", ".")
            names = [
                (name, line)
                for name, line in told(path)
                if within(name, "service") and not within(name, own, SHARED)
            ]
            found += wrong(path, names)

    assert not found


def test_what_the_edges_share_knows_nothing_of_the_service() -> None:
    found: list[str] = []

    for path in modules(SHARED.replace(".", "/")):
        names = [(n, at) for n, at in told(path) if within(n, *PACKAGES)]
        found += wrong(path, [(n, at) for n, at in names if not within(n, SHARED)])

    assert not found


def test_only_the_composition_root_introduces_the_edges_to_each_other() -> None:
    found = []

    for path in modules("service"):
        names = [name for name, _ in told(path)]
        met = [edge for edge in EDGES if any(within(n, edge.replace("/", ".")) for n in names)]
        if len(met) > 1 and place(path) != COMPOSITION_ROOT:
            found.append(f"{place(path)} imports {' and '.join(met)}")

    assert not found


def test_no_room_of_the_service_imports_the_composition_root() -> None:
    # What starts the service stands beside it, in service/ itself.
    found = [
        f"{place(path)}:{line}"
        for path in modules()
        for name, line in told(path)
        if within(name, "service.app") and place(path.parent) != "service"
    ]

    assert not found


@pytest.mark.parametrize("library", KEPT_IN)
def test_a_library_stays_in_its_one_corner(library: str) -> None:
    found = [
        f"{place(path)}:{line} imports {name}"
        for path in modules()
        for name, line in told(path)
        if within(name, library) and not place(path).startswith(KEPT_IN[library])
    ]

    assert not found


def test_the_code_never_imports_its_tests_or_benchmarks() -> None:
    found = [
        f"{place(path)}:{line} imports {name}"
        for path in modules()
        for name, line in told(path)
        if within(name, "tests", "benchmarks")
    ]

    assert not found


@pytest.mark.parametrize(
    ("modules", "kept_out"),
    [
        ("fsm, actors, actors.runtime", ("aiogram", "google", "service", "snapshots")),
        # The keeper stays beside the service for as long as it runs.
        ("service.cli, service.keeper", ("aiogram", "google", "openai", "service.app")),
        ("service.storing", ("aiogram", "google", "cryptography")),
    ],
)
def test_what_has_to_be_light_loads_nothing_heavy(modules: str, kept_out: tuple[str, ...]) -> None:
    program = f"import {modules}, sys; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()

    assert set(modules.split(", ")) <= set(loaded)
    assert not [name for name in loaded if within(name, *kept_out)]


def test_the_four_packages_are_where_this_test_looks_for_them() -> None:
    assert {place(path).split("/")[0] for path in modules()} == set(PACKAGES)
    assert ROOT / "pyproject.toml" in files()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import aiogram.types", "aiogram.types"),
        ("from aiogram import Bot", "aiogram.Bot"),
        ("def f():\n    from google import genai", "google.genai"),
        ("if TYPE_CHECKING:\n    import service", "service"),
        ("from . import sibling", "actors.runtime.sibling"),
        ("from ..chat import Chat", "actors.chat.Chat"),
        ("from .. import chat", "actors.chat"),
        ("importlib.import_module('aiogram')", "aiogram"),
        ("__import__('aiogram')", "aiogram"),
    ],
)
def test_no_way_of_importing_goes_unseen(source: str, name: str) -> None:
    assert [each.name for each in imported(source, ["actors", "runtime"])] == [name]
