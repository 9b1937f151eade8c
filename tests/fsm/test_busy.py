"""What happens to a message that comes while an answer is being written."""

from __future__ import annotations

import pytest

from fsm.data import Rules
from fsm.effects import CancelGeneration, Finish, Generate, Say
from fsm.events import Chosen, Commanded, HeldAsked, Rested, RestShown
from fsm.outbox import Outbox
from fsm.preferences import Busy
from fsm.states import BUSY, State
from tests.fsm.talk import Talk


def busy(state: State, mode: str, rules: Rules | None = None) -> Talk:
    talk = Talk(rules)
    talk.hear(Commanded(name="busy", text=mode))
    assert talk.only(Say).key == f"busy-set-{mode}"
    return talk.in_state(state)


@pytest.mark.parametrize("state", BUSY)
def test_a_message_waits_where_messages_queue(state: State) -> None:
    talk = busy(state, "queue")
    talk.ask("next")
    assert talk.effects == ()
    assert [prompt.text for prompt in talk.conv.waiting] == ["next"]


def test_an_interruption_keeps_what_was_written_and_answers_next() -> None:
    talk = busy(State.STREAMING, "interrupt")

    talk.ask("next")

    assert talk.only(CancelGeneration).turn == 1
    assert talk.only(Finish).text == "ans"
    talk.wait(1)
    talk.hear(Rested(turn=1))
    generate = talk.only(Generate)
    assert [prompt.text for prompt in generate.prompts] == ["next"]
    assert [turn.answer for turn in generate.context] == ["ans"]


@pytest.mark.parametrize(
    ("state", "mode"), [*((state, "steer") for state in BUSY), (State.GENERATING, "interrupt")]
)
def test_steering_begins_again_with_both_in_the_same_place(state: State, mode: str) -> None:
    talk = busy(state, mode)

    talk.ask("next")

    assert talk.only(CancelGeneration).turn == 1
    assert talk.none(Finish)
    generate = talk.only(Generate)
    assert [prompt.text for prompt in generate.prompts] == ["question", "next"]
    assert generate.replaces == 1


@pytest.mark.parametrize("mode", list(Busy))
def test_an_answer_on_its_way_is_left_alone(mode: Busy) -> None:
    talk = busy(State.COOLING, mode.value)
    talk.ask("next")
    assert talk.effects == ()
    assert len(talk.conv.waiting) == 1


def test_without_a_name_the_modes_are_shown_and_can_be_pressed() -> None:
    talk = Talk()
    talk.hear(Commanded(name="busy", text="whatever", message=7))
    said = talk.only(Say)
    assert (said.key, said.reply_to) == ("busy-now-queue", 7)

    for button, mode in zip(said.buttons, Busy, strict=True):
        talk.hear(Chosen(wish=button.wish, about=0))
        assert talk.conv.preferences.busy is mode
        assert talk.only(Say).key == f"busy-set-{mode.value}"


def test_too_many_waiting_messages_are_left_out_and_the_person_is_told_once() -> None:
    talk = busy(State.STREAMING, "queue", Rules(most_waiting=3))
    told = []
    for _ in range(6):
        talk.ask("more")
        told += [effect.key for effect in talk.effects if isinstance(effect, Say)]
    assert (told, len(talk.conv.waiting)) == (["busy-many"], 3)

    talk.finish()
    talk.wait(1)
    talk.hear(Rested(turn=1))
    assert len(talk.only(Generate).prompts) == 3
    assert talk.conv.skipped == 0, "next time they are told again"


def test_a_button_that_has_nothing_to_show_any_more_says_so() -> None:
    talk = Talk()
    talk.outbox = Outbox()
    for event in (HeldAsked(language="zh-CN"), RestShown(answer=3, language="zh-CN")):
        talk.hear(event)
        assert (talk.only(Say).key, talk.only(Say).language) == ("button-old", "zh-CN")
        assert talk.only(Say).buttons == ()
