"""How long the model may think is a choice of the chat."""

from __future__ import annotations

import pytest

from fsm.conversation import decide
from fsm.data import Conversation, Rules
from fsm.effects import Say
from fsm.events import Commanded
from fsm.outbox import Outbox


@pytest.mark.parametrize(
    ("words", "level", "said"),
    [
        (["high"], "high", "thinking-high"),
        (["高"], "high", "thinking-high"),
        (["Low", ""], "low", "thinking-is-low"),
        (["high", "usual"], "", "thinking-usual"),
        (["sideways"], "", "thinking-is-usual"),
    ],
)
def test_a_command_sets_or_tells(words: list[str], level: str, said: str) -> None:
    conv = Conversation()
    for word in words:
        event = Commanded(name="think", text=word)
        conv, effects = decide(conv, event, 0.0, Rules(), Outbox())

    assert conv.preferences.thinking == level
    assert [each.key for each in effects if isinstance(each, Say)] == [said]
