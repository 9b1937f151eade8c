"""Builds the `openai` package's client, so that nothing but our settings decides who is asked."""

from __future__ import annotations

from typing import Any, Final

from service.models.tries import Deadlines

_KEEP_ALIVE: Final = 120.0


def client_for(key: str, base_url: str, deadlines: Deadlines, proxy: str = "") -> Any:
    """Return a client. The first time the package is imported, which takes half a second."""
    import httpx2
    from openai import AsyncOpenAI

    slowest = max(deadlines.first, deadlines.silence)
    http = httpx2.AsyncClient(
        timeout=httpx2.Timeout(slowest, connect=deadlines.connect),
        limits=httpx2.Limits(max_connections=1000, keepalive_expiry=_KEEP_ALIVE),
        proxy=proxy or None,
        trust_env=False,
    )
    # A local server wants no key, but the package wants one.
    client = AsyncOpenAI(
        api_key=key or "none",
        base_url=base_url,
        webhook_secret="",
        max_retries=0,
        http_client=http,
    )
    # The environment's must not decide whose account is asked.
    client.organization = client.project = None
    return client
