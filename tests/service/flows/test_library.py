"""What the owner of a bot can see of a flow that went wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from fsm.effects import Render
from fsm.flow.state import Flow
from service.flows import Guides, Library

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Templates are worded in a thread, which a jumping clock would not wait for."""
    return "asyncio"


async def test_a_template_that_fails_is_in_the_log_without_what_people_said() -> None:
    library = Library()
    trip = library.flows["trip"]
    wrong = replace(trip, ending=replace(trip.ending, template={"en": "{{ 1 / 0 }}"}))
    guides = Guides(library, lambda: None)

    with capture_logs() as lines, pytest.raises(ZeroDivisionError):
        await guides.word(Render(definition=wrong, flow=Flow(number=1, name="trip")))

    (line,) = lines
    assert (line["flow"], line["error"]) == ("trip", "ZeroDivisionError")
