"""Any server that speaks OpenAI's chat completions: OpenAI, OpenRouter, Ollama, llama.cpp ...

The `openai` package is imported at the first question; it takes half a second.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from typing import Any, Final

import anyio
import anyio.to_thread
import msgspec

from actors.ports import ModelEvent, Request, UnavailableError
from fsm.content import Media
from fsm.steps import Step
from service.models import history, instructions, media
from service.models.openai_client import OpenAIAdapter
from service.models.openai_reading import Reading, failure
from service.models.shelf import Shelf
from service.models.stored import Stored
from service.models.tries import (
    DEADLINES,
    LINGER,
    PATIENCE,
    Deadlines,
    Draw,
    Patience,
    out_of_time,
)
from service.models.variation import AgainError, Variation

BASE_URL: Final = "https://api.openai.com/v1"


class OpenAICompatible(OpenAIAdapter[Reading]):
    """Streams answers from one model of such a server."""

    def __init__(
        self,
        key: str,
        *,
        model: str,
        base_url: str = BASE_URL,
        system: str = instructions.SYSTEM,
        most_tokens: int = 0,
        reports_usage: bool = True,
        deadlines: Deadlines = DEADLINES,
        patience: Patience = PATIENCE,
        proxy: str = "",
        draw: Draw = random.uniform,
    ) -> None:
        super().__init__(
            key,
            model=model,
            base_url=base_url,
            deadlines=deadlines,
            patience=patience,
            proxy=proxy,
            draw=draw,
        )
        self._system = system
        self._most_tokens = most_tokens
        self._reports_usage = reports_usage
        self._shelf = Shelf(_encode, takes=_takes)

    def _reading(self) -> Reading:
        return Reading(self.name)

    async def _try(
        self, request: Request, variation: Variation, reading: Reading, ends_at: float
    ) -> AsyncGenerator[list[ModelEvent], None]:
        await self.ready()
        talk = await history.messages(request, self._shelf, variation)
        question: dict[str, Any] = {
            "model": self.name,
            "messages": [
                {"role": "system", "content": instructions.system(self._system, request.manner)},
                *(each for message in talk for each in _messages(message)),
            ],
            "stream": True,
            # Never a temperature, not even for a second try: models that reason refuse one.
            **_tools(request, variation),
        }
        if request.schema:
            card = {"name": "card", "strict": True, "schema": msgspec.json.decode(request.schema)}
            question["response_format"] = {"type": "json_schema", "json_schema": card}
        if self._reports_usage:
            question["stream_options"] = {"include_usage": True}
        if self._most_tokens:
            question["max_completion_tokens"] = self._most_tokens
        stream: Any = None
        try:
            stream = await self._in_time(
                self._client.chat.completions.create(**question),
                reading,
                self._deadlines.first,
                ends_at,
            )
            patience = self._deadlines.first
            while True:
                wait = LINGER if reading.ended else patience
                chunk = await self._in_time(anext(stream, None), reading, wait, ends_at)
                if chunk is None:
                    return
                patience = self._deadlines.silence
                events = reading.take(chunk)
                if events:
                    yield events
        finally:
            if stream is not None:
                with anyio.CancelScope(shield=True):
                    await stream.close()

    async def _in_time(self, waiting: Any, reading: Reading, seconds: float, ends_at: float) -> Any:
        """Await what the package returns; None when a finished answer merely lingers.

        Raises:
            AgainError, ProviderError: Whatever went wrong in the libraries, in our words.

        """
        clock = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout_at(min(clock() + seconds, ends_at)):
                return await waiting
        except TimeoutError:
            if reading.ended:
                return None
            if clock() >= ends_at:
                raise out_of_time(self.name, self._deadlines.total, said=reading.said) from None
            silent = UnavailableError(self.name, f"said nothing for {seconds:g} s")
            raise AgainError("pause", silent) from None
        except Exception as error:  # three libraries with their own errors lie below
            if reading.ended:
                return None
            raise failure(self.name, error) from error


def _takes(mime: str) -> str:
    if media.is_written(mime):
        return "text/plain"
    return mime if media.is_picture(mime) else ""


def _encode(mime: str, data: bytes) -> bytes:
    if mime == "text/plain":
        return data
    return b"data:" + mime.encode() + b";base64," + media.in_base64(data)


def _tools(request: Request, variation: Variation) -> dict[str, Any]:
    if not request.tools:
        return {}
    declared = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            },
        }
        for tool in request.tools
    ]
    choice = "none" if variation.no_tools or not request.may_call else "auto"
    return {"tools": declared, "tool_choice": choice}


def _messages(message: history.Message) -> list[dict[str, Any]]:
    """Return what one side says; a round of tools is one message and one for each result."""
    if not message.from_model:
        return [_asked(message)]
    said: list[dict[str, Any]] = []
    for piece in message.pieces:
        if isinstance(piece, Step):
            said += _step(piece)
        elif isinstance(piece, history.Words):
            said.append({"role": "assistant", "content": piece.text})
    return said


def _step(step: Step) -> list[dict[str, Any]]:
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for call in step.calls
    ]
    results = [
        {"role": "tool", "tool_call_id": result.call, "content": result.output}
        for result in step.results
    ]
    return [{"role": "assistant", "content": step.text, "tool_calls": calls}, *results]


def _asked(message: history.Message) -> dict[str, Any]:
    if all(isinstance(piece, str) for piece in message.pieces):
        # Some servers take a list only where there are pictures.
        return {"role": "user", "content": "\n\n".join(map(str, message.pieces))}
    parts = [_part(each) for each in message.pieces if isinstance(each, str | tuple)]
    return {"role": "user", "content": parts}


def _part(piece: str | tuple[Media, bytes | Stored]) -> dict[str, Any]:
    if isinstance(piece, str):
        return {"type": "text", "text": piece}
    file, data = piece
    assert isinstance(data, bytes), "nothing is stored at such a server"
    if media.is_picture(media.mime_of(file)):
        return {"type": "image_url", "image_url": {"url": data.decode("ascii")}}
    return {"type": "text", "text": instructions.contents(file, data.decode(errors="replace"))}
