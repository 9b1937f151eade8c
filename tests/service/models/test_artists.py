"""What every model that draws promises; the remote ones against stand-ins on loopback."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from actors.ports import (
    BlockedError,
    Done,
    EmptyAnswerError,
    FetchError,
    InterruptedStreamError,
    MediaPiece,
    ModelEvent,
    QuotaExhaustedError,
    Request,
    UnavailableError,
    Usage,
)
from fsm.content import Media, Prompt
from fsm.memory import Turn
from service.models.gemini_sdk import GeminiSdk
from service.models.gemini_wire import GeminiWire
from service.models.offline import OfflineModel
from service.models.offline_pictures import drawn
from service.models.openai_images import OpenAIImages
from service.texts import Texts
from tests.contracts.model import KEY, a_picture, all_of, said
from tests.service.models.tool_loop import Weather
from tests.stand_ins.gemini import GeminiStandIn
from tests.stand_ins.openai import OpenAIStandIn
from tests.stand_ins.server import StandIn
from tests.stand_ins.streaming import PIXEL

pytestmark = pytest.mark.anyio

REMOTE: dict[str, tuple[Any, type[StandIn]]] = {
    "wire": (GeminiWire, GeminiStandIn),
    "sdk": (GeminiSdk, GeminiStandIn),
    "openai": (OpenAIImages, OpenAIStandIn),
}
GEMINI = ("wire", "sdk")


async def fetch(media: Media) -> bytes:
    if media.ref == "gone":
        raise FetchError("expired")
    return PIXEL


def wish(words: str, *media: Media, **more: Any) -> Request:
    order = Prompt(text=words, instruction="image", media=media)
    whole: dict[str, Any] = {"chat": "c", "turn": 1, "attempt": 1, "fetch": fetch, **more}
    return Request(prompts=(order,), **whole)


def pictures(events: list[ModelEvent]) -> list[MediaPiece]:
    return [event for event in events if isinstance(event, MediaPiece)]


class Easel:
    """A model that draws, and the server behind it, if there is one."""

    def __init__(self, model: Any, server: StandIn | None) -> None:
        self.model = model
        self.server = server

    async def draw(self, request: Request) -> list[ModelEvent]:
        return await all_of(self.model, request)


async def opened(name: str) -> AsyncIterator[Easel]:
    if name == "offline":
        yield Easel(OfflineModel(Texts().say, pace=0), None)
        return
    kind, stand_in = REMOTE[name]
    async with stand_in() as server:
        options = {"base_url": server.address, "draw": lambda low, high: low}
        async with kind(KEY, model="gemini-some-image", **options) as model:
            yield Easel(model, server)


@pytest.fixture(params=[*REMOTE, "offline"])
async def easel(request: pytest.FixtureRequest) -> AsyncIterator[Easel]:
    async for easel in opened(request.param):
        yield easel


@pytest.fixture(params=REMOTE)
async def remote(request: pytest.FixtureRequest) -> AsyncIterator[Easel]:
    async for easel in opened(request.param):
        yield easel


@pytest.fixture(params=GEMINI)
async def gemini(request: pytest.FixtureRequest) -> AsyncIterator[Easel]:
    async for easel in opened(request.param):
        yield easel


async def test_a_wish_gets_a_picture_and_then_the_end(easel: Easel) -> None:
    events = await easel.draw(wish("a cat"))

    (piece,) = pictures(events)
    with Image.open(io.BytesIO(piece.data)) as image:
        assert image.format == "PNG"
    assert piece.mime == "image/png"
    assert isinstance(events[-1], Done)
    assert [event.output > 100 for event in events if isinstance(event, Usage)] == [True]


async def test_a_picture_that_comes_along_is_shown_to_who_draws(easel: Easel) -> None:
    events = await easel.draw(wish("now in grey", a_picture()))

    assert pictures(events)
    if easel.server is not None:
        assert [call.media for call in easel.server.calls] == [1]


async def test_a_picture_that_cannot_be_had_does_not_end_the_answer(easel: Easel) -> None:
    assert pictures(await easel.draw(wish("a cat", a_picture("gone"))))


async def test_who_draws_is_asked_again_while_it_is_down(remote: Easel) -> None:
    assert pictures(await remote.draw(wish("a cat [[503:2]]")))
    assert remote.server is not None
    assert len(remote.server.calls) == 3


async def test_what_can_go_wrong_is_told_in_our_words(remote: Easel) -> None:
    with pytest.raises(UnavailableError):
        await remote.draw(wish("a cat [[503]]"))
    with pytest.raises(BlockedError):
        await remote.draw(wish("something bad [[blocked]]"))
    with pytest.raises(QuotaExhaustedError):
        await remote.draw(wish("a cat [[quota]]"))
    with pytest.raises(EmptyAnswerError):
        await remote.draw(wish("a cat [[empty]]"))


async def test_a_broken_line_is_an_interruption(gemini: Easel) -> None:
    with pytest.raises(InterruptedStreamError):
        await gemini.draw(wish("a cat [[cut:1]]"))


async def test_words_without_a_picture_are_an_answer(gemini: Easel) -> None:
    events = await gemini.draw(wish("explain yourself [[wordy]]"))

    assert not pictures(events)
    assert said(events).endswith("END.")


async def test_google_is_asked_for_pictures_without_a_thinking_level_or_tools(
    gemini: Easel,
) -> None:
    before = Turn(number=1, prompts=(Prompt(text="about Tom"),), answer="Tom is a cat.")
    await gemini.draw(wish("draw him", context=(before,), tools=Weather.offered))

    assert gemini.server is not None
    (call,) = gemini.server.calls
    config = call.body["generationConfig"]
    assert config["responseModalities"] == ["TEXT", "IMAGE"]
    assert "thinkingConfig" not in config
    assert not call.body.get("tools")
    assert "about Tom" in json.dumps(call.body)


async def test_a_picture_that_was_sent_is_mentioned_to_whoever_answers_next() -> None:
    async with GeminiStandIn() as server, GeminiWire(KEY, base_url=server.address) as model:
        made = replace(a_picture(), ref="made:1")
        turn = Turn(number=1, prompts=(Prompt(text="draw"),), media=(made,))

        await all_of(model, replace(wish("and now?", context=(turn,)), at_provider=""))

        assert "((here you sent: picture))" in json.dumps(server.calls[0].body["contents"][1])


def test_the_offline_model_draws_the_same_for_the_same_words_and_changes_what_it_gets() -> None:
    cat = drawn("a cat by the sea at night")

    assert cat == drawn("a cat by the sea at night")
    assert cat != drawn("a house")
    with Image.open(io.BytesIO(drawn("make it gray", cat))) as grey:
        red, green, blue = grey.getpixel((250, 100))  # type: ignore[misc]
    assert red == green == blue
