"""Gemini's stream as it stands on the wire: server-sent events, and the fields that we read.

Unknown fields are skipped and unknown enum values are plain strings, so a newer server breaks
nothing. The names are those of google-genai's types as well, so that one reading serves both.
"""

from __future__ import annotations

from typing import Any

import msgspec

MOST: int = 64 * 1024 * 1024
"""Bytes that one event may have; a generated picture has a few million."""


class _Camel(msgspec.Struct, rename="camel", gc=False):
    pass


class Blob(_Camel):
    """A generated file; `data` was base64."""

    mime_type: str | None = None
    data: bytes | None = None


class FunctionCall(_Camel):
    """The model wants a tool."""

    id: str | None = None
    name: str | None = None
    args: dict[str, Any] | None = None


class Code(_Camel):
    """A program that the model runs on Google's side."""

    language: str | None = None
    code: str | None = None


class CodeResult(_Camel):
    """What that program printed."""

    outcome: str | None = None
    output: str | None = None


class Part(_Camel):
    """A piece of the answer, or of the thoughts about it."""

    text: str | None = None
    thought: bool | None = None
    thought_signature: bytes | None = None
    inline_data: Blob | None = None
    function_call: FunctionCall | None = None
    executable_code: Code | None = None
    code_execution_result: CodeResult | None = None


class Content(_Camel):
    """What the model says in this event."""

    parts: list[Part] | None = None


class Segment(_Camel):
    """A stretch of the answer, in bytes of UTF-8."""

    start_index: int | None = None
    end_index: int | None = None


class Support(_Camel):
    """Which sources stand behind a segment."""

    segment: Segment | None = None
    grounding_chunk_indices: list[int] | None = None


class Web(_Camel):
    """A page."""

    uri: str | None = None
    title: str | None = None


class Source(_Camel):
    """A source of the answer."""

    web: Web | None = None


class Grounding(_Camel):
    """Where the answer comes from."""

    grounding_chunks: list[Source] | None = None
    grounding_supports: list[Support] | None = None


class Page(_Camel):
    """A page that was read on Google's side."""

    retrieved_url: str | None = None
    url_retrieval_status: str | None = None


class PagesRead(_Camel):
    """Which pages were read."""

    url_metadata: list[Page] | None = None


class Candidate(_Camel):
    """The answer, as far as this event tells."""

    content: Content | None = None
    finish_reason: str | None = None
    continuation_token: str | None = None
    grounding_metadata: Grounding | None = None
    url_context_metadata: PagesRead | None = None


class PromptFeedback(_Camel):
    """Why there is no answer."""

    block_reason: str | None = None


class UsageMetadata(_Camel):
    """Tokens so far."""

    prompt_token_count: int | None = None
    cached_content_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None


class ModelStatus(_Camel):
    """How long the model will be there."""

    retirement_time: str | None = None


class Chunk(_Camel):
    """One event of the stream."""

    candidates: list[Candidate] | None = None
    prompt_feedback: PromptFeedback | None = None
    usage_metadata: UsageMetadata | None = None
    model_status: ModelStatus | None = None
    error: dict[str, Any] | None = None


decode_chunk = msgspec.json.Decoder(Chunk).decode


class OverlongEventError(Exception):
    """An event of the stream is larger than any answer can be."""


class EventStream:
    """Cuts the bytes of `text/event-stream` into the data of its events.

    Works on whole lines of bytes, so a read may end anywhere: inside a line, between CR and
    LF, inside a character.
    """

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._held = 0
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> list[bytes]:
        """Take what was read, and return the data of every event that is complete now.

        Raises:
            OverlongEventError: The event that is being read has more than `MOST` bytes.

        """
        if b"\n" not in piece:
            # A picture's line takes many reads: joined once, at its end.
            self._rest.append(piece)
            self._held += len(piece)
            events: list[bytes] = []
        else:
            *lines, rest = piece.split(b"\n")
            if self._rest:
                lines[0] = b"".join((*self._rest, lines[0]))
            self._rest = [rest] if rest else []
            events = self._events(lines)
            self._held = len(rest) + sum(map(len, self._data))
        if self._held > MOST:
            raise OverlongEventError
        return events

    def end(self) -> list[bytes]:
        """Return the last event, when the stream ended without the empty line after it."""
        last = b"".join(self._rest)
        self._rest = []
        return self._events([last, b""])

    def _events(self, lines: list[bytes]) -> list[bytes]:
        events: list[bytes] = []
        data = self._data
        for ended in lines:
            line = ended[:-1] if ended.endswith(b"\r") else ended
            if line.startswith(b"data:"):
                data.append(line[6:] if line[5:6] == b" " else line[5:])
            elif not line and data:
                events.append(data[0] if len(data) == 1 else b"\n".join(data))
                data.clear()
        return events
