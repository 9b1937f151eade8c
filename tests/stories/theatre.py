"""The whole service as a separate process, between stand-ins for Telegram and Gemini.

A story reads like a chat: a person says something, the test waits for what they see. Nothing
here sleeps for a guessed time: every wait ends with what it waits for, or fails.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]
TOKEN = "1000:story"
KEY = "story-key"
WITHIN = 20.0


class Process:
    """A child of ours that says in one JSON line where it is; its output is kept for the test."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self.child = child
        self.output = bytearray()
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, *argv: str, env: Mapping[str, str] | None = None) -> Process:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *argv,
            cwd=ROOT,
            env={**_clean_environment(), **(env or {})},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return cls(child)

    async def ready(self) -> dict[str, Any]:
        """Return the first line that is JSON with an address in it."""
        assert self.child.stdout is not None
        async with asyncio.timeout(60):
            while line := await self.child.stdout.readline():
                self.output += line
                if line.startswith(b"{"):
                    self.listen()
                    return dict(json.loads(line))
        raise AssertionError(f"it ended before it was ready:\n{self.output.decode()}")

    def listen(self) -> None:
        """Go on reading what it says, so that it never blocks on a full pipe."""
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.child.stdout is not None
        while chunk := await self.child.stdout.read(65536):
            self.output += chunk

    async def kill(self) -> None:
        """SIGKILL, really."""
        if self.child.returncode is None:
            self.child.send_signal(signal.SIGKILL)
        await self.ended()

    async def ended(self, within: float = WITHIN) -> int:
        """Return its exit code."""
        async with asyncio.timeout(within):
            code = await self.child.wait()
            if self._reader is not None:
                await self._reader
        return code


def _clean_environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return {**found, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "default"}


class Theatre:
    """The stand-ins, and the service between them."""

    def __init__(self, client: aiohttp.ClientSession, data: Path) -> None:
        self._client = client
        self.data = data
        self.telegram = ""
        self.gemini = ""
        self.service: Process | None = None
        self.settings: dict[str, str] = {}
        self.outputs: list[bytearray] = []

    # -- the service --------------------------------------------------------------------------

    async def start(self, **settings: str) -> Process:
        """Start the service and wait until it asks for updates."""
        self.settings.update(settings)
        env = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE": self.telegram,
            "GREENROOM_DATA_DIR": str(self.data),
            "GREENROOM_LOG": "json",
            **self.settings,
        }
        if self.gemini:
            env |= {"GEMINI_API_KEY": "story-gemini-key", "GEMINI_BASE_URL": self.gemini}
        asked = await self.calls("getUpdates")
        self.service = await Process.start("-m", "service", "run", env=env)
        self.service.listen()
        self.outputs.append(self.service.output)
        await self.until(lambda: self._asks(len(asked)), "the service asks for updates", 60)
        return self.service

    async def _asks(self, before: int) -> bool:
        assert self.service is not None
        code = self.service.child.returncode
        assert code is None, f"ended with {code}:\n{self.service.output.decode()}"
        return len(await self.calls("getUpdates")) > before or (await self.state())["service"].get(
            "polling", False
        )

    async def kill(self) -> None:
        """Kill the service where it stands."""
        assert self.service is not None
        await self.service.kill()

    async def terminate(self, within: float = 15.0) -> tuple[int, float]:
        """SIGTERM; return the exit code and the seconds it took."""
        assert self.service is not None
        began = time.monotonic()
        self.service.child.send_signal(signal.SIGTERM)
        code = await self.service.ended(within)
        return code, time.monotonic() - began

    # -- Telegram -----------------------------------------------------------------------------

    async def post(self, what: str, **body: Any) -> dict[str, Any]:
        """Ask the stand-in for something."""
        url = f"{self.telegram}/_/{what}"
        async with self._client.post(url, json=body, headers={"X-Playground-Key": KEY}) as reply:
            said: dict[str, Any] = await reply.json()
            assert reply.status == 200, said
            return said

    async def get(self, what: str, **query: Any) -> dict[str, Any]:
        url = f"{self.telegram}/_/{what}"
        params = {key: str(value) for key, value in query.items()}
        async with self._client.get(url, params=params, headers={"X-Playground-Key": KEY}) as reply:
            said: dict[str, Any] = await reply.json()
            assert reply.status == 200, said
            return said

    async def state(self) -> dict[str, Any]:
        return await self.get("state")

    async def calls(self, method: str = "", since: int = 0) -> list[dict[str, Any]]:
        query = {"since": since, **({"method": method} if method else {})}
        return list((await self.get("calls", **query))["calls"])

    async def person(self, name: str = "Ada", language: str = "en") -> Person:
        made = await self.post("people", name=name, language=language)
        return Person(self, made["person"]["id"], made["person"]["id"])

    async def group(self, *members: Person, topics: tuple[str, ...] = ()) -> int:
        made = await self.post(
            "chats",
            title="A group",
            type="supergroup",
            members=[member.id for member in members],
            topics=list(topics),
        )
        return int(made["chat"]["id"])

    # -- Gemini -------------------------------------------------------------------------------

    async def asked(self) -> list[dict[str, Any]]:
        """Return every call that the model got."""
        async with self._client.get(f"{self.gemini}/_/calls") as reply:
            said = await reply.json()
        return list(said["calls"] if isinstance(said, dict) else said)

    # -- waiting ------------------------------------------------------------------------------

    async def until(self, true: Callable[[], Any], what: str, within: float = WITHIN) -> Any:
        """Wait until *true()* (awaited) returns something true; return it."""
        try:
            async with asyncio.timeout(within):
                while not (found := await true()):
                    await _breath()
        except TimeoutError:
            said = self.service.output.decode()[-3000:] if self.service else ""
            raise AssertionError(f"waited {within:g} s in vain until {what}\n{said}") from None
        return found

    def printed(self) -> str:
        """Return everything that any life of the service has printed."""
        return "".join(output.decode(errors="replace") for output in self.outputs)


async def _breath() -> None:
    """Let 20 ms pass before the stand-in, which is another process, is asked again."""
    loop = asyncio.get_running_loop()
    passed = loop.create_future()
    loop.call_later(0.02, passed.set_result, None)
    await passed


class Person:
    """Somebody who writes to the bot, in one chat."""

    def __init__(self, theatre: Theatre, id_: int, chat: int, topic: int | None = None) -> None:
        self._theatre = theatre
        self.id = id_
        self.chat = chat
        self.topic = topic

    def at(self, chat: int, topic: int | None = None) -> Person:
        """Return the same person in another chat."""
        return Person(self._theatre, self.id, chat, topic)

    async def says(self, text: str, **more: Any) -> int:
        """Send words; return the number of the message."""
        said = await self._theatre.post("say", **self._where(), text=text, **more)
        return int(said["message"]["message_id"])

    async def sends(
        self, kind: str, *files: tuple[str, bytes], caption: str = ""
    ) -> list[dict[str, Any]]:
        """Send a file, or several as an album."""
        form = aiohttp.FormData()
        for name, value in {**self._where(), "kind": kind, "caption": caption}.items():
            form.add_field(name, str(value))
        for number, (name, data) in enumerate(files):
            form.add_field(f"file{number}", data, filename=name)
        url = f"{self._theatre.telegram}/_/send"
        headers = {"X-Playground-Key": KEY}
        async with self._theatre._client.post(url, data=form, headers=headers) as reply:
            said = await reply.json()
            assert reply.status == 200, said
            return list(said["messages"])

    async def presses_stop(self) -> None:
        await self._theatre.post("stop", **self._where())

    async def presses(self, message: dict[str, Any], label: str) -> None:
        """Press the button *label* under *message*."""
        keys = [key for row in message["reply_markup"]["inline_keyboard"] for key in row]
        data = next(key["callback_data"] for key in keys if label in key["text"])
        await self._theatre.post(
            "press", **self._where(), message_id=message["message_id"], data=data
        )

    async def sees(self) -> list[dict[str, Any]]:
        """Return the bot's messages in this chat, oldest first."""
        shown = await self._theatre.get("chat", chat=self.chat)
        return [
            each
            for each in shown["messages"]
            if each.get("from", {}).get("is_bot")
            and (self.topic is None or each.get("message_thread_id") == self.topic)
        ]

    async def drafts(self) -> list[dict[str, Any]]:
        shown = await self._theatre.get("chat", chat=self.chat)
        return list(shown["drafts"])

    async def waits_for(self, count: int = 1, within: float = WITHIN) -> list[dict[str, Any]]:
        """Wait until the bot has finished *count* messages here; return them all."""

        async def enough() -> list[dict[str, Any]]:
            seen = await self.sees()
            return seen if len([each for each in seen if is_final(each)]) >= count else []

        found: list[dict[str, Any]] = await self._theatre.until(
            enough, f"{count} answers are there in chat {self.chat}", within
        )
        return found

    def _where(self) -> dict[str, Any]:
        topic = {"topic": self.topic} if self.topic is not None else {}
        return {"person": self.id, "chat": self.chat, **topic}


def words(message: dict[str, Any]) -> str:
    """Return the visible text of *message*, whatever its form."""
    if "rich_message" in message:
        return json.dumps(message["rich_message"], ensure_ascii=False)
    return str(message.get("text") or message.get("caption") or "")


def is_final(message: dict[str, Any]) -> bool:
    """Whether *message* is more than a bubble or a preview: it has no Stop button."""
    keys = message.get("reply_markup", {}).get("inline_keyboard", [])
    return not any("stop" in key.get("callback_data", "") for row in keys for key in row)


@asynccontextmanager
async def theatre(
    data: Path, *, gemini: bool = True, gemini_options: tuple[str, ...] = ()
) -> AsyncIterator[Theatre]:
    """Open the stand-ins; everything is closed at the end, and the outputs are checked."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(aiohttp.ClientSession())
        stage = Theatre(client, data)
        options = ["-m", "service.playground", "--port", "0", "--token", TOKEN, "--key", KEY]
        telegram = await Process.start(*options, "--empty")
        stack.push_async_callback(telegram.kill)
        stage.telegram = (await telegram.ready())["ready"].rstrip("/")
        if gemini:
            model = await Process.start(
                "-m", "tests.stand_ins.gemini", "--port", "0", *gemini_options
            )
            stack.push_async_callback(model.kill)
            stage.gemini = (await model.ready())["address"].rstrip("/")
        try:
            yield stage
        finally:
            if stage.service is not None:
                await stage.service.kill()
        assert TOKEN not in stage.printed(), "the token was printed"
        assert "story-gemini-key" not in stage.printed(), "a key was printed"
