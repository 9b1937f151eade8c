"""Answers in people's own words: days that everybody means alike, and what a model reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fsm.content import Prompt
from fsm.flow.calendar import day
from fsm.flow_events import Understood
from service.flows import FlowsError, Library, parsed
from service.flows.play import Play
from snapshots.codec import Codec, Schema

FLOWS = Library().flows
TODAY = date(2026, 11, 26)  # a Thursday


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("tomorrow", "2026-11-27"),
        ("Friday", "2026-11-27"),
        ("thursday", "2026-12-03"),
        ("next friday", "2026-12-04"),
        ("next Thursday.", "2026-12-03"),
        ("in two weeks", "2026-12-10"),
        ("in 3 days", "2026-11-29"),
        ("明天", "2026-11-27"),
        ("周五", "2026-11-27"),
        ("下周五", "2026-12-04"),
        ("下星期天", "2026-12-06"),
        ("3天后", "2026-11-29"),
    ],
)
def test_common_words_for_a_day_need_no_model(words: str, meant: str) -> None:
    assert day(words, TODAY) == date.fromisoformat(meant)


@pytest.mark.parametrize("words", ["t", "next", "soon", "s", "sat down", "下周"])
def test_other_words_are_no_day(words: str) -> None:
    assert day(words, TODAY) is None


def leaving() -> Play:
    return Play(FLOWS).starts("trip").says("Lisbon")


def test_what_a_model_reads_in_the_words_is_the_answer() -> None:
    person = leaving()
    person.reads = {"the last Saturday in March": "2027-03-27"}

    person.says("the last Saturday in March")

    assert person.flow is not None
    assert person.flow.given[-1].value == "2027-03-27"
    assert person.sees("How many days?")


def test_words_that_are_no_answer_are_a_question_for_the_model() -> None:
    person = leaving().says("what is the weather like there in May?")

    ((asked,),) = person.asked
    assert asked.text.startswith("what is the weather")
    assert person.flow is not None
    assert person.flow.step == "leaving"


def test_what_is_read_has_to_be_allowed_like_anything_typed() -> None:
    person = leaving()
    person.reads = {"long ago": "1999-01-01"}

    assert person.says("long ago").sees("Please choose a day from")


def test_words_that_were_being_read_at_a_kill_are_read_again() -> None:
    person = leaving()
    flow = person.flow
    assert flow is not None
    unread = Prompt(text="when the cherries bloom", person=person.person, at=person.now)
    conversation = person.conversation
    codec = Codec({"chat": Schema(value=type(conversation))})
    waiting = replace(conversation.flows, current=replace(flow, reading=unread))
    packed = codec.pack(replace(conversation, flows=waiting))
    person.conversation = codec.unpack("chat/1", 1, packed)
    person.reads = {"when the cherries bloom": "2027-04-05"}

    assert person.wakes_up().sees("How many days?")


def test_a_late_reading_changes_nothing() -> None:
    person = leaving()
    flow = person.flow
    assert flow is not None
    unread = Prompt(text="when the cherries bloom", person=person.person, at=person.now)
    waiting = replace(person.conversation.flows, current=replace(flow, reading=unread))
    person.conversation = replace(person.conversation, flows=waiting)

    person.hears(Understood(flow=1, view=flow.view - 1, value="2027-06-01"))

    assert person.flow is not None
    assert person.flow.step == "leaving"
    assert person.flow.reading == unread


def test_free_words_need_no_understanding() -> None:
    text = "flow: x\ntitle: X\nsteps: [{id: a, kind: text, text: A, understand: true}]\n"

    with pytest.raises(FlowsError, match="`understand` needs a `form`"):
        parsed(text + "ending: {kind: form}\n", "x.yaml")
