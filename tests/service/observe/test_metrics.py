from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest

from service.health import Health, serving
from service.observe.exposing import metrics_routes
from service.observe.metrics import Metrics
from tests.service.observe.exposition import families

DOCUMENT = Path(__file__).parents[3] / "docs/operations.md"
ROW = re.compile(r"^\| `(greenroom_\w+)` \| (\w+) \| ([^|]*) \| (.+) \|$", re.MULTILINE)


def test_each_metric_is_documented_with_its_labels_and_no_other() -> None:
    documented = {
        (name, kind, tuple(re.findall(r"`(\w+)`", labels)))
        for name, kind, labels, _ in ROW.findall(DOCUMENT.read_text())
    }

    assert documented == {(name, kind, labels) for name, kind, labels, _ in families()}


def test_no_label_could_name_a_chat_or_a_person() -> None:
    labels = {label for _, _, each, _ in families() for label in each}

    assert labels == {
        "bot", "call", "cause", "child", "event", "incident", "kind", "mood", "outcome", "period",
        "problem", "provider", "reason", "server", "state", "status",
    }  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_prometheus_reads_them_beside_the_health() -> None:
    metrics = Metrics()
    metrics.called("deliver", "ok", 0.2)
    async with (
        serving(Health(), "127.0.0.1", 0, [metrics_routes(metrics.registry)]) as port,
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        told = await answer.text()

    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert 'greenroom_channel_calls_total{call="deliver",outcome="ok"} 1.0' in told
    assert 'greenroom_channel_call_seconds_bucket{call="deliver",le="0.2"} 1.0' in told
    assert "process_resident_memory_bytes" in told
