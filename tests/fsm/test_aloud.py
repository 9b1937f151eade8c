"""Answers read aloud: chosen, owed, begun again once, stopped."""

from __future__ import annotations

import pytest

from fsm.conversation import NOW, owes
from fsm.effects import CancelSpeech, LetGo, Say, Speak
from fsm.events import Commanded, Left, Reset, Rested, Stopped
from fsm.media import Media, MediaKind
from fsm.states import State
from fsm.usage import Spending
from fsm.voice import Spoken
from tests.fsm.talk import Talk

VOICE = Media(kind=MediaKind.VOICE, ref="made:1", mime="audio/ogg")


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    talk.hear(Commanded(name="voice", text="on"))
    assert talk.only(Say).key == "voice-on"
    talk.ask("hi", language="de", person="telegram.42")
    talk.finish("Hello there.")
    return talk


def test_an_answer_is_read_aloud_and_its_recording_sent(talk: Talk) -> None:
    wanted = talk.only(Speak)
    assert (wanted.turn, wanted.attempt, wanted.text) == (1, 1, "Hello there.")
    assert wanted.person == "telegram.42"
    talk.wait(5)
    talk.hear(Rested(turn=1))
    assert talk.conv.state is State.IDLE
    assert owes(talk.conv, talk.outbox) == NOW

    spent = Spending(calls=1, output=5, cost=7)
    talk.hear(Spoken(turn=1, media=VOICE, spent=spent))

    said = talk.only(Say)
    assert (said.key, said.media, said.reply_to, said.language) == ("", (VOICE,), 1, "de")
    assert talk.conv.aloud == ()
    assert owes(talk.conv, talk.outbox) is None
    assert talk.conv.usage.total == spent


@pytest.mark.parametrize("wish", [None, Commanded(name="voice", text="off")])
def test_without_the_wish_nothing_is_read(wish: Commanded | None) -> None:
    talk = Talk()
    if wish is not None:
        talk.hear(Commanded(name="voice", text="on"))
        talk.hear(wish)
    talk.ask("hi")
    talk.finish()

    assert talk.none(Speak)


def test_a_life_that_ended_meanwhile_is_made_up_for_once(talk: Talk) -> None:
    talk.restart()
    assert talk.only(Speak).attempt == 2

    talk.restart()
    assert talk.none(Speak)
    assert talk.conv.aloud == ()


def test_a_stop_ends_the_reading_and_what_comes_of_it_is_let_go_of(talk: Talk) -> None:
    talk.wait(5)
    talk.hear(Stopped())
    assert talk.only(CancelSpeech)
    assert talk.none(Say)

    talk.hear(Spoken(turn=1, media=VOICE))
    assert talk.only(LetGo).media == (VOICE,)
    assert talk.none(Say)


def test_a_stop_of_another_turn_does_not(talk: Talk) -> None:
    talk.hear(Stopped(turn=1))

    assert talk.none(CancelSpeech)
    assert talk.conv.aloud


@pytest.mark.parametrize("event", [Left(), Reset()])
def test_nothing_is_read_to_nobody(talk: Talk, event: Left | Reset) -> None:
    talk.hear(event)

    assert talk.conv.aloud == ()


def test_a_failure_is_one_sentence(talk: Talk) -> None:
    talk.hear(Spoken(turn=1, note="voice-failed"))

    assert (talk.only(Say).key, talk.only(Say).media) == ("voice-failed", ())
