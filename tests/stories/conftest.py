"""Stories run on asyncio, like the service itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stories.theatre import StandIns, stand_ins


@pytest.fixture
def anyio_backend() -> str:
    """Return the loop of the stories."""
    return "asyncio"


@pytest.fixture(scope="session")
def places() -> Iterator[StandIns]:
    """Start the stand-ins once for all stories."""
    with stand_ins() as found:
        yield found
