"""Who pays: asked before a model is, told afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from fsm.usage import Spending, Usage

NOTHING: Final = Spending()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No money is left; *problem* is the key of the sentence that says whose."""

    problem: str
    args: Mapping[str, str] = field(default_factory=dict)


class Purse(Protocol):
    """What persons, chats and the whole service may spend, and have spent."""

    async def refusal(
        self, chat: Usage, person: str, unpaid: Spending = NOTHING, /
    ) -> Refusal | None:
        """Return why no model may be asked for *person* in a chat that used so much, or None.

        *unpaid* is what the answer in hand has taken: nobody has counted it yet.
        """

    def cost(self, model: str, used: Spending, /) -> int:
        """Return what *used* costs with *model* today, in millionths of a dollar."""

    def spend(self, person: str, spent: Spending, /) -> None:
        """Count *spent* for *person* (empty: nobody in particular) and for the whole service."""

    async def usage(self, person: str, /) -> Usage:
        """Return what *person* has used."""


class NoPurse:
    """Everything is free and nothing is counted."""

    async def refusal(
        self, _chat: Usage, _person: str, _unpaid: Spending = NOTHING
    ) -> Refusal | None:
        """Never refuse."""
        return None

    def cost(self, _model: str, _used: Spending) -> int:
        """Return nothing."""
        return 0

    def spend(self, _person: str, _spent: Spending) -> None:
        """Forget it."""

    async def usage(self, _person: str) -> Usage:
        """Return nothing."""
        return Usage()
