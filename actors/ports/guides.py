"""The guided flows there are, as their authors keep them."""

from __future__ import annotations

from typing import Protocol

from fsm.effects import Render


class Guides(Protocol):
    """Words the endings of flows, and reads their files again."""

    async def word(self, effect: Render) -> str:
        """Return the ending of a flow in words.

        Raises:
            Exception: Whatever the author's template does wrong.

        """

    async def reload(self) -> tuple[int, str]:
        """Put changed files into force; return how many flows changed, and what is wrong if any.

        When something is wrong, nothing has changed.
        """
