"""Writes the body of a request to Gemini: a cached beginning, and only the new turn encoded anew.

A chat's context grows at its end, so the bytes of all earlier turns are kept per chat. A
request costs the encoding of one exchange and one join, however long the talk is. The kept
bytes are a cache and nothing else: they may be dropped at any time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Any, Final

import msgspec

from actors.ports import Declaration, Request
from fsm.content import Media, Prompt
from fsm.memory import Turn
from fsm.steps import Step, last_words
from service.models import history, instructions, media
from service.models.gemini_tools import (
    GOOGLES,
    contents_of,
    safety_field,
    signed_parts,
    tools_field,
    tools_for,
)
from service.models.lru import LruBytes
from service.models.shelf import Shelf, Shown
from service.models.stored import FileStore, Stored
from service.models.variation import PLAIN, Variation

_SMALL: Final = 128 * 1024

_json: Final = msgspec.json.Encoder()


def inline_part(mime: str, data: bytes) -> bytes:
    """Return a file as a part of a message, in JSON."""
    head = b'{"inlineData":{"mimeType":' + _json.encode(mime) + b',"data":"'
    return head + media.in_base64(data) + b'"}}'


def in_json(schema: str) -> dict[str, Any]:
    """Return the settings that hold an answer to a JSON *schema*."""
    return {
        "responseMimeType": "application/json",
        "responseJsonSchema": msgspec.json.decode(schema),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """How the model should generate; constant for an adapter, so that prefixes stay stable."""

    system: str = instructions.SYSTEM
    thinking: str = "LOW"
    """Thinking level; empty: leave it to the model (Gemini 2.5 knows no levels)."""
    max_output_tokens: int = 16_384
    """Thoughts count too; the limit must leave room for both."""
    googles: frozenset[str] = GOOGLES
    """What Google may do on its side when a person asks for it."""
    voice: str = ""
    """It is a model that reads aloud, with this voice; it takes no instruction."""
    pictures: bool = False
    """It is a model that draws; those take no thinking level from us."""

    @classmethod
    def for_model(cls, model: str) -> Generation:
        """Return the settings that suit *model*."""
        draws = "image" in model or "banana" in model
        speaks = "tts" in model
        return cls(
            thinking="" if draws or speaks or model.startswith("gemini-2") else "LOW",
            googles=frozenset() if draws or speaks else GOOGLES,
            pictures=draws,
        )

    def config(self, variation: Variation, thinking: str = "") -> dict[str, Any]:
        """Return the generation settings of one try; *thinking* is what the chat has chosen."""
        most = self.max_output_tokens * (2 if variation.thinks_less else 1)
        settings: dict[str, Any] = {"maxOutputTokens": min(most, 65_536)}
        if self.voice:
            chosen = {"prebuiltVoiceConfig": {"voiceName": self.voice}}
            return {"responseModalities": ["AUDIO"], "speechConfig": {"voiceConfig": chosen}}
        if self.pictures:
            settings["responseModalities"] = ["TEXT", "IMAGE"]
        if variation.varied:
            settings["temperature"] = 1.4
        if self.thinking:
            level = "LOW" if variation.thinks_less else (thinking.upper() or self.thinking)
            settings["thinkingConfig"] = {"thinkingLevel": level, "includeThoughts": True}
        return settings


@dataclass(frozen=True, slots=True)
class _Encoded:
    """The turns of a chat as bytes, each piece ending with a comma."""

    turns: tuple[Turn, ...] = ()
    closed: tuple[bytes, ...] = ()
    """Whole contents: a user's words and the model's answer, again and again."""
    open: tuple[bytes, ...] = ()
    """Parts of the user that nobody has answered; the next words join them."""
    mention_to: int = -1
    """Files of turns up to this number are only mentioned."""
    until: float = inf
    """Wall seconds until which the files in it may be named so."""

    @property
    def size(self) -> int:
        return sum(map(len, self.closed)) + sum(map(len, self.open)) + 200


class RequestWriter:
    """Writes requests; keeps what it has encoded, up to *most* bytes over all chats."""

    def __init__(
        self,
        generation: Generation,
        *,
        model: str = "",
        store: FileStore | None = None,
        most: int = 16 * 1024 * 1024,
    ) -> None:
        self._generation = generation
        self._model = model
        self._shelf = Shelf(inline_part, store=store)
        self._cache: LruBytes[_Encoded] = LruBytes(most)
        self._tools: tuple[Declaration, ...] = ()
        self._tails: dict[str, bytes] = {}
        """How requests end, by their safety preset."""

    async def body(
        self, request: Request, variation: Variation = PLAIN, continuation: str = ""
    ) -> bytes:
        """Return the JSON body of *request*; *continuation* goes on with a stream that paused."""
        encoded = await self._history(request, variation)
        files = await self._files(history.sent(request.prompts), request, variation)
        parts = [*encoded.open]
        for prompt in request.prompts:
            parts += _parts(prompt, files)
        last = b'{"role":"user","parts":[' + b"".join(parts)[:-1] + b"]}"
        if request.steps:
            last += b"," + self._steps(request.steps, variation)[:-1]
        if request.tools is not self._tools:
            # One tuple serves the whole service, so this happens once.
            self._tools, self._tails = request.tools, {}
        tail = self._tails.get(request.safety)
        if tail is None:
            tail = self._tails[request.safety] = self._ending(request)
        if variation != PLAIN or continuation or _is_unusual(request):
            end = self._unusual(request, variation, continuation)
            tail = b"]," + _json.encode(end)[1:]
        return b"".join((self._head(request.manner), *encoded.closed, last, tail))

    def forget(self, chat: str) -> None:
        """Drop what is kept of *chat*."""
        self._cache.drop(chat)

    def _head(self, manner: str) -> bytes:
        if self._generation.voice:
            return b'{"contents":['
        text = instructions.system(self._generation.system, manner)
        return b'{"systemInstruction":{"parts":[{"text":' + _json.encode(text) + b'}]},"contents":['

    def _ending(self, request: Request) -> bytes:
        end = {
            "generationConfig": self._generation.config(PLAIN),
            **tools_field(() if self._generation.pictures else request.tools),
            **safety_field(request.safety),
        }
        return b"]," + _json.encode(end)[1:]

    def _unusual(self, request: Request, variation: Variation, continuation: str) -> dict[str, Any]:
        config = self._generation.config(variation, request.thinking)
        if request.schema:
            config |= in_json(request.schema)
        end: dict[str, Any] = {"generationConfig": config, **safety_field(request.safety)}
        end |= tools_for(request, self._generation.googles, ours=not self._generation.pictures)
        if variation.no_tools or not request.may_call:
            end["toolConfig"] = {"functionCallingConfig": {"mode": "NONE"}}
        if continuation:
            end["continuationToken"] = continuation
        return end

    async def _history(self, request: Request, variation: Variation) -> _Encoded:
        turns = request.context
        if variation.shortened:
            later = turns[(len(turns) + 1) // 2 :]
            return await self._encode(_Encoded(), later, request, variation)
        held = self._cache.get(request.chat)
        if variation.rebuilt or variation.lost or variation.inline:
            held = None
        known = len(held.turns) if held else 0
        if held is not None and self._shelf.is_over(held.until):
            held = None
        # Turns are shared between contexts, so comparing tuples of them compares identities.
        if held is None or turns[:known] != held.turns:
            held, known = _Encoded(), 0
        if known == len(turns) and known:
            return held
        encoded = await self._encode(held, turns[known:], request, variation)
        self._cache.put(request.chat, encoded, encoded.size)
        return encoded

    async def _encode(
        self,
        before: _Encoded,
        turns: tuple[Turn, ...],
        request: Request,
        variation: Variation,
    ) -> _Encoded:
        every = before.turns + turns
        mention_to = history.mention_to(every, before.mention_to, self._shelf.weight)
        if mention_to != before.mention_to:
            before, turns = _Encoded(mention_to=mention_to), every
        closed, waiting, until = list(before.closed), list(before.open), before.until
        for turn in turns:
            mentioned = turn.number <= mention_to
            wanted = () if mentioned else history.files_of(turn)
            files = await self._files(wanted, request, variation)
            until = min(until, self._shelf.good_until(files.values()))
            for prompt in turn.prompts:
                waiting += _parts(prompt, files)
            if (turn.answer.strip() or turn.media) and waiting:
                user = b'{"role":"user","parts":[' + b"".join(waiting)[:-1] + b"]},"
                _append(closed, user + self._answer(turn, variation))
                again = history.shown_again(turn, files)
                waiting = [_part(each if isinstance(each, str) else each[1]) for each in again]
        return replace(before, turns=every, closed=tuple(closed), open=tuple(waiting), until=until)

    def _answer(self, turn: Turn, variation: Variation) -> bytes:
        """Return what the model did and said in *turn*, with a comma at the end."""
        if not turn.steps and not turn.seals and not turn.media:
            return _json.encode({"role": "model", "parts": [{"text": turn.answer}]}) + b","
        words = signed_parts(
            last_words(turn.answer, turn.steps),
            turn.seals if self._may_sign(turn.model, variation) else (),
        )
        if sent := instructions.made(turn):
            words.append({"text": sent})
        said = _json.encode({"role": "model", "parts": words}) + b"," if words else b""
        return self._steps(turn.steps, variation) + said

    def _steps(self, steps: tuple[Step, ...], variation: Variation) -> bytes:
        """Return rounds of tools as contents, with a comma at the end."""
        return b"".join(
            _json.encode(content) + b","
            for step in steps
            for content in contents_of(step, ours=self._may_sign(step.model, variation))
        )

    def _may_sign(self, model: str, variation: Variation) -> bool:
        """Whether signatures of *model* may be given back: only to itself, unless it objects."""
        return model == self._model and not variation.rebuilt

    async def _files(
        self, wanted: tuple[Media, ...], request: Request, variation: Variation
    ) -> dict[str, Shown]:
        return await self._shelf.collect(wanted, request, variation) if wanted else {}


def _is_unusual(request: Request) -> bool:
    if request.thinking or request.at_provider or request.schema:
        return True
    return not request.may_call


def _parts(prompt: Prompt, files: dict[str, Shown]) -> list[bytes]:
    """Return the parts of one prompt: its files first, then its words; never nothing."""
    parts = [_part(files.get(file.ref) or instructions.earlier_file(file)) for file in prompt.media]
    said = instructions.words(prompt)
    if said or not parts:
        parts.append(_part(said or "..."))
    return parts


def _part(content: Shown) -> bytes:
    if isinstance(content, Stored):
        named = {"mimeType": content.mime, "fileUri": content.uri}
        return _json.encode({"fileData": named}) + b","
    if isinstance(content, str):
        return b'{"text":' + _json.encode(content) + b"},"
    return content + b","


def _append(closed: list[bytes], piece: bytes) -> None:
    """Add *piece*, joined to the one before when both are small: fewer pieces, faster joins."""
    if closed and len(closed[-1]) + len(piece) < _SMALL:
        closed[-1] += piece
    else:
        closed.append(piece)
