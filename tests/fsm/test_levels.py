"""How long the model may think and how careful answers are is a choice of the chat."""

from __future__ import annotations

import pytest

from fsm.conversation import decide
from fsm.data import Conversation, Deaf, Rules
from fsm.effects import Say
from fsm.events import Commanded
from fsm.outbox import Outbox
from fsm.safety import in_force


@pytest.mark.parametrize(
    ("command", "words", "level", "said"),
    [
        ("think", ["high"], "high", "thinking-high"),
        ("think", ["高"], "high", "thinking-high"),
        ("think", ["Low", ""], "low", "thinking-is-low"),
        ("think", ["high", "usual"], "", "thinking-usual"),
        ("think", ["sideways"], "", "thinking-is-usual"),
        ("safety", ["strict"], "strict", "safety-strict"),
        ("safety", ["宽松", ""], "open", "safety-is-open"),
        ("safety", ["strict", "usual"], "", "safety-usual"),
    ],
)
def test_a_command_sets_or_tells(command: str, words: list[str], level: str, said: str) -> None:
    conv = Conversation()
    for word in words:
        event = Commanded(name=command, text=word)
        conv, effects = decide(conv, event, 0.0, Rules(), Outbox())

    chosen = {"think": conv.preferences.thinking, "safety": conv.preferences.safety}
    assert chosen[command] == level
    assert [each.key for each in effects if isinstance(each, Say)] == [said]


@pytest.mark.parametrize(
    ("deaf", "said", "names"),
    [
        (Deaf(), "safety-strict", "none"),
        (Deaf(names="b"), "safety-strict", "b"),
        (Deaf(names="a, b", everywhere=True), "level-nowhere", "a, b"),
    ],
)
def test_who_sets_what_a_model_does_not_know_is_told(deaf: Deaf, said: str, names: str) -> None:
    event, rules = Commanded(name="safety", text="strict"), Rules(deaf={"safety": deaf})
    conv, (say,) = decide(Conversation(), event, 0.0, rules, Outbox())

    assert isinstance(say, Say)
    assert (say.key, say.args) == (said, {"deaf": names})
    assert conv.preferences.safety == "strict", "another model may answer tomorrow"


@pytest.mark.parametrize(
    ("chosen", "private", "preset"),
    [
        ("", True, ""),
        ("open", True, "open"),
        ("strict", True, "strict"),
        ("", False, "careful"),
        ("open", False, "careful"),
        ("strict", False, "strict"),
    ],
)
def test_nobody_can_open_a_group_to_everything(chosen: str, private: bool, preset: str) -> None:
    assert in_force(chosen, private=private) == preset
