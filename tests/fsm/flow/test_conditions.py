"""What a condition looks at, the way that follows from it, and its picture."""

from __future__ import annotations

import pytest

from fsm.content import MediaKind
from fsm.flow.definition import pick
from fsm.flow.machine import mermaid
from service.flows.play import Play
from tests.fsm.flow.asking import guide, standing

SIZE = "id: size, kind: choice, text: Size, options: [{key: s, label: S}, {key: l, label: L}]"
EXTRAS = (
    "id: extras, kind: choices, text: Extras, "
    "options: [{key: milk, label: Milk}, {key: ice, label: Ice}, {key: rum, label: Rum}]"
)
NAME = "id: name, kind: text, text: Name"
TOLD = "id: told, kind: text, text: Told, optional: true"
FILES = "id: files, kind: media, text: Files, accepts: [picture], optional: true"


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        ("{equals: {size: l}}", True),
        ("{in: {size: [s, l]}}", True),
        ("{has: name}", True),
        ("{has: told}", False),
        ("{has: files}", True),
        ("{has: {extras: [milk]}}", True),
        ("{has: {extras: [rum]}}", False),
        ("{gt: {extras: 1}}", True),
        ("{gt: {extras: 2}}", False),
        ("{gt: {files: 0}}", True),
        ("{gt: {name: 0}}", False),
        ("{and: [{has: name}, {equals: {size: l}}]}", True),
        ("{and: [{has: name}, {has: told}]}", False),
        ("{or: [{has: told}, {equals: {size: l}}]}", True),
        ("{or: [{has: told}, {equals: {size: s}}]}", False),
        ("{not: {has: told}}", True),
        ("{not: {has: name}}", False),
    ],
)
def test_a_question_is_asked_when_its_condition_holds(when: str, asked: bool) -> None:
    last = f"id: last, kind: text, text: And this, when: {when}"
    person = Play(guide(SIZE, EXTRAS, NAME, TOLD, FILES, last)).starts("x")
    person.taps("L").taps("Milk").taps("Ice").taps("Done").says("Ann").taps("Skip")

    person.sends(MediaKind.PICTURE, "a").taps("Done")

    assert person.sees("And this") is asked
    assert (person.flow is None) is not asked


def test_questions_that_pass_each_other_on_for_ever_end_the_guide() -> None:
    never = "{equals: {name: never}}"
    first = f"id: one, kind: text, text: One, when: {never}, next: two"
    branch = "goto: [{when: {has: one}, to: end}]"
    second = f"id: two, kind: text, text: Two, when: {never}, next: one"
    person = Play(guide(NAME, f"{first}, {branch}", second)).starts("x")
    assert person.sees("1 / 1")

    person.says("Ann")

    assert person.sees("done")
    assert person.flow is None


def test_a_guide_without_a_question_for_somebody_is_done_at_once() -> None:
    person = Play(guide(f"{NAME}, when: {{has: name}}")).starts("x")

    assert person.sees("done")
    assert person.flow is None
    assert [form.given for form in person.conversation.flows.forms] == [()]


def test_a_way_that_leads_back_is_counted_once() -> None:
    again = "id: more, kind: text, text: More, goto: [{when: {equals: {more: once}}, to: size}]"
    person = Play(guide(SIZE, again)).starts("x").taps("S")
    assert person.sees("2 / 2")

    person.says("once")

    assert person.sees("3 / 4")
    assert standing(person).step == "size"


def test_a_picture_says_why_each_way_is_taken() -> None:
    when = "{and: [{has: name}, {or: [{gt: {extras: 1}}, {not: {in: {size: [s, l]}}}]}]}"
    branch = f"goto: [{{when: {when}, to: end}}]"
    told = f"{TOLD}, when: {{has: {{extras: [rum]}}}}, {branch}"
    ((definition),) = guide(SIZE, EXTRAS, NAME, told, FILES).values()

    drawn = mermaid(definition)
    assert drawn.splitlines()[-6:] == [
        "    extras --> name",
        "    name --> told",
        "    told --> [*]: has name and extras > 1 or not size = s | l",
        "    told --> files: else",
        "    told --> files: passed over",
        "    files --> [*]",
    ]
    assert mermaid(definition, live="told") == (
        f"{drawn}\n    classDef live fill:#2e7d32,color:#fff\n    class told live"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Hallo"), ("de-CH", "Hallo"), ("zh-TW", "你好"), ("fr", "Hello"), ("", "Hello")],
)
def test_a_sentence_is_said_in_the_language_or_its_nearest(language: str, said: str) -> None:
    assert pick({"de": "Hallo", "en": "Hello", "zh-CN": "你好"}, language) == said
