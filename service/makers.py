"""Which models draw and which read aloud: Google's, the other provider's, or the offline model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from actors.ports import Keep, Model
from actors.studio import Studio
from service.observe.watch import Watch
from service.providers import deadlines_of, limited, opened_gemini
from service.recorder import Recorder
from service.settings import Settings

if TYPE_CHECKING:
    from service.models.tries import Deadlines

MAKING: Final = 120.0
"""Seconds that a model may take to draw a picture or to read a text before its first piece."""


@asynccontextmanager
async def opened_studio(
    settings: Settings, model: Model, watch: Watch, keep: Keep
) -> AsyncIterator[Studio]:
    """Open what makes pictures and voices; *model* does both where there is no provider.

    Nobody is asked about at start: who wants a picture is told when there is none to be had.
    """
    async with AsyncExitStack() as stack:
        artists = await _artists(settings, stack)
        speakers = await _speakers(settings, stack)
        yield Studio(
            keep=keep,
            artist=_chained(settings, watch, artists, model),
            speaker=_chained(settings, watch, speakers, model),
            recorder=Recorder(),
            label="" if settings.model_name else "offline-voice",
        )


async def _artists(settings: Settings, stack: AsyncExitStack) -> list[Model]:
    found: list[Model] = []
    if settings.gemini_api_key.get_secret_value() and settings.image_model:
        draws = settings.model_copy(update={"gemini_model": settings.image_model})
        found.append(await opened_gemini(draws, stack, deadlines=_patient(settings)))
    if (key := settings.openai_api_key.get_secret_value()) and settings.openai_image_model:
        from service.models.openai_images import OpenAIImages

        name, base = settings.openai_image_model, settings.openai_base_url
        images = OpenAIImages(key, model=name, base_url=base)
        found.append(await stack.enter_async_context(images))
    return found


async def _speakers(settings: Settings, stack: AsyncExitStack) -> list[Model]:
    found: list[Model] = []
    if settings.gemini_api_key.get_secret_value() and settings.speech_model:
        from service.models.gemini_request import Generation

        reads = settings.model_copy(update={"gemini_model": settings.speech_model})
        manner = replace(Generation.for_model(settings.speech_model), voice=settings.speech_voice)
        found.append(await opened_gemini(reads, stack, manner, _patient(settings)))
    if (key := settings.openai_api_key.get_secret_value()) and settings.openai_speech_model:
        from service.models.openai_speech import OpenAISpeech

        name, voice = settings.openai_speech_model, settings.openai_speech_voice
        speech = OpenAISpeech(key, model=name, voice=voice, base_url=settings.openai_base_url)
        found.append(await stack.enter_async_context(speech))
    return found


def _patient(settings: Settings) -> Deadlines:
    """Return the deadlines of who says nothing until a picture or a sound is there."""
    usual = deadlines_of(settings)
    return replace(usual, first=max(usual.first, MAKING), silence=max(usual.silence, MAKING))


def _chained(settings: Settings, watch: Watch, models: Sequence[Model], otherwise: Model) -> Model:
    watched = [limited(watch.model(each, answers=False), settings, watch) for each in models]
    if len(watched) < 2:
        return watched[0] if watched else otherwise
    from service.models.fallback import Fallback

    chain = Fallback(watched)
    watch.links.append(chain.links)
    return chain
