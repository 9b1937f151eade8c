"""The same question twice in a row."""

from __future__ import annotations

from typing import Any

import pytest

from fsm.content import Media, MediaKind
from fsm.data import Rules
from fsm.effects import Finish, Generate, Wish
from fsm.events import Commanded, Emptied, Retried
from fsm.sources import Source
from fsm.states import State
from tests.fsm.talk import Talk

SOURCES = (Source(start=0, end=1, title="t", uri="https://example.org"),)


def answered(talk: Talk, question: str = "why?", **more: Any) -> None:
    talk.ask(question)
    talk.finish("because", **more)
    rest(talk)


def rest(talk: Talk) -> None:
    talk.wait(1.0)
    talk.hear(Emptied())


def test_it_gets_the_answer_it_has_marked_and_without_a_call() -> None:
    talk = Talk()
    answered(talk)

    for asked in ("Why? ", "why?"):
        talk.ask(asked)
        said = talk.only(Finish)
        assert talk.none(Generate)
        assert (said.text, said.note) == ("because", "note-repeated")
        assert talk.conv.state is State.COOLING
        rest(talk)
    assert talk.conv.state is State.IDLE
    assert len(talk.conv.memory) == 1

    button = said.buttons[0]
    assert button.wish is Wish.REGENERATE
    talk.hear(Retried(turn=button.about))
    assert talk.only(Generate).context == ()


def test_another_question_in_between_makes_it_a_new_one() -> None:
    talk = Talk()
    answered(talk)
    answered(talk, "and how?")

    talk.ask("why?")

    assert len(talk.only(Generate).context) == 2


def test_who_asks_twice_while_the_answer_is_written_costs_one_call() -> None:
    talk = Talk()
    talk.ask("why?")
    talk.ask("why?")
    talk.ask("why?")
    talk.finish("because")

    rest(talk)

    assert talk.none(Generate)
    assert talk.only(Finish).note == "note-repeated"


@pytest.mark.parametrize("ended", [{"truncated": True}, {"sources": SOURCES}])
def test_an_answer_that_is_partial_or_from_tools_is_not_told_again(ended: dict[str, Any]) -> None:
    talk = Talk()
    answered(talk, **ended)

    talk.ask("why?")

    assert talk.only(Generate)


@pytest.mark.parametrize(
    "order",
    [
        Commanded(name="instruction", text="in verse"),
        Commanded(name="remember", text="I like verse"),
    ],
)
def test_what_answers_depend_on_makes_it_a_new_question(order: Commanded) -> None:
    talk = Talk()
    answered(talk)
    talk.hear(order)

    talk.ask("why?")

    assert talk.only(Generate)


def test_after_a_restart_with_another_model_it_is_a_new_question() -> None:
    talk = Talk(Rules(answering="one"))
    answered(talk)

    talk.rules = Rules(answering="another")
    talk.ask("why?")

    assert talk.only(Generate)


def test_after_a_silence_it_is_a_new_question() -> None:
    talk = Talk()
    answered(talk)
    talk.wait(4000)

    talk.ask("why?")

    assert talk.only(Generate)


def test_another_picture_or_another_person_is_another_question() -> None:
    talk = Talk()
    picture = Media(kind=MediaKind.PICTURE, ref="r1", unique="u1")
    talk.ask("what is it?", media=(picture,))
    talk.finish("a cat")
    rest(talk)

    talk.ask("what is it?", media=(Media(kind=MediaKind.PICTURE, ref="r2", unique="u1"),))
    assert talk.none(Generate), "the same file has another handle in every message"
    rest(talk)
    talk.ask("what is it?", media=(Media(kind=MediaKind.PICTURE, ref="r3", unique="u2"),))
    assert talk.only(Generate)
    talk.finish("a dog")
    rest(talk)
    talk.ask("hi", author="Ann")
    talk.finish("hello Ann")
    rest(talk)
    talk.ask("hi", author="Bob")
    assert talk.only(Generate)


def test_an_operator_can_switch_it_off() -> None:
    talk = Talk(Rules(repeats=False))
    answered(talk)

    talk.ask("why?")

    assert talk.only(Generate)
