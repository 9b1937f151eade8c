"""The playground as a process, and a test's hands on it: for tests of the whole service.

async with playing(token="1000:x") as playground:
    ...start the service with TELEGRAM_API_BASE=playground.address...
    await playground.say(1001, "hi")
    answer = await playground.until(1001, lambda shown: shown.finals()[-1:])
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a chat shows."""

    messages: list[Json]
    drafts: list[Json]

    def finals(self) -> list[str]:
        """Return what the bot has said for good, in order; "" for what is not plain text."""
        return [each.get("text", "") for each in self.messages if each["from"]["is_bot"]]


class Playground:
    """Acts for people, orders faults, and waits for what a chat shows."""

    def __init__(self, address: str, key: str, session: aiohttp.ClientSession) -> None:
        self.address = address
        self._session = session
        self._headers = {"X-Playground-Key": key}

    async def post(self, path: str, **body: Any) -> Json:
        """Do what *path* names; a refusal fails the test."""
        url = f"{self.address}/_/{path}"
        async with self._session.post(url, json=body, headers=self._headers) as response:
            answer: Json = await response.json()
            assert response.status == 200, answer
            return answer

    async def get(self, path: str, **query: Any) -> Json:
        url = f"{self.address}/_/{path}"
        async with self._session.get(url, params=query, headers=self._headers) as response:
            answer: Json = await response.json()
            assert response.status == 200, answer
            return answer

    async def say(self, person: int, text: str, **where: Any) -> Json:
        """Write *text*; *where* may hold chat, topic, reply_to and quote."""
        message: Json = (await self.post("say", person=person, text=text, **where))["message"]
        return message

    async def send(
        self, person: int, kind: str, files: Sequence[tuple[str, str, bytes]], **fields: Any
    ) -> list[Json]:
        """Send files, each a (name, type, data); several are one album."""
        form = aiohttp.FormData()
        for key, value in {"person": person, "kind": kind, **fields}.items():
            form.add_field(key, str(value))
        for name, content_type, data in files:
            form.add_field("file", data, filename=name, content_type=content_type)
        url = f"{self.address}/_/send"
        async with self._session.post(url, data=form, headers=self._headers) as response:
            answer = await response.json()
            assert response.status == 200, answer
            messages: list[Json] = answer["messages"]
            return messages

    async def calls(self, **query: Any) -> list[Json]:
        """Return the recorded calls; *query* may hold since and method."""
        calls: list[Json] = (await self.get("calls", **query))["calls"]
        return calls

    async def shown(self, chat: int) -> Shown:
        answer = await self.get("chat", chat=chat)
        return Shown(answer["messages"], answer["drafts"])

    async def until(self, chat: int, holds: Callable[[Shown], T], within: float = 10) -> T:
        """Wait until *holds* says something true of what *chat* shows, and return that.

        It looks again whenever something happens there, so it neither sleeps nor misses
        what was there already.
        """
        shown = None
        try:
            async with (
                asyncio.timeout(within),
                self._session.get(f"{self.address}/_/events", headers=self._headers) as stream,
            ):
                async for line in stream.content:
                    if line.startswith(b"data: ") and _concerns(json.loads(line[6:]), chat):
                        shown = await self.shown(chat)
                        if found := holds(shown):
                            return found
        except TimeoutError:
            pass
        message = f"not within {within:g} s; the chat shows {shown}"
        raise AssertionError(message)


def _concerns(event: Json, chat: int) -> bool:
    return event["kind"] in {"hello", "quiet"} or event.get("chat") == chat


@asynccontextmanager
async def playing(*arguments: str, **secrets: str) -> AsyncIterator[Playground]:
    """Run the playground as a process; *secrets* may hold token, key and control_secret."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "service.playground", "--secrets", *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 20,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(secrets).encode() + b"\n")
    ready = json.loads(await process.stdout.readline())
    # The stream of events must not be timed out; `until` has a deadline of its own.
    timeout = aiohttp.ClientTimeout(total=None)
    try:
        async with aiohttp.ClientSession(
            timeout=timeout, read_bufsize=1 << 23, connector=aiohttp.TCPConnector(limit=0)
        ) as session:
            yield Playground(ready["ready"], ready["key"], session)
    finally:
        process.terminate()
        await process.communicate()
