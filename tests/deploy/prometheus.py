"""A real Prometheus that reads a service of the test's, with our own rules made impatient."""

from __future__ import annotations

import asyncio
import math
import re
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.house.sources import ROOT
from tests.left_out import required
from tests.stories.theatre import breath

DEPLOY = ROOT / "deploy"

_CONFIG = """
global: {{ scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms }}
rule_files: [alerts.yml]
scrape_configs: [{{ job_name: greenroom, static_configs: [{{ targets: ["127.0.0.1:{port}"] }}] }}]
"""
_WITHIN = 60.0


def program(name: str) -> str:
    """Return where *name* is; leave the test out where Prometheus is not installed."""
    found = shutil.which(name)
    if found is None and required():
        pytest.fail(f"{name} is not installed: apt install prometheus")
    if found is None:
        pytest.skip(f"{name} is not installed (apt install prometheus)")
    return found


class Prometheus:
    """Asks it over HTTP."""

    def __init__(self, client: aiohttp.ClientSession, address: str) -> None:
        self._client = client
        self._address = address

    async def has(self, expression: str) -> bool:
        """Whether *expression* returns a number just now."""
        found = await self._get("query", query=expression)
        return any(not math.isnan(float(each["value"][1])) for each in found["result"])

    async def firing(self) -> set[str]:
        """Return the names of the alerts that fire."""
        found = (await self._get("alerts"))["alerts"]
        return {each["labels"]["alertname"] for each in found if each["state"] == "firing"}

    async def until(self, what: str, true: Any) -> None:
        """Wait until *true()*, awaited, holds."""
        try:
            async with asyncio.timeout(_WITHIN):
                while not await true():
                    await breath()
        except TimeoutError:
            raise AssertionError(f"waited {_WITHIN:g} s in vain until {what}") from None

    async def _get(self, path: str, **query: str) -> dict[str, Any]:
        url = f"{self._address}/api/v1/{path}"
        async with self._client.get(url, params=query) as reply:
            answer = await reply.json()
        assert answer["status"] == "success", answer
        data: dict[str, Any] = answer["data"]
        return data

    async def ready(self) -> bool:
        try:
            async with self._client.get(f"{self._address}/-/ready") as reply:
                return reply.status == 200
        except aiohttp.ClientError:
            return False


@asynccontextmanager
async def prometheus(folder: Path, port: int) -> AsyncIterator[Prometheus]:
    """Run one for as long as the block lasts; it reads what is served on *port*."""
    rules = (DEPLOY / "alerts.yml").read_text()
    (folder / "alerts.yml").write_text(re.sub(r"for: \d+m", "for: 300ms", rules))
    (folder / "prometheus.yml").write_text(_CONFIG.format(port=port))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        own = free.getsockname()[1]
    child = await asyncio.create_subprocess_exec(
        program("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{own}",
        "--log.level=error",
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as client:
            asked = Prometheus(client, f"http://127.0.0.1:{own}")
            await asked.until("Prometheus is ready", asked.ready)
            yield asked
    finally:
        child.kill()
        await child.wait()
