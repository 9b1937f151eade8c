"""Fixtures that every test may use: trio with a jumping clock, and asyncio."""

from __future__ import annotations

from typing import Any

import pytest
from trio.testing import MockClock

pytest_plugins = ("tests.left_out",)


@pytest.fixture(params=["trio", "asyncio"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Run async tests on trio, where time jumps as soon as everyone waits, and on asyncio."""
    if request.param == "trio":
        return "trio", {"clock": MockClock(autojump_threshold=0)}
    return "asyncio", {}
