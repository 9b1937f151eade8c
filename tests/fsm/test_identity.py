"""Who the bot is in a chat: a name, a welcome, a picture."""

from __future__ import annotations

import pytest

from fsm.effects import Say
from fsm.events import Commanded, Reset
from fsm.media import Media, MediaKind
from tests.fsm.talk import Talk

FACE = Media(kind=MediaKind.PICTURE, ref="face", mime="image/jpeg")


@pytest.fixture
def talk() -> Talk:
    return Talk()


def said(talk: Talk, command: str, text: str = "", media: tuple[Media, ...] = ()) -> Say:
    talk.hear(Commanded(name=command, text=text, media=media))
    return talk.only(Say)


def test_without_a_choice_the_welcome_is_our_own(talk: Talk) -> None:
    assert (said(talk, "start").key, said(talk, "start").media) == ("welcome", ())


def test_a_name_is_said_in_the_welcome_and_outlives_a_reset(talk: Talk) -> None:
    assert said(talk, "name", " Max  the  Great ").args == {"name": "Max the Great"}
    talk.hear(Reset())

    assert said(talk, "start").key == "welcome-named"
    assert said(talk, "name").args == {"name": "Max the Great"}
    assert said(talk, "name", "off").key == "name-off"
    assert said(talk, "start").key == "welcome"
    assert said(talk, "name").key == "name-none"


def test_a_welcome_of_ones_own_comes_with_the_picture_that_was_chosen(talk: Talk) -> None:
    said(talk, "welcome", "Hello,\nfellow cooks!")
    assert said(talk, "avatar", media=(FACE,)).key == "avatar-on"

    for command in ("start", "welcome"):
        greeting = said(talk, command)
        assert greeting.args == {"text": "Hello,\nfellow cooks!"}
        assert greeting.media == (FACE,)
    assert said(talk, "avatar").media == (FACE,)

    said(talk, "avatar", "off")
    said(talk, "welcome", "off")
    assert (said(talk, "start").key, said(talk, "start").media) == ("welcome", ())


@pytest.mark.parametrize(
    ("command", "text", "key"),
    [
        ("name", "x" * 41, "name-long"),
        ("welcome", "x" * 901, "welcome-long"),
        ("avatar", "", "avatar-none"),
    ],
)
def test_what_does_not_fit_changes_nothing(talk: Talk, command: str, text: str, key: str) -> None:
    before = talk.conv

    assert said(talk, command, text).key == key
    assert talk.conv == before


def test_only_a_photo_can_be_the_picture(talk: Talk) -> None:
    voice = Media(kind=MediaKind.VOICE, ref="v")

    assert said(talk, "avatar", media=(voice,)).key == "avatar-none"
