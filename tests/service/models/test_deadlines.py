"""How long a model may take: what the settings say, and more for who draws or reads aloud."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import pytest

from actors.ports import UnavailableError
from service.makers import opened_studio
from service.observe.watch import Watch
from service.providers import opened_model
from service.settings import Settings
from service.texts import Texts
from tests.contracts.model import all_of, question
from tests.service.models.test_artists import wish
from tests.stand_ins.gemini import GeminiStandIn

pytestmark = pytest.mark.anyio


async def test_who_draws_or_reads_aloud_may_be_silent_longer_than_who_answers() -> None:
    keep: Any = None
    async with GeminiStandIn() as server, AsyncExitStack() as stack:
        settings = Settings(  # type: ignore[call-arg]
            _env_file=None,
            gemini_api_key="key",  # type: ignore[arg-type]
            gemini_base_url=server.address,
            model_first_seconds=0.3,
        )
        watch = Watch()
        model = await stack.enter_async_context(opened_model(settings, Texts(), watch))
        studio = await stack.enter_async_context(opened_studio(settings, model, watch, keep))

        with pytest.raises(UnavailableError):
            await all_of(model, question("[[first:700]]", patient=False))
        assert await all_of(studio.artist, wish("[[first:700]]"))
        assert await all_of(studio.speaker, question("[[first:700]]"))
