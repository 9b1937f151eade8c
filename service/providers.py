"""Which models answer: the chain that the settings ask for, and the offline model without any."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import structlog

from actors.ports import Model
from service.observe.watch import Watch
from service.settings import Settings, variable
from service.settings_errors import CannotStartError
from service.texts import Texts

if TYPE_CHECKING:
    from service.models.adapter import Adapter
    from service.models.gemini_files import GeminiFiles
    from service.models.gemini_request import Generation
    from service.models.tries import Deadlines

log = structlog.get_logger()

SOON: Final = 2.0
"""Seconds after the start at which the models that stand in for others are made ready."""


@asynccontextmanager
async def opened_model(
    settings: Settings, texts: Texts, watch: Watch, files: GeminiFiles | None = None
) -> AsyncIterator[Model]:
    """Open the model that answers, for as long as the block lasts.

    Gemini first, then an OpenAI-compatible provider as its fallback; without a key of either
    the offline model, which is labelled as such and never answers where a provider is set.
    Adapters are imported here, because a copy of the service needs one or two of them.

    Raises:
        CannotStartError: A provider does not take its key, or does not know its model.

    """
    await _checked(settings)
    watch.models = settings.model_names
    async with AsyncExitStack() as stack:
        adapters: list[Adapter[Any]] = []
        if settings.gemini_api_key.get_secret_value():
            adapters.append(await opened_gemini(settings, stack, files=files))
        if settings.openai_api_key.get_secret_value():
            adapters.append(await _openai(settings, stack))
        for later in (_warm(adapters), _name_the_missing(settings)):
            stack.push_async_callback(_ended, asyncio.create_task(later))
        chain = [limited(watch.model(each), settings, watch) for each in adapters]
        if len(chain) > 1:
            from service.models.fallback import Fallback

            chained = Fallback(chain)
            watch.links.append(chained.links)
            yield chained
        elif chain:
            yield chain[0]
        else:
            from service.models.offline import OfflineModel

            yield watch.model(OfflineModel(texts.say, pace=settings.offline_pace))


def files_of(settings: Settings) -> GeminiFiles | None:
    """Return Google's store of files, to be closed like one, if Google is asked at all."""
    key = settings.gemini_api_key.get_secret_value()
    if not key:
        return None
    from service.models.gemini_files import GeminiFiles

    return GeminiFiles(
        key, base_url=settings.gemini_base_url, api_version=settings.gemini_api_version
    )


async def _warm(adapters: Sequence[Adapter[Any]]) -> None:
    """Get *adapters* ready before anybody waits for them: the first at once, its stand-ins soon.

    Their packages take a second to import. Whoever is to stand in must not take that second when
    it is needed, nor of the start.
    """
    for number, adapter in enumerate(adapters):
        if number:
            await asyncio.sleep(SOON)
        try:
            await adapter.ready()
        except ImportError as missing:
            log.error("a package is missing", provider=adapter.name, package=missing.name)
        else:
            log.debug("ready to be asked", provider=adapter.name)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _name_the_missing(settings: Settings) -> None:
    """Log which of Google's models that do not answer, but sum up, draw or read, are not there.

    Nothing waits for it: without them there are answers all the same.
    """
    if not (key := settings.gemini_api_key.get_secret_value()):
        return
    from service.models.credentials import Verdict, ask_gemini

    base, version = settings.gemini_base_url, settings.gemini_api_version
    for setting in ("summary_model", "image_model", "speech_model"):
        if model := getattr(settings, setting):
            verdict = await ask_gemini(key, model=model, base_url=base, api_version=version)
            if verdict is Verdict.NO_SUCH_MODEL:
                log.warning("there is no such model", model=model, setting=variable(setting))


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
async def opened_summarizer(
    settings: Settings, model: Model, watch: Watch, files: GeminiFiles | None = None
) -> AsyncIterator[Model]:
    """Open what writes summaries: Google's cheap model, or *model* where there is no other.

    It is not asked about at start: when it cannot be had, the talk goes on without a summary.
    """
    async with AsyncExitStack() as stack:
        if not settings.gemini_api_key.get_secret_value() or not settings.summary_model:
            yield model
        else:
            cheap = settings.model_copy(update={"gemini_model": settings.summary_model})
            yield limited(await opened_gemini(cheap, stack, files=files), settings, watch)


def limited(model: Model, settings: Settings, watch: Watch) -> Model:
    """Return *model* within what its provider allows, where that is known."""
    limit = settings.model_limits.get(model.name)
    if limit is None:
        return model
    from service.models.limited import Limited

    within = Limited(
        model,
        per_minute=limit.per_minute,
        tokens_per_minute=limit.tokens_per_minute,
        at_once=limit.at_once,
    )
    watch.loads.append(within.load)
    return within


def deadlines_of(settings: Settings) -> Deadlines:
    """Return how long a model may take."""
    from service.models.tries import Deadlines

    return Deadlines(
        first=settings.model_first_seconds,
        silence=settings.model_silence_seconds,
        total=settings.model_answer_seconds,
    )


async def opened_gemini(
    settings: Settings,
    stack: AsyncExitStack,
    generation: Generation | None = None,
    deadlines: Deadlines | None = None,
    files: GeminiFiles | None = None,
) -> Adapter[Any]:
    """Return Google's model of the settings, open as long as *stack*; *files* is its store."""
    from service.models.gemini_request import Generation

    deadlines = deadlines or deadlines_of(settings)
    generation = generation or Generation.for_model(settings.gemini_model)
    allowed = generation.googles & settings.gemini_tools
    generation = replace(generation, googles=allowed)
    key = settings.gemini_api_key.get_secret_value()
    if settings.gemini_stream == "sdk":
        from service.models.gemini_sdk import GeminiSdk

        return await stack.enter_async_context(
            GeminiSdk(
                key,
                model=settings.gemini_model,
                base_url=settings.gemini_base_url,
                api_version=settings.gemini_api_version,
                generation=generation,
                deadlines=deadlines,
                store=files,
            )
        )
    from service.models.gemini_wire import GeminiWire

    return await stack.enter_async_context(
        GeminiWire(
            key,
            model=settings.gemini_model,
            base_url=settings.gemini_base_url,
            api_version=settings.gemini_api_version,
            generation=generation,
            deadlines=deadlines,
            store=files,
        )
    )


async def _openai(settings: Settings, stack: AsyncExitStack) -> Adapter[Any]:
    from service.models.openai_compatible import OpenAICompatible

    return await stack.enter_async_context(
        OpenAICompatible(
            settings.openai_api_key.get_secret_value(),
            model=settings.openai_model,
            base_url=settings.openai_base_url,
            deadlines=deadlines_of(settings),
        )
    )
