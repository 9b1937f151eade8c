"""Fixtures that every test may use: trio with a jumping clock, and asyncio."""

from __future__ import annotations

from typing import Any, Final

import pytest
from trio.testing import MockClock

pytest_plugins = ("tests.left_out",)

WAITING: Final = ("tests/stories/", "tests/house/test_install", "test_aiogram_light")
"""Where tests start processes, and wait for them."""


@pytest.fixture(params=["trio", "asyncio"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Run async tests on trio, where time jumps as soon as everyone waits, and on asyncio."""
    if request.param == "trio":
        return "trio", {"clock": MockClock(autojump_threshold=0)}
    return "asyncio", {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what mostly waits, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: not any(place in item.nodeid for place in WAITING))
