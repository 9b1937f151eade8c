"""A console over chats that a test controls, on asyncio and a real port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from fsm.data import Rules
from service.health import Health, serving
from tests.actors.world import Script
from tests.service.operators.house import Bot, House, house


@dataclass
class Stand:
    """The house, and where its console is."""

    house: House
    port: int
    client: aiohttp.ClientSession
    key: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def ask(
        self, path: str, *, method: str = "GET", key: bool = True, **options: Any
    ) -> tuple[int, str]:
        headers = {**({"X-Greenroom-Console": self.key} if key else {})}
        headers.update(options.pop("headers", {}))
        url = f"{self.address}{path}"
        async with self.client.request(method, url, headers=headers, **options) as answer:
            return answer.status, await answer.text()

    async def get(self, what: str) -> Any:
        url = f"{self.address}/console/api/{what}"
        async with self.client.get(url, headers={"X-Greenroom-Console": self.key}) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def act(self, action: str, about: str) -> Any:
        status, _ = 0, ""
        url = f"{self.address}/console/api/act"
        wish = {"action": action, "about": about}
        async with self.client.post(
            url, json=wish, headers={"X-Greenroom-Console": self.key}
        ) as answer:
            status = answer.status
            assert status == 200, await answer.text()
            return await answer.json()


@asynccontextmanager
async def stand(
    model: Script | None = None,
    *,
    rules: Rules | None = None,
    host: str = "127.0.0.1",
    token: str = "",
    bots: Sequence[Bot] = (),
) -> AsyncIterator[Stand]:
    async with house(model, rules, bots=bots) as made:
        doors = made.office.doors(host, token)
        async with (
            serving(Health(), "127.0.0.1", 0, doors) as port,
            aiohttp.ClientSession() as client,
        ):
            opened = Stand(made, port, client, token)
            if not token:
                _, page = await opened.ask("/console", key=False)
                opened.key = page.partition('name="console-key" content="')[2].partition('"')[0]
            yield opened
