"""Turns Gemini's chunks into the port's events, and knows at the end what they amounted to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from actors.ports import (
    Citation,
    Done,
    InterruptedStreamError,
    MediaPiece,
    ModelEvent,
    Signed,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    UnavailableError,
    Usage,
)
from service.models.gemini_errors import blocked_prompt, ending, refusal
from service.models.variation import AgainError


class Reading:
    """What has come of one answer so far. One for a whole try, continuations included.

    Chunks are read by the names of their fields only, so that those of the wire and those of
    google-genai both fit.
    """

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self.said = False
        """Whether there is something of an answer: text, a file or a call for a tool."""
        self.reason = ""
        self.continuation = ""
        self._text: list[str] = []
        self._before = Usage()
        self._retires = ""
        self._counted: Any = None
        """What the server said last about this hop; each event says it anew."""
        self._citations: list[Citation] = []
        self._read: dict[str, None] = {}

    def take(self, chunk: Any) -> list[ModelEvent]:
        """Return the events in *chunk*.

        Raises:
            AgainError, ProviderError: The chunk is an error or a block.

        """
        events: list[ModelEvent] = []
        if chunk.usage_metadata is not None:
            self._counted = chunk.usage_metadata
        if chunk.model_status is not None and chunk.model_status.retirement_time:
            self._retires = str(chunk.model_status.retirement_time)[:10]
        if chunk.candidates:
            candidate = chunk.candidates[0]
            if candidate.content is not None:
                for part in candidate.content.parts or ():
                    self._part(part, events)
            if candidate.finish_reason:
                self.reason = _plain(candidate.finish_reason)
            if candidate.continuation_token:
                self.continuation = candidate.continuation_token
            if candidate.grounding_metadata is not None:
                self._cite(candidate.grounding_metadata)
            if candidate.url_context_metadata is not None:
                self._note_pages(candidate.url_context_metadata)
            return events
        error = getattr(chunk, "error", None)
        if error:
            raise refusal(self._provider, int(error.get("code") or 500), error)
        feedback = chunk.prompt_feedback
        if feedback is not None and feedback.block_reason:
            raise blocked_prompt(self._provider, _plain(feedback.block_reason))
        return events

    @property
    def paused(self) -> bool:
        """Whether the server wants to be asked to go on."""
        return bool(self.continuation) and self.reason in {"", "CONTINUATION"}

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be expected, though the response may not have ended yet."""
        return bool(self.reason) and not self.paused

    def go_on(self) -> str:
        """Begin the next hop of a paused answer, and return the token to ask for it with."""
        token, self.continuation, self.reason = self.continuation, "", ""
        self._before, self._counted = self._usage(), None
        return token

    def conclude(self) -> list[ModelEvent]:
        """Return the last events of an answer that has ended, `Done` at their end.

        Raises:
            AgainError, ProviderError: It did not end as an answer should.

        """
        if not self.reason:
            kind = InterruptedStreamError if self.said else UnavailableError
            raise AgainError("pause", kind(self._provider, "ended without a reason"))
        failure = ending(self._provider, self.reason, said=self.said)
        if failure is not None:
            raise failure
        reason = "length" if self.reason == "MAX_TOKENS" else "stop"
        return [
            *self._citations,
            *self._pages(),
            self._usage(),
            Done(reason=reason, model=self._provider, retires=self._retires),
        ]

    def _part(self, part: Any, events: list[ModelEvent]) -> None:
        text = part.text
        if text:
            if part.thought:
                events.append(ThoughtDelta(text))
                return
            self._say(text, events)
        elif part.inline_data is not None and part.inline_data.data:
            if not part.thought:
                self.said = True
                mime = part.inline_data.mime_type or "application/octet-stream"
                events.append(MediaPiece(mime, part.inline_data.data))
        elif part.function_call is not None:
            call = part.function_call
            self.said = True
            signature = part.thought_signature or b""
            events.append(ToolCall(call.id or "", call.name or "", call.args or {}, signature))
            return
        else:
            if program := _program(part):
                self._say(program, events)
                return  # its signature belongs to the program, not to our words about it
        if part.thought_signature and not part.thought:
            events.append(Signed(len(text or ""), part.thought_signature))

    def _say(self, text: str, events: list[ModelEvent]) -> None:
        self.said = self.said or not text.isspace()
        self._text.append(text)
        events.append(TextDelta(text))

    def _usage(self) -> Usage:
        """Return the running total: of this hop as the server said last, plus the hops before."""
        before, counted = self._before, self._counted
        if counted is None:
            return before
        return Usage(
            prompt=before.prompt + (counted.prompt_token_count or 0),
            cached=before.cached + (counted.cached_content_token_count or 0),
            output=before.output + (counted.candidates_token_count or 0),
            thoughts=before.thoughts + (counted.thoughts_token_count or 0),
        )

    def _cite(self, grounding: Any) -> None:
        sources = grounding.grounding_chunks or ()
        supports = grounding.grounding_supports or ()
        if not sources or not supports:
            return
        text = "".join(self._text).encode()
        self._citations = [
            Citation(
                _characters(text, support.segment.start_index or 0),
                _characters(text, support.segment.end_index or 0),
                sources[index].web.title or "",
                sources[index].web.uri,
            )
            for support in supports
            if support.segment is not None
            for index in support.grounding_chunk_indices or ()
            if 0 <= index < len(sources) and sources[index].web and sources[index].web.uri
        ]

    def _note_pages(self, read: Any) -> None:
        """Remember the pages that were read; what could not be read is no source."""
        for page in read.url_metadata or ():
            if page.retrieved_url and _plain(page.url_retrieval_status).endswith("SUCCESS"):
                self._read[page.retrieved_url] = None

    def _pages(self) -> list[Citation]:
        """Return the pages that nothing in particular was taken from, as sources of the whole."""
        cited = {citation.uri for citation in self._citations}
        end = sum(map(len, self._text))
        return [
            Citation(end, end, urlsplit(uri).hostname or uri, uri)
            for uri in self._read
            if uri not in cited
        ]


def _program(part: Any) -> str:
    """Return a program that ran on Google's side, or its output, as Markdown."""
    if part.executable_code is not None and part.executable_code.code:
        return f"\n```python\n{part.executable_code.code.strip()}\n```\n"
    result = part.code_execution_result
    if result is not None and result.output:
        return f"\n```\n{result.output.strip()}\n```\n"
    return ""


def _plain(value: Any) -> str:
    """Return an enum's value, or the string that it is already."""
    return str(getattr(value, "value", value))


def _characters(text: bytes, offset: int) -> int:
    """Return how many characters the first *offset* bytes of *text* have."""
    return len(text[:offset].decode(errors="ignore"))
