"""Pictures from a server that speaks OpenAI's language: made anew, or from one that is sent along.

It says nothing until a picture is there, so its deadline for the first word is the one for all.
"""

from __future__ import annotations

import asyncio
import base64
import random
from collections.abc import AsyncGenerator
from typing import Any, Final

from actors.ports import (
    Done,
    EmptyAnswerError,
    FetchError,
    MediaPiece,
    ModelEvent,
    Request,
    Usage,
)
from fsm.content import Media, MediaKind
from service.models.media import mime_of
from service.models.openai_client import OpenAIAdapter
from service.models.openai_reading import failure
from service.models.tries import PATIENCE, Deadlines, Draw, Patience
from service.models.variation import AgainError, Variation

DEADLINES: Final = Deadlines(first=120.0)
_FORMS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


class OpenAIImages(OpenAIAdapter["_Reading"]):
    """One model that draws."""

    def __init__(
        self,
        key: str,
        *,
        model: str,
        base_url: str,
        deadlines: Deadlines = DEADLINES,
        patience: Patience = PATIENCE,
        draw: Draw = random.uniform,
    ) -> None:
        super().__init__(
            key, model=model, base_url=base_url, deadlines=deadlines, patience=patience, draw=draw
        )

    def _reading(self) -> _Reading:
        return _Reading(self.name)

    async def _try(
        self, request: Request, variation: Variation, reading: _Reading, ends_at: float
    ) -> AsyncGenerator[list[ModelEvent], None]:
        del variation  # there is nothing to vary
        await self.ready()
        words = "\n".join(prompt.text for prompt in request.prompts if prompt.text)
        wanted: dict[str, Any] = {"model": self.name, "prompt": words, "n": 1}
        pictures = await _pictures(request)
        images = self._client.images
        try:
            async with asyncio.timeout_at(ends_at):
                if pictures:
                    made = await images.edit(image=pictures, **wanted)
                else:
                    made = await images.generate(**wanted)
        except Exception as error:
            raise failure(self.name, error) from error
        yield reading.take(made)


class _Reading:
    """What has come of one try."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._usage = Usage()
        self.said = False

    def take(self, made: Any) -> list[ModelEvent]:
        """Return the pictures in a reply."""
        if usage := made.usage:
            self._usage = Usage(prompt=usage.input_tokens or 0, output=usage.output_tokens or 0)
        mime = f"image/{made.output_format or 'png'}"
        pictures = [base64.b64decode(each.b64_json) for each in made.data or () if each.b64_json]
        self.said = bool(pictures)
        return [MediaPiece(mime, picture) for picture in pictures]

    def conclude(self) -> list[ModelEvent]:
        """Return the last events."""
        if not self.said:
            raise AgainError("vary", EmptyAnswerError(self._provider, "sent no picture"))
        return [self._usage, Done(model=self._provider)]


async def _pictures(request: Request) -> list[tuple[str, bytes, str]]:
    """Return the pictures of the wish as files; those that cannot be had are left out."""
    files = [each for prompt in request.prompts for each in prompt.media]
    found = [await _picture(media, request) for media in files]
    return [picture for picture in found if picture is not None]


async def _picture(media: Media, request: Request) -> tuple[str, bytes, str] | None:
    mime = mime_of(media)
    if media.kind is not MediaKind.PICTURE or mime not in _FORMS or request.fetch is None:
        return None
    try:
        return f"picture.{_FORMS[mime]}", await request.fetch(media), mime
    except FetchError:
        return None
