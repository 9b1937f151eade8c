"""Which models answer: the chain that the settings ask for, and the offline model without any."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from actors.ports import Model
from service.settings import Settings
from service.texts import Texts


@asynccontextmanager
async def opened_model(settings: Settings, texts: Texts) -> AsyncIterator[Model]:
    """Open the model that answers, for as long as the block lasts.

    Gemini first, then an OpenAI-compatible provider as its fallback; without a key of either
    the offline model, which is labelled as such and never answers where a provider is set.
    """
    async with AsyncExitStack() as stack:
        chain: list[Model] = []
        if settings.gemini_api_key.get_secret_value():
            chain.append(await stack.enter_async_context(_gemini(settings)))
        if not chain:
            from service.models.offline import OfflineModel

            yield OfflineModel(texts.say, pace=settings.offline_pace)
            return
        yield chain[0]


def _gemini(settings: Settings):  # type: ignore[no-untyped-def]
    from service.models.gemini_wire import GeminiWire

    return GeminiWire(
        settings.gemini_api_key.get_secret_value(),
        model=settings.gemini_model,
        base_url=settings.gemini_base_url,
        api_version=settings.gemini_api_version,
    )
