"""What the owner of a bot can see of a flow that went wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
from structlog.testing import capture_logs

from fsm.content import Prompt
from fsm.effects import Render
from fsm.flow.calendar import days
from fsm.flow.definition import Kind
from fsm.flow.state import Flow
from fsm.flow.typed import Said, typed
from service.flows import Guides, Library
from service.papers import library_of
from service.settings import Settings

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


EVENING: Final = datetime(2026, 11, 24, 23, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", "2026-11-24"), ("Asia/Tokyo", "2026-11-25"), ("America/New_York", "2026-11-24")],
)
def test_today_is_what_it_is_on_the_clock_of_the_settings(zone: str, day: str) -> None:
    settings = Settings(_env_file=None, time_zone=zone)  # type: ignore[call-arg]
    (step, *_) = [
        each for each in library_of(settings).flows["reminder"].steps if each.kind is Kind.DATE
    ]

    assert typed(step, Prompt(text="today", at=EVENING), EVENING) == Said(day)
    keys = [key.act for row in days(step, "", EVENING, sunday_first=False) for key in row]
    assert next(act for act in keys if act.startswith("d")) == f"d{day}", "nothing before today"
