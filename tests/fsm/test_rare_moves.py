"""What rarely happens to a conversation, and has its place in the rules all the same."""

from __future__ import annotations

import pytest

from fsm.commands import obey
from fsm.data import Rules
from fsm.effects import CancelGeneration, Finish, Generate, Say, Summarize, Wish
from fsm.events import Chosen, Commanded, Emptied, HeldAsked, PlainChosen, Stopped
from fsm.media import Media, MediaKind
from fsm.memory import Recall
from fsm.memory_events import Summarized
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

    assert withhold(outbox, 1) == (outbox, 0)


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


def test_nothing_that_is_remembered_is_shown_as_that() -> None:
    talk = Talk()
    talk.hear(Commanded(name="memory", message=7))
    said = talk.only(Say)
    assert (said.key, said.args, said.buttons) == ("memory-empty", {"count": "0"}, ())
    assert said.reply_to == 7

    talk.in_state(State.COOLING).hear(Commanded(name="memory"))

    said = talk.only(Say)
    assert (said.key, said.args) == ("memory-empty", {"count": "1"})
    assert [button.wish for button in said.buttons] == [Wish.FORGET_ALL]


@pytest.mark.parametrize(("order", "key"), [("on", "voice-on"), ("off", "voice-off")])
def test_the_bare_command_tells_whether_answers_are_read_aloud(order: str, key: str) -> None:
    talk = Talk()
    talk.hear(Commanded(name="voice", text=order))
    before = talk.conv

    talk.hear(Commanded(name="voice"))

    assert talk.only(Say).key == key
    assert talk.conv == before


def test_a_picture_is_not_given_again_in_plain_words() -> None:
    talk = Talk()
    talk.ask("a lighthouse")
    talk.finish("Here it is.", media=(Media(kind=MediaKind.PICTURE, ref="made:1"),))

    talk.hear(PlainChosen(turn=talk.conv.turn))

    assert talk.none(Finish)


def four_answers() -> Talk:
    """Return a talk whose older half is being summarized."""
    talk = Talk(Rules(recall=Recall(keep=2)))
    for question in ("one", "two", "three", "four"):
        talk.ask(question)
        talk.finish()
        wanted = talk.effects
        talk.wait(1)
        talk.hear(Emptied())
    assert [each.upto for each in wanted if isinstance(each, Summarize)] == [2]
    return talk


def test_while_one_summary_is_written_no_other_is_wanted() -> None:
    talk = four_answers()
    talk.ask("five")
    talk.finish()

    assert talk.none(Summarize)
    assert talk.conv.compacting == 2


def test_turns_that_are_summarized_are_not_told_as_well_while_they_leave() -> None:
    talk = four_answers()
    talk.hear(Summarized(upto=2, text="one and two"))
    assert [turn.number for turn in talk.conv.memory] == [1, 2, 3, 4]

    talk.ask("five")

    told = [prompt.text for turn in talk.only(Generate).context for prompt in turn.prompts]
    assert told == ["one and two", "three", "four"]
