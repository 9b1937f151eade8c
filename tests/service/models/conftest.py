"""The adapters need asyncio: aiohttp below the wire, and the packages' own clients."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
