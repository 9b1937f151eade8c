"""The model contract on all four adapters; the remote ones against stand-ins on loopback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest

from service.models.gemini_sdk import GeminiSdk
from service.models.gemini_wire import GeminiWire
from service.models.offline import OfflineModel
from service.models.openai_compatible import OpenAICompatible
from service.texts import Texts
from tests.contracts.model import KEY, SCHEMA, Make, ModelContract, question, text_of
from tests.contracts.remote_model import RemoteContract
from tests.service.models.gemini_contract import GeminiContract
from tests.service.models.tool_loop import ToolLoop
from tests.stand_ins.gemini import GeminiStandIn
from tests.stand_ins.openai import OpenAIStandIn
from tests.stand_ins.server import StandIn

pytestmark = pytest.mark.anyio

MARKS = {
    "blocked": "[[blocked]]",
    "limited": "[[429:9:20]]",
    "down": "[[503]]",
    "empty": "[[empty]]",
    "interrupted": "[[cut:2]]",
    "slow": "[[chunks:50:5]]",
}


async def _making(kind: Any, server: StandIn, **usual: Any) -> AsyncIterator[Make]:
    made: list[Any] = []
    plain: list[Any] = []

    def make(**options: Any) -> Any:
        if plain and not options:
            return plain[0]
        settings = {"base_url": server.address, "draw": lambda low, high: low}
        made.append(kind(KEY, **(settings | usual | options)))
        if not options:
            plain.append(made[-1])
        return made[-1]

    yield make
    for model in made:
        await model.aclose()


class TestOffline(ModelContract):
    marks: ClassVar[dict[str, str]] = {
        "blocked": "!blocked",
        "limited": "!429",
        "down": "!down",
        "empty": "!empty",
        "interrupted": "!drop",
        "slow": "!slow",
    }

    @pytest.fixture
    def make(self) -> Make:
        return lambda: OfflineModel(Texts().say, pace=0)


class TestGeminiWire(GeminiContract, ToolLoop):
    marks = MARKS

    @pytest.fixture
    async def server(self) -> AsyncIterator[StandIn]:
        async with GeminiStandIn() as server:
            yield server

    @pytest.fixture
    async def make(self, server: StandIn) -> AsyncIterator[Make]:
        async for make in _making(GeminiWire, server):
            yield make


class TestGeminiSdk(GeminiContract, ToolLoop):
    marks = MARKS

    @pytest.fixture
    async def server(self) -> AsyncIterator[StandIn]:
        async with GeminiStandIn() as server:
            yield server

    @pytest.fixture
    async def make(self, server: StandIn) -> AsyncIterator[Make]:
        async for make in _making(GeminiSdk, server):
            yield make


class TestOpenAICompatible(RemoteContract, ToolLoop):
    marks = MARKS

    @pytest.fixture
    async def server(self) -> AsyncIterator[StandIn]:
        async with OpenAIStandIn() as server:
            yield server

    @pytest.fixture
    async def make(self, server: StandIn) -> AsyncIterator[Make]:
        async for make in _making(OpenAICompatible, server, model="some-model"):
            yield make

    async def test_an_answer_that_fills_in_a_card_is_held_to_its_schema(
        self, make: Make, server: StandIn
    ) -> None:
        await text_of(make(), question("a card", schema=SCHEMA))

        held = server.calls[0].body["response_format"]
        assert held["type"] == "json_schema"
        assert held["json_schema"]["strict"] is True
        assert held["json_schema"]["schema"] == json.loads(SCHEMA)
