"""Speech from a server that speaks OpenAI's language, as Opus in OGG: a voice message already."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from typing import Final

from actors.ports import Done, EmptyAnswerError, MediaPiece, ModelEvent, Request, Usage
from service.models.openai_client import OpenAIAdapter
from service.models.openai_reading import failure
from service.models.tries import PATIENCE, Deadlines, Draw, Patience
from service.models.variation import AgainError, Variation

DEADLINES: Final = Deadlines(first=60.0)


class OpenAISpeech(OpenAIAdapter["_Reading"]):
    """One model that reads aloud what it is told."""

    def __init__(
        self,
        key: str,
        *,
        model: str,
        voice: str,
        base_url: str,
        deadlines: Deadlines = DEADLINES,
        patience: Patience = PATIENCE,
        draw: Draw = random.uniform,
    ) -> None:
        super().__init__(
            key, model=model, base_url=base_url, deadlines=deadlines, patience=patience, draw=draw
        )
        self._voice = voice

    def _reading(self) -> _Reading:
        return _Reading(self.name)

    async def _try(
        self, request: Request, variation: Variation, reading: _Reading, ends_at: float
    ) -> AsyncGenerator[list[ModelEvent], None]:
        del variation  # there is nothing to vary
        await self.ready()
        words = "\n".join(prompt.text for prompt in request.prompts)
        try:
            async with asyncio.timeout_at(ends_at):
                sound = await self._client.audio.speech.create(
                    model=self.name, voice=self._voice, input=words, response_format="opus"
                )
                data = await sound.aread()
        except Exception as error:
            raise failure(self.name, error) from error
        yield reading.take(data, len(words))


class _Reading:
    """What has come of one try."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._usage = Usage()
        self.said = False

    def take(self, data: bytes, characters: int) -> list[ModelEvent]:
        """Return the sound; what was read is all that there is to count."""
        self._usage = Usage(prompt=characters // 4, output=characters // 4)
        self.said = bool(data)
        return [MediaPiece("audio/ogg", data)] if data else []

    def conclude(self) -> list[ModelEvent]:
        """Return the last events."""
        if not self.said:
            raise AgainError("pause", EmptyAnswerError(self._provider, "sent no sound"))
        return [self._usage, Done(model=self._provider)]
