"""In a group each person's question gets an answer of its own, in the order of the questions."""

from __future__ import annotations

from fsm.content import Prompt
from fsm.effects import Generate, Say
from fsm.events import Edited, HeldAsked, Rested, Stopped
from fsm.states import State
from tests.fsm.talk import Talk


def asked_of(talk: Talk) -> list[str]:
    return [prompt.text for prompt in talk.only(Generate).prompts]


def says(talk: Talk, name: str, text: str, **more: object) -> None:
    talk.ask(text, author=name, person=f"telegram.{name}", **more)


def rests(talk: Talk) -> None:
    talk.finish("answer")
    talk.wait(1)
    talk.hear(Rested(turn=talk.conv.turn))


def test_what_waits_is_answered_person_by_person_in_order() -> None:
    talk = Talk()
    says(talk, "Ada", "a1")
    for name, text in (("Ben", "b1"), ("Ben", "b2"), ("Ada", "a2"), ("Cid", "c1")):
        says(talk, name, text)

    batches = []
    while talk.conv.waiting:
        rests(talk)
        batches.append((asked_of(talk), talk.only(Generate).prompts[-1].message))

    assert batches == [(["b1", "b2"], 3), (["a2"], 4), (["c1"], 5)]


def test_in_a_private_chat_all_of_it_is_one_turn() -> None:
    talk = Talk()
    for text in ("1", "2", "3"):
        talk.ask(text, person="telegram.1")
    rests(talk)
    assert asked_of(talk) == ["2", "3"]


def test_what_stop_held_back_is_answered_person_by_person_too() -> None:
    talk = Talk()
    says(talk, "Ada", "a1")
    says(talk, "Ben", "b1")
    says(talk, "Ada", "a2")
    talk.hear(Stopped())
    talk.wait(1)
    talk.hear(Rested(turn=talk.conv.turn))
    talk.hear(HeldAsked())
    assert asked_of(talk) == ["b1"]
    rests(talk)
    assert asked_of(talk) == ["a2"]


def test_words_of_somebody_else_are_no_part_of_an_album() -> None:
    talk = Talk()
    says(talk, "Ada", "look", album="x")
    assert talk.conv.state is State.COLLECTING
    says(talk, "Ben", "b1")
    assert asked_of(talk) == ["look"]
    rests(talk)
    assert asked_of(talk) == ["b1"]


def test_a_question_that_was_changed_meanwhile_is_answered_again_without_the_others() -> None:
    talk = Talk()
    says(talk, "Ada", "a1")
    says(talk, "Ben", "b1")
    talk.finish("answer")
    changed = Prompt(text="A1", message=1, author="Ada", person="telegram.Ada")
    talk.hear(Edited(prompt=changed))
    talk.wait(1)
    talk.hear(Rested(turn=1))
    assert asked_of(talk) == ["A1"]
    assert talk.only(Generate).replaces == 1
    rests(talk)
    assert asked_of(talk) == ["b1"]


def test_whoever_is_too_much_is_told_once_and_not_after_every_answer() -> None:
    talk = Talk()
    for number in range(talk.rules.most_waiting + 1):
        says(talk, f"P{number}", "hi")
    assert talk.none(Say)
    says(talk, "Late", "hi")
    assert talk.only(Say).key == "busy-many"
    rests(talk)
    says(talk, "Later", "hi")
    says(talk, "Latest", "hi")
    assert talk.none(Say)
