"""A changed value is a new one, equal to what the standard library would make."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from actors.chat import Chat
from fsm.content import Prompt
from fsm.data import Conversation
from fsm.outbox import Outbox, Part
from fsm.states import State
from fsm.values import replace


class Marked:
    """Of no slots, so that what is made of it has a dictionary, too."""


@dataclasses.dataclass(frozen=True)
class Frozen:
    __slots__ = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Third(Frozen):
    only: int


@dataclasses.dataclass(frozen=True, slots=True)
class Single:
    only: int


@dataclasses.dataclass(frozen=True, slots=True)
class Second(Marked):
    only: int


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (Conversation(turn=3), {"state": State.COOLING, "prompts": (Prompt(text="a"),)}),
        (Conversation(turn=3, plain=True), {}),
        (Chat(key="k"), {"outbox": Outbox(next_id=7)}),
        (Part(body=b"x"), {"message": 5}),
        (Single(1), {"only": 2}),
        (Second(1), {"only": 2}),
        (Third(1), {"only": 2}),
    ],
)
def test_it_is_what_the_standard_library_makes(value: Any, changes: dict[str, Any]) -> None:
    before = dataclasses.asdict(value)
    changed = replace(value, **changes)

    assert changed == dataclasses.replace(value, **changes)
    assert type(changed) is type(value)
    assert hash(changed) == hash(dataclasses.replace(value, **changes))
    assert changed is not value
    assert dataclasses.asdict(value) == before


def test_a_changed_value_is_as_frozen_as_any() -> None:
    changed = replace(Conversation(), turn=2)

    with pytest.raises(dataclasses.FrozenInstanceError):
        changed.turn = 3  # type: ignore[misc]


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="Conversation has no field 'mood'"):
        replace(Conversation(), mood="good")  # type: ignore[call-arg]
