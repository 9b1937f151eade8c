"""Answers that fill in a card: the model writes an object, the person gets it in words.

Until it is whole there is nothing to see. What does not fit is a broken stream: the rules ask
once more, and then offer to try again.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from actors.ports import (
    Citation,
    Done,
    Guides,
    InterruptedStreamError,
    Model,
    ModelEvent,
    Request,
    Signed,
    TextDelta,
)
from fsm.content import Card


def card_of(request: Request) -> Card | None:
    """Return the card that *request* is about; none when other questions wait with it."""
    return request.prompts[0].card if len(request.prompts) == 1 else None


def for_card(request: Request, card: Card) -> Request:
    """Return *request* as it is asked when its answer fills in *card*."""
    return replace(request, schema=card.schema, tools=(), at_provider="")


class Filler:
    """A model whose answer is *card*, filled in."""

    def __init__(self, model: Model, card: Card, guides: Guides) -> None:
        self.name = model.name
        self._model = model
        self._card = card
        self._guides = guides

    async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        """Yield the card in one piece; see `actors.ports.Model`."""
        written = ""
        async with aclosing(self._model.answer(request)) as stream:
            async for piece in stream:
                match piece:
                    case TextDelta(text=text):
                        written += text
                    case Signed() | Citation():
                        pass  # they point into a text that nobody sees
                    case Done():
                        yield TextDelta(await self._filled(written))
                        yield piece
                    case _:
                        yield piece

    async def _filled(self, written: str) -> str:
        try:
            return await self._guides.fill(self._card, written)
        except Exception as error:  # an author's template may do anything wrong
            what = f"wrote what does not fit the card ({type(error).__name__})"
            raise InterruptedStreamError(self.name, what) from None
