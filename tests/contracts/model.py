"""What every model promises, whoever answers. Subclass, and give the fixtures."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from typing import Any, ClassVar

import pytest

from actors.ports import (
    BlockedError,
    Done,
    EmptyAnswerError,
    FetchError,
    InterruptedStreamError,
    Model,
    ModelEvent,
    ProviderError,
    RateLimitedError,
    Request,
    TextDelta,
    UnavailableError,
)
from fsm.content import Media, MediaKind, Prompt
from fsm.memory import Turn
from tests.stand_ins.streaming import PIXEL

KEY = "key-that-nobody-may-see"
Make = Callable[..., Any]
"""`make(**options)` returns a model of the kind under test, closed by the fixture.

Without options it is always the same one: building a client takes longer than asking it."""


SCHEMA = (
    '{"type":"object","properties":{"dish":{"type":"string"},"minutes":{"type":"number"}},'
    '"required":["dish","minutes"],"additionalProperties":false}'
)


def question(*texts: str, context: tuple[Turn, ...] = (), **more: Any) -> Request:
    prompts = tuple(Prompt(text=text) for text in texts)
    whole: dict[str, Any] = {"chat": "c", "turn": 1, "attempt": 1, "prompts": prompts, **more}
    return Request(context=context, **whole)


def exchange(number: int, said: str, answer: str = "Fine.", **more: Any) -> Turn:
    return Turn(number=number, prompts=(Prompt(text=said),), answer=answer, **more)


def a_picture(ref: str = "p1") -> Media:
    return Media(kind=MediaKind.PICTURE, ref=ref, mime="image/png", size=len(PIXEL))


async def fetch(media: Media) -> bytes:
    if media.ref.startswith("gone"):
        raise FetchError("expired")
    return PIXEL + media.ref.encode()


async def all_of(
    model: Model, request: Request, events: list[ModelEvent] | None = None
) -> list[ModelEvent]:
    """Return all events; *events* has what came before an error."""
    events = [] if events is None else events
    async with aclosing(model.answer(request)) as stream:
        async for event in stream:
            events.append(event)
    return events


async def text_of(model: Model, request: Request) -> str:
    return said(await all_of(model, request))


def said(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


class ModelContract:
    """For all of them, the offline model included."""

    marks: ClassVar[dict[str, str]]
    """What to say so that it happens: blocked, limited, down, empty, interrupted, slow."""

    async def test_the_last_event_of_a_whole_answer_says_that_it_is_done(self, make: Make) -> None:
        events = await all_of(make(), question("Good morning, how do you do?"))

        assert "Good morning" in said(events)
        assert [event for event in events if isinstance(event, Done)] == [Done()]
        assert isinstance(events[-1], Done)

    async def test_the_context_reaches_the_model(self, make: Make) -> None:
        context = (exchange(1, "I saw a purple elephant."), exchange(2, "Really."))

        assert "purple elephant" in await text_of(
            make(), question("What did I say first?", context=context)
        )

    async def test_every_prompt_of_a_turn_is_answered(self, make: Make) -> None:
        answer = await text_of(make(), question("the first of two", "the second of two"))

        assert "the first of two" in answer
        assert "the second of two" in answer

    async def test_a_picture_reaches_the_model(self, make: Make) -> None:
        prompts = (Prompt(text="look here", media=(a_picture(),)),)

        answer = await text_of(make(), question(prompts=prompts, fetch=fetch))

        assert "image/png" in answer
        assert "look here" in answer

    async def test_a_file_that_is_gone_does_not_keep_the_answer_from_coming(
        self, make: Make
    ) -> None:
        prompts = (Prompt(text="and this?", media=(a_picture("gone"),)),)

        events = await all_of(make(), question(prompts=prompts, fetch=fetch))

        assert "could not" in said(events)
        assert isinstance(events[-1], Done)

    @pytest.mark.parametrize(
        ("mark", "error"),
        [
            ("blocked", BlockedError),
            ("limited", RateLimitedError),
            ("down", UnavailableError),
            ("empty", EmptyAnswerError),
        ],
    )
    async def test_a_failure_is_told_in_our_words(
        self, make: Make, mark: str, error: type[ProviderError]
    ) -> None:
        with pytest.raises(error) as caught:
            await all_of(make(), question(f"secret words {self.marks[mark]}"))

        assert type(caught.value) is error
        assert "secret words" not in str(caught.value)
        assert KEY not in str(caught.value)

    async def test_a_limit_says_how_long_to_wait(self, make: Make) -> None:
        with pytest.raises(RateLimitedError) as caught:
            await all_of(make(), question(self.marks["limited"]))

        assert caught.value.retry_after >= 5

    async def test_an_answer_that_breaks_off_keeps_what_was_said(self, make: Make) -> None:
        events: list[ModelEvent] = []

        with pytest.raises(InterruptedStreamError):
            await all_of(make(), question(self.marks["interrupted"]), events)

        assert said(events)
        assert not any(isinstance(event, Done) for event in events)

    async def test_a_stream_can_be_left_at_any_piece(self, make: Make) -> None:
        for leave_after in (1, 2, 3):
            async with aclosing(make().answer(question(self.marks["slow"]))) as stream:
                for _ in range(leave_after):
                    await anext(stream)
            # Leaving the block closes the generator: nothing may be raised by that.
