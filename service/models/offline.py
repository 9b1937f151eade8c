"""The model that is always there: no key, no network, the same answer to the same talk.

It shows what the service does with a model (streaming, memory, files, Stop, bad days) and says
plainly that it is not one. Its sentences come from the texts folder, through *say*.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread

from actors.ports import (
    BlockedError,
    Done,
    EmptyAnswerError,
    FetchError,
    InterruptedStreamError,
    MediaPiece,
    ModelEvent,
    RateLimitedError,
    Request,
    TextDelta,
    ToolCall,
    UnavailableError,
    Usage,
)
from fsm.content import Media, MediaKind, Prompt
from service.models import offline_cards
from service.models.offline_skills import Skills
from service.models.offline_wishes import wish_in
from service.models.pictures import dimensions

Say = Callable[[str, str, Mapping[str, str]], str]
"""`say(language, key, args)` returns one of our sentences as Markdown."""

NAME: Final = "offline"
_WORD: Final = re.compile(r"\s*(?:[\u2e80-\uffff]{1,4}|[^\s\u2e80-\uffff]+)")
_COMMAND: Final = re.compile(r"!(slow|429|drop|blocked|empty|long|down|show)\b\s*(\d{0,4})")
_SLOWNESS: Final = 10
_PICTURE: Final = 1120
"""Tokens that a real model would have written for a picture."""
_SENTENCES: Final = {"slow": 12, "long": 150}


class OfflineModel:
    """Answers word by word, with *pace* seconds between two words."""

    name = NAME

    def __init__(self, say: Say, *, pace: float = 0.03) -> None:
        self._say = say
        self._pace = pace
        self._skills = Skills(say)

    async def answer(self, request: Request) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer; see `actors.ports.Model`.

        Raises:
            ProviderError: Only when told to (`!429`, `!drop`, `!blocked`, `!empty`, `!down`).

        """
        command, number = _command(request.prompts)
        self._obey(command)
        order = request.prompts[-1]
        if order.instruction in {"image", "speak"}:
            made = self._draw if order.instruction == "image" else self._hum
            async for event in made(order, request):
                yield event
            return
        if command == "drop" and request.attempt > 1:
            command = ""  # the second attempt succeeds: that is what there is to see
        if not command and (call := self._wish(request)) is not None:
            yield call
            yield Done()
            return
        if request.prompts and request.prompts[-1].instruction == "understand":
            text = '{"value": "none"}'  # it reads nothing that the rules cannot read themselves
        elif request.schema and not command:
            language = request.prompts[-1].language
            text = offline_cards.written(request.schema, language, self._say)
        else:
            text = await self._compose(request, command, number)
        pace = self._pace * (_SLOWNESS if command == "slow" else 1)
        pieces = _WORD.findall(text)
        if command == "drop":
            pieces = pieces[: max(3, len(pieces) // 2)]
        for piece in pieces:
            yield TextDelta(piece)
            await anyio.sleep(pace)
        if command == "drop":
            raise InterruptedStreamError(NAME, "dropped the line, as told")
        yield Usage(prompt=_tokens(request), output=len(text) // 4)
        yield Done()

    async def _draw(self, order: Prompt, request: Request) -> AsyncGenerator[ModelEvent, None]:
        """Draw what *order* says, or change the picture that came with it."""
        from service.models.offline_pictures import drawn

        shown = [file for file in order.media if file.kind is MediaKind.PICTURE]
        picture: bytes | None = None
        if shown and request.fetch is not None:
            with contextlib.suppress(FetchError):
                picture = await request.fetch(shown[0])
        await anyio.sleep(self._pace * _SLOWNESS)
        yield MediaPiece("image/png", await anyio.to_thread.run_sync(drawn, order.text, picture))
        yield TextDelta(self._say(order.language, "offline-drawn", {}))
        yield Usage(prompt=_tokens(request), output=_PICTURE)
        yield Done()

    async def _hum(self, order: Prompt, request: Request) -> AsyncGenerator[ModelEvent, None]:
        """Make sounds for the words of *order*."""
        from service.models.offline_speech import hummed

        sound = await anyio.to_thread.run_sync(hummed, order.text)
        yield MediaPiece("audio/wav", sound)
        yield Usage(prompt=_tokens(request), output=len(order.text) // 4)
        yield Done()

    def _wish(self, request: Request) -> ToolCall | None:
        """Return the tool that the last message asks for, unless it has been used."""
        if request.steps or not request.may_call or not request.prompts:
            return None
        return wish_in(request.prompts[-1].text, request.tools)

    def _obey(self, command: str) -> None:
        """Fail the way *command* says, if it says so."""
        match command:
            case "429":
                raise RateLimitedError(NAME, 5.0)
            case "blocked":
                raise BlockedError(NAME, "blocked the prompt, as told")
            case "empty":
                raise EmptyAnswerError(NAME, "said nothing, as told")
            case "down":
                raise UnavailableError(NAME, "is down, as told")

    async def _compose(self, request: Request, command: str, number: int) -> str:
        language = request.prompts[-1].language if request.prompts else "en"
        paragraphs = [] if request.context else [self._say(language, "offline-label", {})]
        if request.manner:
            paragraphs.append(self._skills.manner(language, request.manner))
        if command == "show":
            paragraphs.append(self._skills.showcase(language))
        elif command in _SENTENCES:
            paragraphs.append(self._filler(language, number or _SENTENCES[command]))
        elif request.steps:
            results = [result for step in request.steps for result in step.results]
            if results[-1].media:
                return self._say(language, "offline-drawn", {})
            key = "offline-tool-failed" if results[-1].failed else "offline-tool"
            if results[-1].name == "offer_guide" and not results[-1].failed:
                key = "offline-guide"
            about = {"tool": results[-1].name, "output": results[-1].output}
            paragraphs.append(self._say(language, key, about))
        else:
            for index in range(len(request.prompts)):
                paragraphs += await self._reply(request, index)
        return "\n\n".join(paragraphs)

    async def _reply(self, request: Request, index: int) -> list[str]:
        """Return what there is to say about one prompt: its files, then its words."""
        prompt = request.prompts[index]
        said = [await self._describe(file, request, prompt.language) for file in prompt.media]
        paragraphs = ["\n".join(f"- {line}" for line in said)] if said else []
        if prompt.text or prompt.instruction or not said:
            earlier = [p for turn in request.context for p in turn.prompts]
            earlier += request.prompts[:index]
            paragraphs.append(self._skills.reply(prompt, earlier))
        return paragraphs

    async def _describe(self, media: Media, request: Request, language: str) -> str:
        kind = self._say(language, f"offline-kind-{media.kind.value.replace(' ', '-')}", {})
        data: bytes | Path | None = None
        if request.fetch is not None:
            try:
                data = await request.fetch(media)
            except FetchError:
                return self._say(language, "offline-file-missing", {"kind": kind})
        about = {
            "kind": kind,
            "mime": media.mime or "?",
            "size": _size(len(data) if isinstance(data, bytes) else media.size),
            "name": media.name or "-",
        }
        measured = dimensions(data) if isinstance(data, bytes) else None
        if measured:
            about |= {"width": str(measured[0]), "height": str(measured[1])}
            return self._say(language, "offline-picture", about)
        named = media.kind is MediaKind.DOCUMENT and bool(media.name)
        return self._say(language, "offline-document" if named else "offline-file", about)

    def _filler(self, language: str, sentences: int) -> str:
        """Return as many numbered *sentences*, in paragraphs of five."""
        lines = [
            self._say(language, "offline-filler", {"number": str(number)})
            for number in range(1, min(sentences, 2000) + 1)
        ]
        starts = range(0, len(lines), 5)
        return "\n\n".join(" ".join(lines[start : start + 5]) for start in starts)


def _command(prompts: tuple[Prompt, ...]) -> tuple[str, int]:
    for prompt in prompts:
        found = _COMMAND.search(prompt.text)
        if found:
            return found[1], int(found[2] or 0)
    return "", 0


def _size(size: int) -> str:
    for unit, factor in (("MB", 1_000_000), ("kB", 1000)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"


def _tokens(request: Request) -> int:
    """Return about how many tokens a real model would have read."""
    asked = sum(len(prompt.text) for prompt in request.prompts)
    for turn in request.context:
        asked += len(turn.answer) + sum(len(prompt.text) for prompt in turn.prompts)
    return asked // 4
