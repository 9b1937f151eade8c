"""A bot as small as can be, on plain HTTP: what the tests call the stand-in with."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

import aiohttp

Json = dict[str, Any]

ALL = ["message", "edited_message", "callback_query", "stopped_message_generation",
       "message_reaction", "my_chat_member", "inline_query",
       "chosen_inline_result"]  # fmt: skip


class Bot:
    """Calls methods and reads updates; with a script it answers what comes."""

    def __init__(self, address: str, token: str) -> None:
        self._base = f"{address}/bot{token}"
        self._files = f"{address}/file/bot{token}"
        self._session = aiohttp.ClientSession()
        self._script: asyncio.Task[None] | None = None
        self.offset = 0

    async def __aenter__(self) -> Bot:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._script is not None:
            self._script.cancel()
            await asyncio.gather(self._script, return_exceptions=True)
        await self._session.close()

    async def answer(self, method: str, **params: Any) -> tuple[int, Json]:
        """Call *method* and return the status and the body, whatever they are."""
        async with self._session.post(f"{self._base}/{method}", json=params) as response:
            return response.status, await response.json()

    async def call(self, method: str, **params: Any) -> Any:
        """Call *method* and return its result; a refusal fails the test."""
        status, body = await self.answer(method, **params)
        assert status == 200, body
        return body["result"]

    async def refused(self, method: str, **params: Any) -> str:
        """Call *method*, which must be refused, and return what it says."""
        status, body = await self.answer(method, **params)
        assert body["ok"] is False
        assert body["error_code"] == status
        return f"{status} {body['description']}"

    async def form(self, method: str, files: dict[str, bytes], **params: Any) -> Any:
        """Call *method* as multipart, as a library with files would."""
        form = aiohttp.FormData()
        for key, value in params.items():
            form.add_field(key, value if isinstance(value, str) else json.dumps(value))
        for name, data in files.items():
            form.add_field(name, data, filename=f"{name}.bin", content_type="application/x")
        async with self._session.post(f"{self._base}/{method}", data=form) as response:
            body = await response.json()
            assert body["ok"], body
            return body["result"]

    async def urlencoded(self, method: str, **params: str) -> Any:
        async with self._session.post(f"{self._base}/{method}", data=params) as response:
            body = await response.json()
            assert body["ok"], body
            return body["result"]

    async def download(self, path: str) -> bytes:
        async with self._session.get(f"{self._files}/{path}") as response:
            assert response.status == 200
            return await response.read()

    async def updates(self, wait: float = 5, **params: Any) -> list[Json]:
        """Read the next updates and confirm those read before."""
        wanted = {"timeout": wait, "allowed_updates": ALL, **params}
        batch: list[Json] = await self.call("getUpdates", offset=self.offset, **wanted)
        if batch:
            self.offset = batch[-1]["update_id"] + 1
        return batch

    def follow(self, script: Callable[[Bot, Json], Awaitable[None]]) -> None:
        """Answer every update by *script* from now on."""
        self._script = asyncio.create_task(self._run(script))

    async def _run(self, script: Callable[[Bot, Json], Awaitable[None]]) -> None:
        async with asyncio.TaskGroup() as tasks:
            while True:
                for update in await self.updates(wait=50):
                    tasks.create_task(_whole(script(self, update)))


async def _whole(script: Awaitable[None]) -> None:
    await script


draft_ids = itertools.count(1)
