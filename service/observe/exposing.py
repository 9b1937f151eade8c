"""/metrics: the registry as Prometheus wants to read it."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder


def metrics_routes(registry: CollectorRegistry) -> Callable[[web.Application], None]:
    """Return what adds /metrics to a server. Nothing there tells of a chat or a person."""

    async def handle(request: web.Request) -> web.Response:
        encoder, kind = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encoder(registry), headers={"Content-Type": kind})

    def add(app: web.Application) -> None:
        app.router.add_get("/metrics", handle)

    return add
