"""Nobody answers: a reminder, an end; and what comes too late or has nothing to end."""

from __future__ import annotations

from fsm.flow.steps import EXPIRES
from fsm.flow_events import FlowCancelled, FlowDue
from service.flows.play import Play
from tests.fsm.flow.asking import asked, guide, standing

MINUTE = 60.0


def test_a_question_is_asked_once_more_and_then_put_away() -> None:
    person = asked("kind: text, remind: 10 min, expire: 1 h").waits(9 * MINUTE).hears(FlowDue())
    assert not person.sees("I am still here")

    person.waits(MINUTE)
    assert person.sees("I am still here; shall we go on?")
    assert person.sees("What is it?")

    person.waits(49 * MINUTE).hears(FlowDue())
    assert person.flow is not None
    person.waits(MINUTE)
    assert person.sees("has waited long enough")
    assert person.flow is None


def test_an_answer_after_the_reminder_goes_on_as_ever() -> None:
    person = asked("kind: text, remind: 10 min").waits(10 * MINUTE).says("Lisbon")

    assert person.sees("Sure?")
    assert not person.sees("I am still here")
    assert standing(person).due == person.now + EXPIRES


def test_a_deadline_that_comes_when_nothing_is_asked_does_nothing() -> None:
    person = asked("kind: text").taps("Cancel")
    before = person.conversation

    assert person.hears(FlowDue()).conversation == before


def test_with_nothing_in_hand_there_is_nothing_to_cancel() -> None:
    person = Play(guide("id: it, kind: text, text: It")).hears(FlowCancelled())

    assert person.told == [
        "There is nothing to cancel just now; /flows shows what we can do together."
    ]
