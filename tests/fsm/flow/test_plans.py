"""Flows that begin by themselves, for those who have pressed the button for it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from fsm.conversation import owes
from fsm.effects import Wish
from fsm.events import Chosen
from fsm.flow.definition import Schedule
from fsm.flow.plans import following
from service.flows import Library
from service.flows.play import NEW_YEAR, Play

FLOWS = Library().flows
BERLIN = ZoneInfo("Europe/Berlin")
DAY = 86_400.0


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("every", "now", "then"),
    [
        ("day", "2026-11-26T07:59", "2026-11-26T08:00"),
        ("day", "2026-11-26T08:00", "2026-11-27T08:00"),
        ("weekdays", "2026-11-27T09:00", "2026-11-30T08:00"),
        ("thu", "2026-11-26T09:00", "2026-12-03T08:00"),
        ("sun", "2026-11-26T09:00", "2026-11-29T08:00"),
        ("day", "2027-03-27T09:00", "2027-03-28T08:00"),  # the night in which an hour is left out
    ],
)
def test_the_next_time_is_on_the_clock_of_the_service(every: str, now: str, then: str) -> None:
    assert following(Schedule(every=every, at="08:00"), at(now), BERLIN) == at(then)


def with_a_plan() -> Play:
    """Somebody who has done the lesson once, and wants it every day at 8."""
    person = Play(FLOWS).starts("lesson").taps("French").taps("I get by").taps("Skip")
    person.taps("Eating out").taps("Skip")
    assert person.sees("every day at 08:00")
    return person.taps("Do this")


def test_who_wants_it_is_asked_again_every_day() -> None:
    person = with_a_plan()
    assert "begins by itself" in person.told[-1]
    assert owes(person.conversation, person.outbox) is not None

    person.waits(8 * 3600 + 1)
    assert person.sees("Which language?")
    person.taps("Cancel").waits(DAY)
    assert person.sees("Which language?")


def test_a_plan_outlives_restarts_and_what_was_missed_comes_once() -> None:
    person = with_a_plan()
    person.wakes_up().waits(5 * DAY)

    assert person.flow is not None
    (plan,) = person.conversation.flows.planned
    assert plan.at == NEW_YEAR + 5 * DAY + 8 * 3600


def test_a_flow_in_hand_is_not_taken_away() -> None:
    person = with_a_plan().starts("trip").waits(8 * 3600 + 1)

    assert person.flow is not None
    assert person.flow.name == "trip"
    assert person.keys == (("Language lesson",),)


def test_the_list_ends_a_plan() -> None:
    person = with_a_plan()
    person.lists()
    assert person.sees("A plan for your next trip")

    person.taps("No more").waits(2 * DAY)

    assert person.flow is None
    assert person.conversation.flows.planned == ()


def test_whoever_wants_to_be_forgotten_is_asked_no_more_and_their_forms_are_gone() -> None:
    person = with_a_plan().starts("bug").says("it is broken somehow").taps("A blemish")
    person.taps("Skip").taps("Skip").taps("Yes")
    assert person.conversation.flows.forms
    begun = person.conversation.flows.count

    person.hears(Chosen(wish=Wish.FORGET_SURE, about=0, person=person.person))

    assert person.conversation.flows.planned == ()
    assert person.conversation.flows.forms == ()
    assert person.starts("trip").conversation.flows.count == begun + 1, "old keys stay old"
