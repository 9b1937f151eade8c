"""Gemini through google-genai: slower than our own wire, and the way out when that changes.

The package needs four things said plainly before it behaves in a service: an HTTP client of
ours (its default sleeps up to ten seconds after a refused connection), timeouts below it (it
overrides those above), no automatic function calling, and a hold on the response, because
closing its stream leaves the connection open until the next garbage collection.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any, Self

import anyio
import anyio.to_thread

from actors.ports import ModelEvent, Request, UnavailableError
from fsm.steps import Step
from service.models import history, instructions
from service.models.adapter import PackagedAdapter
from service.models.gemini_errors import refusal
from service.models.gemini_reading import Reading
from service.models.gemini_request import Generation, in_json
from service.models.gemini_tools import (
    contents_of,
    safety_field,
    signed_parts,
    tools_for,
)
from service.models.gemini_wire import API_VERSION, BASE_URL, MODEL
from service.models.media import gemini_takes, mime_of
from service.models.shelf import Shelf
from service.models.stored import FileStore, Stored
from service.models.tries import DEADLINES, LINGER, PATIENCE, Deadlines, Draw, Patience, out_of_time
from service.models.variation import AgainError, Variation

_responses: ContextVar[list[Any] | None] = ContextVar("gemini_sdk_responses", default=None)
"""Where the hook of the HTTP client leaves the responses of the stream that is being read."""


class GeminiSdk(PackagedAdapter[Reading]):
    """Streams answers from Google's models; importing the package takes half a second."""

    def __init__(
        self,
        key: str,
        *,
        model: str = MODEL,
        base_url: str = BASE_URL,
        api_version: str = API_VERSION,
        generation: Generation | None = None,
        deadlines: Deadlines = DEADLINES,
        patience: Patience = PATIENCE,
        proxy: str = "",
        store: FileStore | None = None,
        draw: Draw = random.uniform,
    ) -> None:
        if not key:
            # Without one, the package would take whatever the environment has.
            raise ValueError("the SDK adapter needs a key")
        super().__init__(model, deadlines=deadlines, patience=patience, draw=draw)
        self._key = key
        self._base_url = base_url
        self._api_version = api_version
        self._generation = generation or Generation.for_model(model)
        self._proxy = proxy
        self._shelf = Shelf(lambda _mime, data: data, store=store)
        self._http: Any = None

    async def aclose(self) -> None:
        """Close every connection; the package does not close a client that it was given."""
        if self._http is not None:
            await self._http.aclose()

    def warm_up(self) -> None:
        """Import the package and build its client. Slow; may run in a thread."""
        if self._client is None:
            from service.models.gemini_sdk_client import build_client

            self._http, self._client = build_client(
                self._key,
                base_url=self._base_url,
                api_version=self._api_version,
                deadlines=self._deadlines,
                proxy=self._proxy,
                on_response=_keep,
            )

    def _reading(self) -> Reading:
        return Reading(self.name)

    async def _try(
        self, request: Request, variation: Variation, reading: Reading, ends_at: float
    ) -> AsyncGenerator[list[ModelEvent], None]:
        await self.ready()
        clock = asyncio.get_running_loop().time
        began = clock()
        talk = await history.messages(request, self._shelf, variation)
        ends_at += clock() - began  # what people send may be large, and is not the model's doing
        question: dict[str, Any] = {
            "model": self.name,
            "contents": [
                content for message in talk for content in self._contents(message, variation)
            ],
            "config": self._config(request, variation),
        }
        while True:
            async with self._stream(question) as chunks:
                async for chunk in self._within_deadlines(chunks, reading, ends_at):
                    events = reading.take(chunk)
                    if events:
                        yield events
            if not reading.paused:
                return
            going_on = {"continuation_token": reading.go_on()}
            question["config"] = {**self._config(request, variation), **going_on}

    def _contents(self, message: history.Message, variation: Variation) -> list[dict[str, Any]]:
        """Return *message* as the wire's contents: rounds of tools are several of them."""
        contents: list[dict[str, Any]] = []
        parts: list[dict[str, Any]] = []
        for piece in message.pieces:
            match piece:
                case Step():
                    contents += contents_of(piece, ours=self._may_sign(piece.model, variation))
                case history.Words(text=text, seals=seals, model=model):
                    parts += signed_parts(text, seals if self._may_sign(model, variation) else ())
                case str():
                    parts.append({"text": piece})
                case (_, Stored() as stored):
                    named = {"mime_type": stored.mime, "file_uri": stored.uri}
                    parts.append({"file_data": named})
                case (file, data):
                    mime = gemini_takes(mime_of(file))
                    parts.append({"inline_data": {"mime_type": mime, "data": data}})
        if parts:
            role = "model" if message.from_model else "user"
            contents.append({"role": role, "parts": parts})
        return contents

    def _may_sign(self, model: str, variation: Variation) -> bool:
        return model == self.name and not variation.rebuilt

    def _config(self, request: Request, variation: Variation) -> dict[str, Any]:
        wanted = self._generation.config(variation, request.thinking)
        config: dict[str, Any] = {
            "automatic_function_calling": {"disable": True},
            # Hops are counted and limited by us, as everywhere else.
            "automatic_continuation": False,
        }
        if "speechConfig" in wanted:  # takes neither an instruction nor tools
            voice = wanted["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"]["voiceName"]
            speech = {"voice_config": {"prebuilt_voice_config": {"voice_name": voice}}}
            return {**config, "response_modalities": ["AUDIO"], "speech_config": speech}
        system = instructions.system(self._generation.system, request.manner)
        config["system_instruction"] = {"parts": [{"text": system}]}
        config["max_output_tokens"] = wanted["maxOutputTokens"]
        if "temperature" in wanted:
            config["temperature"] = wanted["temperature"]
        if "responseModalities" in wanted:
            config["response_modalities"] = wanted["responseModalities"]
        if "thinkingConfig" in wanted:
            level = wanted["thinkingConfig"]["thinkingLevel"]
            config["thinking_config"] = {"thinking_level": level, "include_thoughts": True}
        if request.schema:
            held = in_json(request.schema)
            config["response_mime_type"] = held["responseMimeType"]
            config["response_json_schema"] = held["responseJsonSchema"]
        config |= tools_for(request, self._generation.googles, ours=not self._generation.pictures)
        if variation.no_tools or not request.may_call:
            config["tool_config"] = {"function_calling_config": {"mode": "NONE"}}
        return config | safety_field(request.safety)

    @asynccontextmanager
    async def _stream(self, question: dict[str, Any]) -> AsyncIterator[AsyncIterator[Any]]:
        """Open a stream whose connection is certainly closed at the end of the block."""
        responses: list[Any] = []
        stream = await self._client.aio.models.generate_content_stream(**question)
        try:
            yield _Noting(stream, responses)
        finally:
            # Shielded: whoever is cancelled while reading still has to hang up.
            with anyio.CancelScope(shield=True):
                for response in responses:
                    await response.aclose()
                # Still running inside a cancelled read? Then nothing is left to close.
                with suppress(RuntimeError):
                    await stream.aclose()

    async def _within_deadlines(
        self, chunks: AsyncIterator[Any], reading: Reading, ends_at: float
    ) -> AsyncIterator[Any]:
        """Yield *chunks*; a failure of any library below leaves here in our words."""
        from service.models.gemini_sdk_client import failure

        clock = asyncio.get_running_loop().time
        patience = self._deadlines.first
        while True:
            wait = LINGER if reading.ended else patience
            try:
                async with asyncio.timeout_at(min(clock() + wait, ends_at)):
                    chunk = await anext(chunks)
            except StopAsyncIteration:
                return
            except TimeoutError:
                if reading.ended:
                    return
                if clock() >= ends_at:
                    total = self._deadlines.total
                    raise out_of_time(self.name, total, said=reading.said) from None
                silent = UnavailableError(self.name, f"said nothing for {patience:g} s")
                raise AgainError("pause", silent) from None
            except Exception as error:  # four libraries with their own errors lie below
                if reading.ended:
                    return
                status, details = failure(error)
                if status is None:
                    lost = UnavailableError(self.name, type(error).__name__)
                    raise AgainError("pause", lost) from error
                raise refusal(self.name, status, details) from error
            patience = self._deadlines.silence
            yield chunk


class _Noting:
    """Reads a stream with a list in the context, so that the hook can note the responses.

    The request leaves inside the first read, and every read has the reader's own context.
    """

    def __init__(self, stream: Any, responses: list[Any]) -> None:
        self._stream = stream
        self._responses = responses

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        token = _responses.set(self._responses)
        try:
            return await anext(self._stream)
        finally:
            _responses.reset(token)


async def _keep(response: Any) -> None:
    kept = _responses.get()
    if kept is not None:
        kept.append(response)
