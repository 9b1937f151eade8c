"""What Google's refusals mean: which remedy may help, and what it is in our words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from actors.ports import (
    BlockedError,
    EmptyAnswerError,
    InterruptedStreamError,
    MisconfiguredError,
    ProviderError,
    QuotaExhaustedError,
    RateLimitedError,
    TooLongError,
    UnavailableError,
)
from service.models.variation import AgainError, Remedy

BLOCKS: Final = frozenset({
    "SAFETY", "PROHIBITED_CONTENT", "SPII", "BLOCKLIST", "MODEL_ARMOR", "JAILBREAK",
    "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER",
})  # fmt: skip
_SOFT: Final = frozenset({"RECITATION", "LANGUAGE", "OTHER", "NO_IMAGE"})
_TOOLS: Final = frozenset({
    "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE",
})  # fmt: skip
_UNSIGNED: Final = "MISSING_THOUGHT_SIGNATURE"
_ACCOUNT: Final = "PUP_LIMITED_DISABLED"
_TRANSIENT: Final = frozenset({408, 500, 502, 503, 504})
_STORED: Final = re.compile(r"\bFile (?:files/)?([a-z0-9-]+)\b")
"""How Google names a file that it has not got: `access the File gr-1-2 or it may not exist`."""
_USUAL_WAIT: Final = 10.0
"""Seconds that a 429 without RetryInfo is taken to mean."""


def refusal(provider: str, status: int, error: Mapping[str, Any]) -> Exception:
    """Return what an HTTP *status* with Google's *error* object means.

    The result is raised by the caller: an `AgainError` when another try may help, else one of
    the taxonomy. Google's own words go into it only when the operator needs them (they can
    quote what a person wrote).
    """
    name = str(error.get("status") or "")
    text = str(error.get("message") or "")
    what = f"HTTP {status} {name}".rstrip()
    if status == 429:
        return _too_many(provider, error)
    if status in {400, 403, 404} and (lost := _STORED.search(text)):
        gone = UnavailableError(provider, f"{what} (a stored file)")
        return AgainError("renew", gone, file=lost[1])
    if status in _TRANSIENT or status > 504:
        return AgainError("pause", UnavailableError(provider, what))
    if status == 400:
        return _bad_request(provider, what, text, error)
    if status in {401, 403, 404} or 300 <= status < 400:
        return MisconfiguredError(provider, f"{what}: {text[:200]}")
    if status == 413:
        return AgainError("shorten", TooLongError(provider, what))
    return ProviderError(provider, what)


def error_object(body: bytes) -> Mapping[str, Any]:
    """Return Google's error object in *body*; empty when a proxy answered with something else."""
    try:
        payload = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    if isinstance(payload, list) and payload:
        payload = payload[0]
    error = payload.get("error") if isinstance(payload, dict) else None
    return error if isinstance(error, dict) else {}


def ending(provider: str, reason: str, *, said: bool) -> Exception | None:
    """Return what the finish *reason* means, or None when the answer is complete.

    *said*: whether there is anything of an answer. A reason that nobody knew when this was
    written counts as an ordinary end.
    """
    if reason in BLOCKS:
        return BlockedError(provider, f"stopped the answer: {reason}")
    if reason == _ACCOUNT:
        return MisconfiguredError(provider, reason)
    if reason == _UNSIGNED:
        return _again("rebuild", provider, reason, said=said)
    if reason in _TOOLS:
        return _again("no tools", provider, reason, said=said)
    if reason in _SOFT:
        if reason == "RECITATION" and not said:
            return AgainError("vary", BlockedError(provider, "would only have recited"))
        return _again("vary", provider, reason, said=said)
    if not said:
        return _again("think less", provider, f"{reason} without a word", said=False)
    return None


def blocked_prompt(provider: str, reason: str) -> BlockedError:
    """Return what a prompt feedback with *reason* means."""
    return BlockedError(provider, f"blocked the prompt: {reason}")


def _again(remedy: Remedy, provider: str, reason: str, *, said: bool) -> AgainError:
    kind = InterruptedStreamError if said else EmptyAnswerError
    return AgainError(remedy, kind(provider, f"ended with {reason}"))


def _too_many(provider: str, error: Mapping[str, Any]) -> Exception:
    delay, daily = None, False
    for detail in error.get("details") or ():
        match detail:
            case {"retryDelay": str(text)}:
                delay = _seconds(text)
            case {"violations": [*violations]}:
                daily = daily or any("PerDay" in str(v.get("quotaId", "")) for v in violations)
            case _:
                pass
    if daily:
        return QuotaExhaustedError(provider, "the day's quota is used up")
    seconds = _USUAL_WAIT if delay is None else delay
    return AgainError("wait", RateLimitedError(provider, seconds), after=seconds)


def _bad_request(provider: str, what: str, text: str, error: Mapping[str, Any]) -> Exception:
    lowered = text.lower()
    reasons = {str(d.get("reason")) for d in error.get("details") or () if isinstance(d, dict)}
    if "API_KEY_INVALID" in reasons or "api key" in lowered:
        return MisconfiguredError(provider, "the key is not valid")
    if "location is not supported" in lowered or error.get("status") == "FAILED_PRECONDITION":
        return MisconfiguredError(provider, f"{what}: {text[:200]}")
    if "thought_signature" in lowered or "thought signature" in lowered:
        return AgainError("rebuild", ProviderError(provider, f"{what} (thought signature)"))
    if "token count" in lowered or "exceeds the maximum" in lowered or "payload size" in lowered:
        return AgainError("shorten", TooLongError(provider, what))
    return ProviderError(provider, what)


def _seconds(text: str) -> float | None:
    """Return the seconds in a protobuf duration such as `23.5s`."""
    try:
        return max(0.0, float(text.removesuffix("s")))
    except ValueError:
        return None
