"""Every kind of question, answered with its keys."""

from __future__ import annotations

import pytest

from fsm.content import MediaKind
from fsm.flow.screen import Payload, read
from tests.fsm.flow.asking import answer, asked, standing

OPTIONS = "options: [{key: a, label: Ann}, {key: b, label: Bob}, {key: c, label: Cy}]"


def test_a_day_long_ago_is_found_by_its_year_and_its_month() -> None:
    person = asked("kind: date").taps("2027").taps("2027")
    assert person.sees("2016-2027")

    person.taps("‹").taps("2005").taps("May").taps("17")

    assert answer(person).value == "2005-05-17"


def test_a_calendar_offers_only_what_is_allowed() -> None:
    person = asked("kind: date, earliest: today+9, latest: 2027-02-03")
    assert person.keys[0][0] == "·", "there is no way to December"
    days = {each for row in person.keys[2:] for each in row if each.isdecimal()}
    assert days == set(map(str, range(10, 32)))

    person.taps("2027")
    assert person.keys[0] == ("·", "2027", "·")
    assert person.keys[1][2] == "·", "there is no way to March"

    person.taps("2027")
    assert {each for row in person.keys[1:] for each in row if each.isdecimal()} == {"2027"}

    person.taps("2027").taps("Feb").taps("3")
    assert answer(person).value == "2027-02-03"


def test_a_time_is_an_hour_and_then_its_minutes() -> None:
    person = asked("kind: time, minutes: 20").taps("17").taps("Hours").taps("18")
    assert person.keys[0] == ("18:00", "18:20", "18:40")

    person.taps("18:40")

    assert answer(person).value == "18:40"


def test_a_number_is_stepped_to_and_not_past_its_ends() -> None:
    person = asked("kind: number, least: 1, most: 2").taps("−").taps("+").taps("+")
    assert person.keys[0] == ("−", "2", "+")

    person.taps("Done")

    assert answer(person).value == "2"


def test_choices_are_as_many_as_wanted() -> None:
    person = asked(f"kind: choices, {OPTIONS}, least: 2, most: 2").taps("Ann").taps("Done")
    assert person.toast == "Please choose at least 2."

    person.taps("Bob").taps("Cy")
    assert person.toast == "You can choose 2 at most."
    assert standing(person).picked == ("a", "b")

    person.taps("✓ Ann").taps("Cy").taps("Done")
    assert answer(person).values == ("b", "c")


def test_files_are_as_many_as_wanted_and_can_be_taken_back() -> None:
    person = asked("kind: media, accepts: [picture], least: 2").sends(MediaKind.PICTURE, "a")
    person.taps("Done")
    assert person.toast == "Please send at least 2 first."

    person.taps("Remove them")
    assert standing(person).media == ()

    person.sends(MediaKind.PICTURE, "b", "c").taps("Done")
    assert [each.ref for each in answer(person).media] == ["b", "c"]


def test_an_album_that_fills_the_question_answers_it_and_its_stragglers_ask_nothing() -> None:
    person = asked("kind: media, accepts: [picture], most: 2")
    person.sends(MediaKind.PICTURE, "a", "b")
    assert person.sees("Sure?")
    before = person.flow

    person.says("", media=answer(person).media[:1], album="album 1")

    assert person.flow == before
    assert person.asked == []


@pytest.mark.parametrize(
    ("step", "act"),
    [
        (f"kind: choice, {OPTIONS}", "oz"),
        (f"kind: choice, {OPTIONS}", "+a"),
        (f"kind: choices, {OPTIONS}", "+z"),
        (f"kind: choices, {OPTIONS}", "oa"),
        ("kind: number, most: 5", "=6"),
        ("kind: number, least: 5", "=4"),
        ("kind: number", "=inf"),
        ("kind: date", "m2027-13"),
        ("kind: date", "y0"),
        ("kind: date", "d2027-02-30"),
        ("kind: date, earliest: today", "d1999-01-01"),
        ("kind: time", "h24"),
        ("kind: time", "t18:60"),
        ("kind: media, accepts: [picture]", "yes"),
        ("kind: confirm", "no"),
        ("kind: info", "yes"),
        ("kind: text", "done"),
        ("kind: text", "skip"),
        ("kind: text", "back"),
    ],
)
def test_a_key_that_no_question_has_does_nothing(step: str, act: str) -> None:
    person = asked(step)
    before = person.conversation

    person.presses(f"f:{person.screen.number}:{person.screen.view}:it:{act}")

    assert person.conversation == before
    assert person.sees("What is it?")


@pytest.mark.parametrize("data", ["", "f:1:2:it", "f:1:2:it:", "g:1:2:it:yes", "f:one:2:it:yes"])
def test_what_no_key_of_ours_carries_is_none(data: str) -> None:
    assert read(data) is None
    assert read("f:1:2:it:t18:30") == Payload(1, 2, "it", "t18:30")
