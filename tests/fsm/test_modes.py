"""How a chat is answered: choosing a mode, giving an instruction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fsm.data import Rules
from fsm.effects import Say, Wish
from fsm.events import Chosen, Commanded, Reset
from fsm.preferences import Mode
from tests.fsm.talk import Talk

MODES = (
    Mode(key="usual", names={"en": "🙂 Assistant", "zh-CN": "🙂 助手"}),
    Mode(key="cook", names={"en": "🍳 Cook", "zh-CN": "🍳 厨师"}, abouts={"en": "recipes"}),
)


@pytest.fixture
def talk() -> Talk:
    return Talk(Rules(modes=MODES))


def test_the_picker_has_a_button_for_every_mode_in_the_language_of_the_person(talk: Talk) -> None:
    talk.hear(Commanded(name="mode", language="zh-hans"))

    said = talk.only(Say)
    assert said.key == "mode-choose"
    assert said.args == {"mode": "🙂 助手"}
    assert [button.label for button in said.buttons] == ["🙂 助手", "🍳 厨师"]


def test_a_pressed_mode_stays_after_a_reset(talk: Talk) -> None:
    talk.hear(Chosen(wish=Wish.MODE, about=MODES[1].number))

    assert talk.only(Say).args == {"mode": "🍳 Cook", "about": "recipes"}
    talk.hear(Reset())
    assert talk.conv.preferences.mode == "cook"


@pytest.mark.parametrize("name", ["cook", "Cook", "🍳 cook", "厨师", " COOK "])
def test_a_mode_can_be_named(talk: Talk, name: str) -> None:
    talk.hear(Commanded(name="mode", text=name))

    assert talk.conv.preferences.mode == "cook"


def test_an_unknown_name_changes_nothing(talk: Talk) -> None:
    talk.hear(Commanded(name="mode", text="pirate"))

    assert talk.only(Say).key == "mode-unknown"
    assert talk.conv.preferences.mode == ""


def test_a_button_of_a_mode_that_is_gone_says_so(talk: Talk) -> None:
    button = MODES[1].number
    talk.rules = replace(talk.rules, modes=MODES[:1])

    talk.hear(Chosen(wish=Wish.MODE, about=button))

    assert talk.only(Say).key == "mode-gone"


def test_an_instruction_is_kept_shown_and_taken_back(talk: Talk) -> None:
    talk.hear(Commanded(name="instruction", text="be brief"))
    assert talk.conv.preferences.instruction == "be brief"

    talk.hear(Commanded(name="instruction"))
    assert (talk.only(Say).key, talk.only(Say).args) == ("instruction-shown", {"text": "be brief"})

    talk.hear(Commanded(name="instruction", text="off"))
    assert talk.conv.preferences.instruction == ""


def test_an_instruction_cannot_be_a_book(talk: Talk) -> None:
    talk.hear(Commanded(name="instruction", text="x" * 2001))

    assert talk.only(Say).key == "instruction-long"
    assert talk.conv.preferences.instruction == ""


def test_help_says_how_the_chat_is_answered(talk: Talk) -> None:
    talk.hear(Commanded(name="help"))

    assert talk.only(Say).args == {"mode": "🙂 Assistant"}
