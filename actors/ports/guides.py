"""The guided flows there are, as their authors keep them."""

from __future__ import annotations

from typing import Protocol

from fsm.content import Card
from fsm.effects import Render
from fsm.flow_events import Rendered


class Guides(Protocol):
    """Words the endings of flows, fills in their cards, and reads their files again."""

    async def word(self, effect: Render) -> Rendered:
        """Return the ending of a flow in words, with what is to be done with them.

        Raises:
            Exception: Whatever the author's template does wrong.

        """

    async def fill(self, card: Card, text: str) -> str:
        """Return *card* as the person reads it, filled in with what the model wrote.

        Raises:
            ValueError: It does not fit the card.
            Exception: Whatever the author's template does wrong.

        """

    async def reload(self) -> tuple[int, str]:
        """Put changed files into force; return how many flows changed, and what is wrong if any.

        When something is wrong, nothing has changed.
        """
