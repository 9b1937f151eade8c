"""Models that read aloud, against stand-ins on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from actors.ports import Done, MediaPiece, Request, UnavailableError, Usage
from fsm.content import Prompt
from service.models.gemini_request import Generation
from service.models.gemini_sdk import GeminiSdk
from service.models.gemini_wire import GeminiWire
from service.models.offline import OfflineModel
from service.models.openai_speech import OpenAISpeech
from service.texts import Texts
from tests.contracts.model import KEY, all_of
from tests.stand_ins.gemini import GeminiStandIn
from tests.stand_ins.openai import OpenAIStandIn
from tests.stand_ins.server import StandIn

pytestmark = pytest.mark.anyio

READS = replace(Generation.for_model("gemini-3.8-flash-tts"), voice="Puck")
GOOGLES = {"model": "gemini-3.8-flash-tts", "generation": READS}
REMOTE: dict[str, tuple[Any, type[StandIn], dict[str, Any]]] = {
    "wire": (GeminiWire, GeminiStandIn, GOOGLES),
    "sdk": (GeminiSdk, GeminiStandIn, GOOGLES),
    "openai": (OpenAISpeech, OpenAIStandIn, {"model": "tts", "voice": "alloy"}),
}


def to_read(words: str) -> Request:
    prompt = Prompt(text=words, instruction="speak")
    return Request(chat="c/speech", turn=1, attempt=1, prompts=(prompt,))


@pytest.fixture(params=REMOTE)
async def remote(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Any, StandIn]]:
    kind, stand_in, options = REMOTE[request.param]
    async with (
        stand_in() as server,
        kind(KEY, base_url=server.address, draw=lambda low, high: low, **options) as model,
    ):
        yield model, server


async def test_words_become_sound(remote: tuple[Any, StandIn]) -> None:
    model, server = remote

    events = await all_of(model, to_read("Hello there."))

    pieces = [event for event in events if isinstance(event, MediaPiece)]
    assert pieces
    assert all(piece.mime.startswith("audio/") for piece in pieces)
    assert isinstance(events[-1], Done)
    assert any(event.output for event in events if isinstance(event, Usage))
    (call,) = server.calls
    assert call.text.endswith("Hello there.")


async def test_a_voice_is_asked_for_again_and_failures_are_ours(
    remote: tuple[Any, StandIn],
) -> None:
    model, server = remote

    await all_of(model, to_read("Once more. [[503:1]]"))
    assert len(server.calls) == 2
    with pytest.raises(UnavailableError):
        await all_of(model, to_read("Never. [[503]]"))


async def test_google_gets_the_voice_and_neither_instruction_nor_thinking() -> None:
    async with (
        GeminiStandIn() as server,
        GeminiWire(KEY, base_url=server.address, **GOOGLES) as model,  # type: ignore[arg-type]
    ):
        await all_of(model, to_read("Hello."))

        body = server.calls[0].body
        voice = body["generationConfig"]["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"]
        assert voice == {"voiceName": "Puck"}
        assert body.keys() == {"contents", "generationConfig"}


async def test_the_offline_model_hums() -> None:
    events = await all_of(OfflineModel(Texts().say, pace=0), to_read("Hello."))

    assert [event.mime for event in events if isinstance(event, MediaPiece)] == ["audio/wav"]
