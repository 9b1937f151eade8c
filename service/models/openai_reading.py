"""Turns chat completion chunks into the port's events, and the package's errors into ours."""

from __future__ import annotations

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
    TooLongError,
    UnavailableError,
    Usage,
)
from service.models.variation import AgainError

_USUAL_WAIT: Final = 10.0
_POLICY: Final = frozenset({"content_filter", "content_policy_violation", "moderation_blocked"})


class Reading:
    """What has come of one answer so far."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._reason = ""
        self._usage: Usage | None = None
        self.said = False
        """Whether there is some text of an answer."""

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
        done = Done(reason="length" if self._reason == "length" else "stop")
        return [self._usage, done] if self._usage else [done]


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
