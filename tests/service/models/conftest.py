"""The adapters need asyncio: aiohttp below the wire, and the packages' own clients."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "tests.contracts.model",
    "tests.contracts.remote_model",
    "tests.service.models.gemini_contract",
    "tests.service.models.tool_loop",
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
