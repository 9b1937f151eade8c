"""Which models answer: the chain that the settings ask for, and the offline model without any."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from actors.ports import Model
from service.observe.watch import Watch
from service.settings import Settings
from service.settings_errors import CannotStartError
from service.texts import Texts

log = structlog.get_logger()


@asynccontextmanager
async def opened_model(settings: Settings, texts: Texts, watch: Watch) -> AsyncIterator[Model]:
    """Open the model that answers, for as long as the block lasts.

    Gemini first, then an OpenAI-compatible provider as its fallback; without a key of either
    the offline model, which is labelled as such and never answers where a provider is set.
    Adapters are imported here, because a copy of the service needs one or two of them.

    Raises:
        CannotStartError: A provider does not take its key, or does not know its model.

    """
    await _checked(settings)
    async with AsyncExitStack() as stack:
        chain: list[Model] = []
        if settings.gemini_api_key.get_secret_value():
            chain.append(_limited(watch.model(await _gemini(settings, stack)), settings, watch))
        if settings.openai_api_key.get_secret_value():
            chain.append(_limited(watch.model(await _openai(settings, stack)), settings, watch))
        if len(chain) > 1:
            from service.models.fallback import Fallback

            chained = Fallback(chain)
            watch.links = chained.links
            yield chained
        elif chain:
            yield chain[0]
        else:
            from service.models.offline import OfflineModel

            yield watch.model(OfflineModel(texts.say, pace=settings.offline_pace))


async def _checked(settings: Settings) -> None:
    """Ask each provider about its key and its model, all at once and for a moment only."""
    gemini, openai = (
        settings.gemini_api_key.get_secret_value(),
        settings.openai_api_key.get_secret_value(),
    )
    if not gemini and not openai:
        return
    from service.models.credentials import Verdict, ask_gemini, ask_openai

    questions = []
    if gemini:
        asked = ask_gemini(
            gemini,
            model=settings.gemini_model,
            base_url=settings.gemini_base_url,
            api_version=settings.gemini_api_version,
        )
        questions.append(("gemini", settings.gemini_model, asked))
    if openai:
        asked = ask_openai(openai, model=settings.openai_model, base_url=settings.openai_base_url)
        questions.append(("openai", settings.openai_model, asked))
    verdicts = await asyncio.gather(*(asked for _, _, asked in questions))
    for (provider, model, _), verdict in zip(questions, verdicts, strict=True):
        match verdict:
            case Verdict.WRONG_KEY:
                raise CannotStartError(f"problem-{provider}-key")
            case Verdict.NO_SUCH_MODEL:
                name = f"{provider.upper()}_MODEL"
                raise CannotStartError("problem-model-name", model=model, name=name)
            case Verdict.UNKNOWN:
                log.warning("the key and the model could not be checked", provider=provider)


@asynccontextmanager
async def opened_summarizer(settings: Settings, model: Model, watch: Watch) -> AsyncIterator[Model]:
    """Open what writes summaries: Google's cheap model, or *model* where there is no other.

    It is not asked about at start: when it cannot be had, the talk goes on without a summary.
    """
    async with AsyncExitStack() as stack:
        if not settings.gemini_api_key.get_secret_value() or not settings.summary_model:
            yield model
        else:
            cheap = settings.model_copy(update={"gemini_model": settings.summary_model})
            yield _limited(await _gemini(cheap, stack), settings, watch)


@asynccontextmanager
async def opened_artist(settings: Settings, model: Model, watch: Watch) -> AsyncIterator[Model]:
    """Open what draws: Google's model, the other provider's behind it, or *model* without either.

    It is not asked about at start: who wants a picture is told when there is none to be had.
    """
    async with AsyncExitStack() as stack:
        chain: list[Model] = []
        if settings.gemini_api_key.get_secret_value() and settings.image_model:
            draws = settings.model_copy(update={"gemini_model": settings.image_model})
            chain.append(_limited(watch.model(await _gemini(draws, stack)), settings, watch))
        if settings.openai_api_key.get_secret_value() and settings.openai_image_model:
            from service.models.openai_images import OpenAIImages

            key, base = settings.openai_api_key.get_secret_value(), settings.openai_base_url
            images = OpenAIImages(key, model=settings.openai_image_model, base_url=base)
            drawn = await stack.enter_async_context(images)
            chain.append(_limited(watch.model(drawn), settings, watch))
        if len(chain) > 1:
            from service.models.fallback import Fallback

            yield Fallback(chain)
        else:
            yield chain[0] if chain else model


def _limited(model: Model, settings: Settings, watch: Watch) -> Model:
    """Return *model* within what its provider allows, where that is known."""
    limit = settings.model_limits.get(model.name)
    if limit is None:
        return model
    from service.models.limited import Limited

    limited = Limited(
        model,
        per_minute=limit.per_minute,
        tokens_per_minute=limit.tokens_per_minute,
        at_once=limit.at_once,
    )
    watch.loads.append(limited.load)
    return limited


async def _gemini(settings: Settings, stack: AsyncExitStack) -> Model:
    key = settings.gemini_api_key.get_secret_value()
    if settings.gemini_stream == "sdk":
        from service.models.gemini_sdk import GeminiSdk

        return await stack.enter_async_context(
            GeminiSdk(
                key,
                model=settings.gemini_model,
                base_url=settings.gemini_base_url,
                api_version=settings.gemini_api_version,
            )
        )
    from service.models.gemini_wire import GeminiWire

    return await stack.enter_async_context(
        GeminiWire(
            key,
            model=settings.gemini_model,
            base_url=settings.gemini_base_url,
            api_version=settings.gemini_api_version,
        )
    )


async def _openai(settings: Settings, stack: AsyncExitStack) -> Model:
    from service.models.openai_compatible import OpenAICompatible

    return await stack.enter_async_context(
        OpenAICompatible(
            settings.openai_api_key.get_secret_value(),
            model=settings.openai_model,
            base_url=settings.openai_base_url,
        )
    )
