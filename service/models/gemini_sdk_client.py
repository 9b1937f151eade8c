"""Builds google-genai's client on an HTTP client of ours, and reads its errors. Slow to import."""

from __future__ import annotations

import warnings
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2
from google import genai
from google.genai import errors, types

from service.models.tries import Deadlines

_KEEP_ALIVE = 120.0


class _TimeoutTransport(httpx2.AsyncHTTPTransport):
    """Sets the timeouts below the package, which passes "none at all" with every request.

    A timeout given to the package itself would also be sent to Google, which then cuts the
    answer short on its side.
    """

    def __init__(self, phases: Mapping[str, float], **options: Any) -> None:
        super().__init__(**options)
        self._phases = dict(phases)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.extensions = {**request.extensions, "timeout": dict(self._phases)}
        return await super().handle_async_request(request)


def build_client(
    key: str,
    *,
    base_url: str,
    api_version: str,
    deadlines: Deadlines,
    proxy: str,
    on_response: Callable[[Any], Awaitable[None]],
) -> tuple[httpx2.AsyncClient, genai.Client]:
    """Return an HTTP client, which its owner must close, and the package's client above it."""
    phases = {
        "connect": deadlines.connect,
        "read": max(deadlines.silence, deadlines.first),
        "write": 30.0,
        "pool": 10.0,
    }
    limits = httpx2.Limits(
        max_connections=1000, max_keepalive_connections=100, keepalive_expiry=_KEEP_ALIVE
    )
    secure = httpx2.create_ssl_context(trust_env=False)
    transport = _TimeoutTransport(
        phases, verify=secure, limits=limits, proxy=proxy or None, trust_env=False
    )
    http = httpx2.AsyncClient(
        transport=transport, event_hooks={"response": [on_response]}, trust_env=False
    )
    # The other client is never used; without it, the package builds one with three TLS contexts.
    unused = httpx2.Client(transport=httpx2.HTTPTransport(verify=secure), trust_env=False)
    # An enum value that the package does not know yet is no news for anybody.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"google\.genai\.")
    options = types.HttpOptions(
        base_url=base_url, api_version=api_version, httpx_async_client=http, httpx_client=unused
    )
    return http, genai.Client(api_key=key, vertexai=False, http_options=options)


def failure(error: Exception) -> tuple[int | None, Mapping[str, Any]]:
    """Return the HTTP status of *error* with Google's error object; None if it has no status."""
    if not isinstance(error, errors.APIError):
        return None, {}
    details = error.details if isinstance(error.details, dict) else {}
    found = details.get("error", details)
    return error.code, found if isinstance(found, dict) else {}
