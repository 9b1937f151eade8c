"""Turns chat completion chunks into the port's events, and the package's errors into ours."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from actors.ports import (
    BlockedError,
    Done,
    EmptyAnswerError,
    InterruptedStreamError,
    MisconfiguredError,
    ModelEvent,
    ProviderError,
    QuotaExhaustedError,
    RateLimitedError,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    TooLongError,
    UnavailableError,
    Usage,
)
from service.models.variation import AgainError

_USUAL_WAIT: Final = 10.0
_POLICY: Final = frozenset({"content_filter", "content_policy_violation", "moderation_blocked"})


@dataclass(slots=True)
class _Call:
    """A call for a tool, which comes in pieces."""

    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)

    def take(self, part: Any) -> None:
        self.id = part.id or self.id
        if part.function is not None:
            self.name = part.function.name or self.name
            self.arguments.append(part.function.arguments or "")

    def whole(self) -> ToolCall:
        """Return the call; arguments that are no JSON object are shown to the tool as they are."""
        text = "".join(self.arguments)
        try:
            arguments = json.loads(text or "{}")
        except ValueError:
            arguments = None
        if not isinstance(arguments, dict):
            arguments = {"unreadable": text}
        return ToolCall(self.id, self.name, arguments)


class Reading:
    """What has come of one answer so far."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._reason = ""
        self._usage: Usage | None = None
        self._calls: dict[int, _Call] = {}
        self.said = False
        """Whether there is something of an answer: text, or a call for a tool."""

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be expected, except perhaps the usage."""
        return bool(self._reason)

    def take(self, chunk: Any) -> list[ModelEvent]:
        """Return the events in *chunk*."""
        events: list[ModelEvent] = []
        if chunk.usage is not None:
            self._usage = _usage(chunk.usage)
        for choice in chunk.choices[:1]:
            delta = choice.delta
            # Not in OpenAI's own dialect, but in that of several others.
            thought = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
            if isinstance(thought, str) and thought:
                events.append(ThoughtDelta(thought))
            text = delta.content or getattr(delta, "refusal", None)
            if text:
                self.said = self.said or not text.isspace()
                events.append(TextDelta(text))
            for part in getattr(delta, "tool_calls", None) or ():
                self.said = True
                self._calls.setdefault(part.index, _Call()).take(part)
            if choice.finish_reason:
                self._reason = choice.finish_reason
        return events

    def conclude(self) -> list[ModelEvent]:
        """Return the last events of an answer that has ended, `Done` at their end.

        Raises:
            AgainError, ProviderError: It did not end as an answer should.

        """
        name = self._provider
        if not self._reason:
            kind = InterruptedStreamError if self.said else UnavailableError
            raise AgainError("pause", kind(name, "ended without a reason"))
        if self._reason == "content_filter":
            raise BlockedError(name, "stopped the answer: content_filter")
        if not self.said:
            empty = EmptyAnswerError(name, f"ended with {self._reason} without a word")
            raise AgainError("vary", empty)
        reason = "length" if self._reason == "length" else "stop"
        calls = [call.whole() for _, call in sorted(self._calls.items())]
        usage = [self._usage] if self._usage else []
        return [*calls, *usage, Done(reason=reason, model=name)]


def failure(provider: str, error: Exception) -> Exception:
    """Return what *error* of the package, or of what lies below it, means."""
    import openai

    match error:
        case openai.RateLimitError():
            return _too_many(provider, error)
        case openai.APIStatusError():
            return _refusal(provider, error)
        case _:
            lost = UnavailableError(provider, type(error).__name__)
            return AgainError("pause", lost)


def _refusal(provider: str, error: Any) -> Exception:
    status, code = int(error.status_code), str(error.code or "")
    what = f"HTTP {status} {code}".rstrip()
    if status >= 500 or status in {408, 409}:
        return AgainError("pause", UnavailableError(provider, what))
    if status in {401, 403, 404} or 300 <= status < 400:
        return MisconfiguredError(provider, what)
    if code in _POLICY:
        return BlockedError(provider, f"blocked the prompt: {code}")
    if code == "context_length_exceeded" or status == 413:
        return AgainError("shorten", TooLongError(provider, what))
    return ProviderError(provider, what)


def _too_many(provider: str, error: Any) -> Exception:
    if error.code == "insufficient_quota":
        return QuotaExhaustedError(provider, "the account has no credit left")
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        seconds = _USUAL_WAIT
    return AgainError("wait", RateLimitedError(provider, seconds), after=seconds)


def _usage(usage: Any) -> Usage:
    prompt, output = usage.prompt_tokens_details, usage.completion_tokens_details
    thoughts = (output.reasoning_tokens or 0) if output else 0
    return Usage(
        prompt=usage.prompt_tokens or 0,
        cached=(prompt.cached_tokens or 0) if prompt else 0,
        output=max(0, (usage.completion_tokens or 0) - thoughts),
        thoughts=thoughts,
    )
