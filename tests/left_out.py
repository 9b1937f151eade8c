"""Leaves browser tests out where there is no Chromium, and says so in the last lines.

With `GREENROOM_REQUIRE_BROWSER=1` a browser test that did not run is a failure, so that no
one takes a green result for more than it is.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Sequence
from typing import Any

import pytest

INSTALL = "apt install chromium"
_deselected: list[str] = []


def chromium() -> str | None:
    """Return the Chromium to drive: `GREENROOM_CHROMIUM`, else the one on the path."""
    return os.environ.get("GREENROOM_CHROMIUM") or shutil.which("chromium")


def required() -> bool:
    """Whether a browser test that did not run is a failure."""
    return os.environ.get("GREENROOM_REQUIRE_BROWSER", "") not in ("", "0")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium() is None:
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skip(reason=f"no Chromium here: {INSTALL}"))


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    _deselected.extend(item.nodeid for item in items if "browser" in item.keywords)


def _left_out(config: pytest.Config) -> int:
    """Return how many browser tests did not run, for whatever reason."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    return len(_deselected) + sum("browser" in report.keywords for report in skipped)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker has left out; every worker collects the same tests."""
    told = getattr(node, "workeroutput", {}).get("browser_deselected", [])
    _deselected.extend(name for name in told if name not in _deselected)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if hasattr(session.config, "workeroutput"):  # a worker of pytest-xdist
        session.config.workeroutput["browser_deselected"] = _deselected
        return
    if required() and _left_out(session.config) and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None]:
    # Outermost, so that it prints below pytest's own list of skipped tests.
    yield
    count = _left_out(config)
    if not count:
        return
    tests = "1 browser test was" if count == 1 else f"{count} browser tests were"
    why = f"To run what needs a browser: {INSTALL}" if chromium() is None else ""
    terminalreporter.write_line(f"{tests} left out. {why}".rstrip(), yellow=True)
    if required():
        terminalreporter.write_line("GREENROOM_REQUIRE_BROWSER is set, so this fails.", red=True)
