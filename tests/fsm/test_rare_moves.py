"""What rarely happens to a conversation, and has its place in the rules all the same."""

from __future__ import annotations

import pytest

from fsm.commands import obey
from fsm.effects import CancelGeneration, Say, Wish
from fsm.events import Chosen, Commanded, HeldAsked, Stopped
from fsm.outbox import Answer, Outbox, Part, PartState
from fsm.preferences import spoken
from fsm.states import State
from fsm.withholding import withhold
from tests.fsm.talk import Talk


def test_a_stop_of_an_answer_that_is_complete_and_delivered_says_nothing() -> None:
    talk = Talk().in_state(State.COOLING)

    assert talk.hear(Stopped(turn=talk.conv.turn)) == ()
    assert talk.conv.state is State.COOLING


def test_prompts_taken_back_from_a_stop_wait_for_the_answer_that_is_running() -> None:
    talk = Talk().in_state(State.STREAMING)
    talk.ask("second")
    talk.hear(Stopped())
    talk.ask("third")
    talk.hear(HeldAsked())

    assert talk.effects == ()
    assert [prompt.text for prompt in talk.conv.waiting] == ["third", "second"]


def test_a_piece_that_is_no_longer_than_what_is_there_changes_nothing() -> None:
    talk = Talk().in_state(State.STREAMING)
    before = talk.conv

    assert talk.grow("an") == ()
    assert talk.conv is before


def test_what_is_on_its_way_is_not_withheld() -> None:
    sending = Answer(id=1, turn=1, parts=(Part(body=b"a", state=PartState.SENDING),))
    outbox = Outbox(answers=(sending,), next_id=2)

    assert withhold(outbox) == (outbox, 0)


@pytest.mark.parametrize(
    ("language", "said"), [("de", "Hallo"), ("de-AT", "Hallo"), ("fr", "Hello"), ("en", "Hello")]
)
def test_words_are_spoken_in_the_language_or_its_nearest(language: str, said: str) -> None:
    assert spoken({"en": "Hello", "de-DE": "Hallo"}, language) == said


def test_a_command_or_a_button_that_nobody_obeys_is_a_bug_of_ours() -> None:
    talk = Talk()

    with pytest.raises(ValueError, match="no command 'dance'"):
        obey(talk.conv, Commanded(name="dance"), 0.0, talk.rules)
    with pytest.raises(ValueError, match="no button"):
        obey(talk.conv, Chosen(wish=Wish.STOP, about=1), 0.0, talk.rules)


def test_forgetting_everything_ends_a_running_answer_too() -> None:
    talk = Talk().in_state(State.STREAMING)
    turn = talk.conv.turn
    talk.hear(Chosen(wish=Wish.FORGET_ALL, about=0))
    assert talk.only(Say).key == "forget-sure"

    talk.hear(Chosen(wish=Wish.FORGET_SURE, about=0))
    assert talk.only(CancelGeneration).turn == turn
    assert (talk.conv.state, talk.conv.turn) == (State.IDLE, turn)


def test_a_fact_that_was_taken_back_already_stays_so() -> None:
    talk = Talk()
    talk.hear(Commanded(name="remember", text="no nuts"))
    number = talk.conv.facts[0].number
    talk.hear(Chosen(wish=Wish.FORGET, about=number))
    talk.hear(Chosen(wish=Wish.FORGET, about=number))

    assert talk.only(Say).key == "forgotten-already"


def test_nothing_is_not_remembered() -> None:
    talk = Talk()
    talk.hear(Commanded(name="remember", text="  "))

    assert (talk.only(Say).key, talk.conv.facts) == ("remember-what", ())


def test_a_talk_is_not_joined_while_an_answer_is_written() -> None:
    talk = Talk().in_state(State.STREAMING)
    talk.hear(Chosen(wish=Wish.JOIN, about=1))

    assert talk.only(Say).key == "busy"
