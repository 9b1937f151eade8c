"""Whether a provider takes our key and knows our model: one small question at start."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

import aiohttp

from service.models.gemini_errors import error_object

WITHIN: Final = 2.5
"""Seconds that a start waits for the verdict; a provider that is down must not keep us down."""
_BODY: Final = 64 * 1024


class Verdict(Enum):
    """What a provider says about the key and the name of the model."""

    FINE = "fine"
    WRONG_KEY = "wrong key"
    NO_SUCH_MODEL = "no such model"
    UNKNOWN = "unknown"
    """It could not be asked, or its answer says neither: the first question will show."""


async def ask_gemini(
    key: str, *, model: str, base_url: str, api_version: str, within: float = WITHIN
) -> Verdict:
    """Return what Google says about *key* and *model*; never raises."""
    url = f"{base_url.rstrip('/')}/{api_version}/models/{model}"
    status, body = await _get(url, {"x-goog-api-key": key}, within)
    error = error_object(body)
    if status == 200:
        return Verdict.FINE
    if status in {401, 403} or (status == 400 and _is_about_the_key(error)):
        return Verdict.WRONG_KEY
    if status == 404 and error.get("status") == "NOT_FOUND":
        return Verdict.NO_SUCH_MODEL
    return Verdict.UNKNOWN


async def ask_openai(key: str, *, model: str, base_url: str, within: float = WITHIN) -> Verdict:
    """Return what a provider that speaks OpenAI's language says; never raises.

    Many such servers list their models incompletely, so that only a plain "there is no such
    model" counts against a name.
    """
    url = f"{base_url.rstrip('/')}/models/{model}"
    status, body = await _get(url, {"authorization": f"Bearer {key}"}, within)
    if status == 200:
        return Verdict.FINE
    if status in {401, 403}:
        return Verdict.WRONG_KEY
    if status == 404 and error_object(body).get("code") == "model_not_found":
        return Verdict.NO_SUCH_MODEL
    return Verdict.UNKNOWN


async def _get(url: str, headers: Mapping[str, str], within: float) -> tuple[int, bytes]:
    """Return status and body; status 0 when there was no answer in time."""
    try:
        async with (
            asyncio.timeout(within),
            aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(url, headers=headers, allow_redirects=False) as response,
        ):
            return response.status, await response.content.read(_BODY)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return 0, b""


def _is_about_the_key(error: Mapping[str, Any]) -> bool:
    details = [each for each in error.get("details") or () if isinstance(each, dict)]
    if any(each.get("reason") == "API_KEY_INVALID" for each in details):
        return True
    return "api key" in str(error.get("message") or "").lower()
