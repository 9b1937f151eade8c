"""Stories run on asyncio, like the service itself."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Return the loop of the stories."""
    return "asyncio"
