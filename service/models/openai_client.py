"""The `openai` package's client, so built that nothing but our settings decides who is asked."""

from __future__ import annotations

import random
from typing import Any, Final

from service.models.adapter import PackagedAdapter
from service.models.tries import DEADLINES, PATIENCE, Deadlines, Draw, Patience, R

_KEEP_ALIVE: Final = 120.0


class OpenAIAdapter(PackagedAdapter[R]):
    """One model of a server that speaks OpenAI's language, asked through the package."""

    def __init__(
        self,
        key: str,
        *,
        model: str,
        base_url: str,
        deadlines: Deadlines = DEADLINES,
        patience: Patience = PATIENCE,
        proxy: str = "",
        draw: Draw = random.uniform,
    ) -> None:
        super().__init__(model, deadlines=deadlines, patience=patience, draw=draw)
        self._key = key
        self._base_url = base_url
        self._proxy = proxy

    async def aclose(self) -> None:
        """Close every connection."""
        if self._client is not None:
            await self._client.close()

    def warm_up(self) -> None:
        """Import the package and build its client. Slow; may run in a thread."""
        self._client = client_for(self._key, self._base_url, self._deadlines, self._proxy)


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
