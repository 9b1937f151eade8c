"""Every kind of question, answered in words: an answer, a hint, or a question for the model."""

from __future__ import annotations

import pytest

from fsm.content import MediaKind
from fsm.flow_events import Understood
from service.flows.play import Play
from tests.fsm.flow.asking import answer, asked, guide, standing

SIZES = "options: [{key: small, label: Small}, {key: large, label: Large}]"


@pytest.mark.parametrize(
    ("step", "words", "meant"),
    [
        ("kind: text, form: email", "ann@example.org", "ann@example.org"),
        ("kind: text, form: url", "https://example.org/a", "https://example.org/a"),
        ("kind: text, form: date", "24.12.2027", "2027-12-24"),
        ("kind: text, pattern: '[A-Z]{3}'", "LIS", "LIS"),
        ("kind: number", "1 000", "1000"),
        ("kind: number, whole: false", "2,50", "2.5"),
        (f"kind: choice, {SIZES}", "2", "large"),
        ("kind: time", "7", "07:00"),
        ("kind: time", "18:45", "18:45"),
        ("kind: location", "[Location: 52.5, 13.4]", "52.5, 13.4"),
        ("kind: location", "[Venue: A bar (52.5, 13.4)]", "52.5, 13.4"),
        ("kind: contact", "[Contact: Ann Lee, +49 30 123456]", "Ann Lee, +49 30 123456"),
        ("kind: contact", "+49 30 123456", "+49 30 123456"),
    ],
)
def test_words_that_answer_are_the_answer(step: str, words: str, meant: str) -> None:
    person = asked(step).says(words)

    assert answer(person).value == meant
    assert person.sees("Sure?")
    assert person.asked == []


@pytest.mark.parametrize(
    ("step", "words", "hint"),
    [
        ("kind: text, least: 3", "no", "at least 3 characters"),
        ("kind: text, most: 3", "long", "3 characters at most"),
        ("kind: text, form: email", "ann", "an e-mail address"),
        ("kind: text, form: url", "example", "begin with https://"),
        ("kind: text, form: date", "soon", "a day like 2026-12-24"),
        ("kind: text, pattern: '[A-Z]{3}'", "Lisbon", "the form that is needed"),
        ("kind: number", "many", "from -∞ to ∞"),
        ("kind: number, least: 1, most: 9", "10", "from 1 to 9"),
        ("kind: number", "2.5", "from -∞ to ∞"),
        ("kind: date, earliest: 2027-02-01", "2027-01-31", "from 2027-02-01"),
        ("kind: time", "25:00", "a time like 18:30"),
    ],
)
def test_what_is_nearly_an_answer_gets_a_hint(step: str, words: str, hint: str) -> None:
    person = asked(step).says(words)

    assert person.sees(hint)
    assert person.sees("What is it?")
    assert standing(person).given == ()
    assert person.asked == []


@pytest.mark.parametrize(
    "step",
    [
        "kind: number",
        f"kind: choice, {SIZES}",
        f"kind: choices, {SIZES}",
        "kind: date",
        "kind: time",
        "kind: location",
        "kind: contact",
        "kind: media, accepts: [picture]",
        "kind: confirm",
        "kind: info",
    ],
)
def test_other_words_are_a_question_and_the_guide_stays_where_it_is(step: str) -> None:
    person = asked(step)
    before = person.flow

    person.says("what is this for?")

    assert [prompt.text for (prompt,) in person.asked] == ["what is this for?"]
    assert person.flow == before


def test_a_file_of_another_kind_is_a_question_too() -> None:
    person = asked("kind: media, accepts: [picture]")
    before = person.flow

    person.sends(MediaKind.VOICE, "a")

    assert [each.ref for (prompt,) in person.asked for each in prompt.media] == ["a"]
    assert person.flow == before


def test_yes_goes_on_where_there_is_nothing_but_to_go_on() -> None:
    person = asked("kind: info").says("OK!")
    assert person.sees("Sure?")

    person.says("yes")

    assert person.sees("done")
    assert person.flow is None


def test_yes_and_no_decide_whether_there_is_one_more() -> None:
    dish = "id: dish, kind: text, text: 'Which dish?'"
    more = "id: more, kind: again, text: 'One more?', back_to: dish"
    person = Play(guide(dish, more, "id: sure, kind: confirm, text: 'Sure?'")).starts("x")

    person.says("soup").says("yes").says("fish").says("no")

    assert [(each.round, each.value) for each in standing(person).given] == [
        (0, "soup"),
        (1, "fish"),
    ]
    assert person.sees("Sure?")


# -- words that a model reads -----------------------------------------------------------------


def test_an_option_that_a_model_reads_is_chosen() -> None:
    person = asked(f"kind: choice, {SIZES}, understand: true")
    person.reads = {"as big as it gets": "large"}

    person.says("as big as it gets")

    assert answer(person).value == "large"


def test_where_a_model_reads_nothing_the_hint_is_that_of_the_words() -> None:
    person = asked("kind: text, form: date, understand: true").says("some time or other")

    assert person.sees("a day like 2026-12-24")
    assert standing(person).reading is None


def test_a_reading_that_comes_after_a_cancel_changes_nothing() -> None:
    person = asked("kind: date").taps("Cancel")
    before = person.conversation

    person.hears(Understood(flow=1, view=2, value="2027-06-01"))

    assert person.conversation == before
