"""Calls that wait for a person's consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fsm.steps import Call

MOST: Final = 5
"""Proposals that a chat keeps; an older one's button says that it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A call, as the model wants it; *id* is its number in the chat."""

    id: int
    call: Call
    turn: int
    person: str = ""
    """Who asked, and so who may consent."""
