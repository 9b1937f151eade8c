"""The key beside the text field that sends a location or a contact."""

from __future__ import annotations

import pytest

from fsm.effects import Wish
from fsm.events import Chosen, Reset
from service.flows import parsed
from service.flows.play import Play

VISIT = """
flow: visit
title: Visit
steps:
  - {id: where, kind: location, text: "Where are you?", optional: true, help: "A place."}
  - {id: who, kind: contact, text: "Who are you?"}
  - {id: when, kind: time, text: "When?"}
ending: {kind: form}
"""
PLACE = "[Location: 52.5, 13.4]"


def visiting() -> Play:
    definition, _ = parsed(VISIT, "visit.yaml")
    return Play({"visit": definition}).starts("visit")


def test_the_key_comes_with_the_step_that_wants_it_and_goes_with_it() -> None:
    person = visiting()
    assert person.request == "location"

    person.says(PLACE)
    assert person.request == "contact"

    person.says("+49 30 1234567")
    assert person.sees("When?")
    assert person.request == ""
    assert person.told[-1] == "Thank you, I have it."


def test_it_is_offered_once_however_often_the_question_is_shown() -> None:
    person = visiting().taps("Help").wakes_up()

    assert sum("Send me the place" in each for each in person.told) == 1
    assert person.request == "location"


def test_it_is_put_away_when_the_answer_does_not_come() -> None:
    person = visiting().taps("Skip").taps("Cancel")

    assert person.request == ""
    assert person.told[-1] == "All right, that is not needed."


@pytest.mark.parametrize("event", [Reset(), Chosen(wish=Wish.FORGET_SURE, about=0)])
def test_it_is_put_away_when_the_flow_is_forgotten(event: Reset | Chosen) -> None:
    person = visiting().hears(event)

    assert person.flow is None
    assert person.request == ""
    assert "All right, that is not needed." in person.told
