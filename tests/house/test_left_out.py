"""Browser tests that cannot run are counted aloud, and fail the run that requires them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

SUITE = """
import pytest

@pytest.mark.browser
@pytest.mark.parametrize("page", ["one", "two"])
def test_page(page):
    pass

def test_other():
    pass
"""


BARE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A suite with two browser tests and another one."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    browser: needs a browser\n")
    (tmp_path / "test_pages.py").write_text(SUITE)
    return tmp_path


def run(suite: Path, *options: str, **environment: str) -> tuple[int, list[str]]:
    """Run the suite in a process of its own; return its exit code and what it printed."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.left_out", "-ra", *options, str(suite)],
        cwd=suite,
        # Plugins that have nothing to do with this take most of the time of such a run.
        env={**kept, **BARE, "PYTHONPATH": str(ROOT), "PATH": "", **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    return found.returncode, found.stdout.splitlines()


def test_without_a_browser_the_last_lines_say_how_many_and_what_to_install(suite: Path) -> None:
    code, lines = run(suite)

    assert code == 0
    assert lines[-2] == (
        "2 browser tests were left out. To run what needs a browser: apt install chromium"
    )
    assert "1 passed, 2 skipped" in lines[-1]


def test_with_a_browser_nothing_is_said(suite: Path) -> None:
    code, lines = run(suite, GREENROOM_CHROMIUM=sys.executable)

    assert code == 0
    assert "3 passed" in lines[-1]
    assert not [line for line in lines if "left out" in line]


def test_where_browsers_are_required_a_test_left_out_is_a_failure(suite: Path) -> None:
    code, lines = run(suite, GREENROOM_REQUIRE_BROWSER="1")

    assert code == 1
    assert lines[-2] == "GREENROOM_REQUIRE_BROWSER is set, so this fails."


def test_deselecting_does_not_get_around_the_requirement(suite: Path) -> None:
    options = ("-m", "not browser")

    code, lines = run(
        suite, *options, GREENROOM_REQUIRE_BROWSER="1", GREENROOM_CHROMIUM=sys.executable
    )

    assert code == 1
    assert "2 browser tests were left out." in lines


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_workers_leave_out_counts_as_well(suite: Path, workers: str) -> None:
    options = ("-p", "xdist", "-n", workers, "-m", "not browser")

    code, lines = run(suite, *options, GREENROOM_REQUIRE_BROWSER="1")

    assert code == 1
    assert "2 browser tests were left out." in " ".join(lines)
