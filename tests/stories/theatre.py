"""The whole service as a separate process, between stand-ins for Telegram and Gemini.

A story reads like a chat: a person says something, the test waits for what they see. Nothing
here sleeps for a guessed time: every wait ends with what it waits for, or fails.
"""

from __future__ import annotations

import asyncio
import copy
import io
import json
import mimetypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]
TOKEN = "1000:story"
OTHERS = {"2000": "2000:another-story", "3000": "3000:a-third-story"}
"""The tokens of more bots, by number; whoever starts the service decides whether it has them."""
KEY = "story-key"
WITHIN = 20.0
_LONG = 8
"""Letters from which on a line of a message is looked for in the log; less is in any of them."""


class Process:
    """The service as a child of ours; what it prints is kept for the test."""

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
        self.said: set[str] = set()
        """What people wrote in this story: nothing of it may be logged."""
        self.desks: set[int] = set()
        """Chats where an operator is shown crash reports, which the log has as well."""
        self._chats_before: frozenset[int] = frozenset()
        self.token = TOKEN
        self._people = "/_/"
        self._calls_before = 0
        self._asked_before = 0

    def other(self, bot: str) -> Theatre:
        """Return the same house with the people of another bot before it."""
        there = copy.copy(self)
        there.token, there._people = OTHERS[bot], f"/{bot}/_/"
        return there

    async def begin(self) -> None:
        """Forget what earlier stories left: their updates, their chats and their calls."""
        url = f"{self.telegram}/bot{self.token}/getUpdates"
        async with self._client.post(url, json={"timeout": 0}) as reply:
            left = (await reply.json())["result"]
        if left:
            offset = left[-1]["update_id"] + 1
            async with self._client.post(url, json={"timeout": 0, "offset": offset}) as reply:
                await reply.read()
        self._chats_before = frozenset([chat["id"] for chat in (await self.state())["chats"]])
        self._calls_before = (await self.get("calls"))["last"]
        self._asked_before = len(await self._all_asked()) if self.gemini else 0

    # -- the service --------------------------------------------------------------------------

    async def start(self, mine: str = "", *, asks: str = "getUpdates", **settings: str) -> Process:
        """Start the service, perhaps with a *mine* in it; wait until it asks for updates."""
        self.settings.update(settings)
        env = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE": self.telegram,
            "GREENROOM_DATA_DIR": str(self.data),
            "GREENROOM_LOG": "json",
            "GREENROOM_LOG_LEVEL": "debug",
            **self.settings,
        }
        if self.gemini:
            env |= {"GEMINI_API_KEY": "story-gemini-key", "GEMINI_BASE_URL": self.gemini}
        asked = await self.calls(asks)
        argv = ("tests.stories.dying", mine) if mine else ("service", "run")
        self.service = await Process.start("-m", *argv, env=env)
        self.service.listen()
        self.outputs.append(self.service.output)
        await self.until(lambda: self._asks(asks, len(asked)), "the service asks for updates", 60)
        return self.service

    async def _asks(self, method: str, before: int) -> bool:
        assert self.service is not None
        code = self.service.child.returncode
        assert code is None, f"ended with {code}:\n{self.service.output.decode()}"
        return len(await self.calls(method)) > before

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
        url = f"{self.telegram}{self._people}{what}"
        async with self._client.post(url, json=body, headers={"X-Playground-Key": KEY}) as reply:
            said: dict[str, Any] = await reply.json()
            assert reply.status == 200, said
            return said

    async def get(self, what: str, **query: Any) -> dict[str, Any]:
        url = f"{self.telegram}{self._people}{what}"
        params = {key: str(value) for key, value in query.items()}
        async with self._client.get(url, params=params, headers={"X-Playground-Key": KEY}) as reply:
            said: dict[str, Any] = await reply.json()
            assert reply.status == 200, said
            return said

    async def state(self) -> dict[str, Any]:
        return await self.get("state")

    async def calls(self, method: str = "") -> list[dict[str, Any]]:
        query = {"since": self._calls_before, **({"method": method} if method else {})}
        return list((await self.get("calls", **query))["calls"])

    async def person(self, name: str = "Ada", language: str = "en", **more: Any) -> Person:
        made = await self.post("people", name=name, language=language, **more)
        return Person(self, made["person"]["id"], made["person"]["id"])

    async def group(
        self, *members: Person, topics: tuple[str, ...] = (), has_bot: bool = True
    ) -> int:
        made = await self.post(
            "chats",
            title="A group",
            type="supergroup",
            members=[member.id for member in members],
            topics=list(topics),
            has_bot=has_bot,
        )
        return int(made["chat"]["id"])

    # -- Gemini -------------------------------------------------------------------------------

    async def asked(self) -> list[dict[str, Any]]:
        """Return every call that the model got in this story."""
        return (await self._all_asked())[self._asked_before :]

    async def _all_asked(self) -> list[dict[str, Any]]:
        async with self._client.get(f"{self.gemini}/_/calls") as reply:
            said = await reply.json()
        return list(said["calls"] if isinstance(said, dict) else said)

    async def stored(self, *, end: bool = False) -> dict[str, Any]:
        """Return which files Gemini stores; *end*: two days pass for them all."""
        ask = self._client.delete if end else self._client.get
        async with ask(f"{self.gemini}/_/files") as reply:
            return dict(await reply.json())

    # -- waiting ------------------------------------------------------------------------------

    async def until(self, true: Callable[[], Any], what: str, within: float = WITHIN) -> Any:
        """Wait until *true()* (awaited) returns something true; return it."""
        try:
            async with asyncio.timeout(within):
                while not (found := await true()):
                    await breath()
        except TimeoutError:
            said = self.service.output.decode()[-3000:] if self.service else ""
            raise AssertionError(f"waited {within:g} s in vain until {what}\n{said}") from None
        return found

    async def check_log(self) -> None:
        """Make sure that nothing printed is a secret, or what people or the model have written."""
        printed = self.printed()
        for token in (TOKEN, *OTHERS.values()):
            assert token not in printed, "the token was printed"
        assert "story-gemini-key" not in printed, "a key was printed"
        written = set(self.said)
        for chat in (await self.state())["chats"]:
            if chat["id"] in self.desks | self._chats_before:
                continue
            shown = await self.get("chat", chat=chat["id"])
            written |= {words(each) for each in shown["messages"]}
        for text in written:
            for line in text.splitlines():
                told = json.dumps(line, ensure_ascii=False)[1:-1]
                assert len(line) < _LONG or told not in printed, f"the log tells: {line}"

    def printed(self) -> str:
        """Return everything that any life of the service has printed."""
        return "".join(output.decode(errors="replace") for output in self.outputs)


async def breath(seconds: float = 0.02) -> None:
    """Let some time pass before the stand-in, which is another process, is asked again."""
    passed = asyncio.Event()  # unlike a future, it may be set after nobody waits any more
    asyncio.get_running_loop().call_later(seconds, passed.set)
    await passed.wait()


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
        self._theatre.said.add(text)
        said = await self._theatre.post("say", **self._where(), text=text, **more)
        return int(said["message"]["message_id"])

    async def edits(self, message: int, text: str) -> None:
        """Change the words of an earlier message."""
        self._theatre.said.add(text)
        await self._theatre.post("edit", **self._where(), message_id=message, text=text)

    async def sends(
        self, kind: str, *files: tuple[str, bytes], caption: str = "", album: str = ""
    ) -> list[dict[str, Any]]:
        """Send a file, or several as an album (with the number of one, as its rest)."""
        self._theatre.said.add(caption)
        form = aiohttp.FormData()
        more = {"kind": kind, "caption": caption, "album": album}
        for name, value in {**self._where(), **more}.items():
            form.add_field(name, str(value))
        for number, (name, data) in enumerate(files):
            kind_of_file = mimetypes.guess_type(name)[0]
            content = io.BytesIO(data)
            form.add_field(f"file{number}", content, filename=name, content_type=kind_of_file)
        url = f"{self._theatre.telegram}{self._theatre._people}send"
        headers = {"X-Playground-Key": KEY}
        async with self._theatre._client.post(url, data=form, headers=headers) as reply:
            said = await reply.json()
            assert reply.status == 200, said
            return list(said["messages"])

    async def presses_stop(self) -> None:
        await self._theatre.post("stop", **self._where())

    async def presses(self, message: dict[str, Any], label: str) -> str:
        """Press the button *label* under *message*; return what the press is known by."""
        keys = [key for row in message["reply_markup"]["inline_keyboard"] for key in row]
        keys.sort(key=lambda key: key["text"] != label)  # the whole word before a part of one
        data = next(key["callback_data"] for key in keys if label in key["text"])
        pressed = await self._theatre.post(
            "press", **self._where(), message_id=message["message_id"], data=data
        )
        return str(pressed["query"])

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


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns:
    """Where Telegram and Gemini are; started once, because both take seconds to start."""

    telegram: str
    gemini: str


@contextmanager
def stand_ins() -> Iterator[StandIns]:
    """Run both stand-ins as processes of their own for as long as the block lasts."""
    telegram = ["-m", "service.playground", "--token", TOKEN, "--key", KEY, "--empty"]
    telegram += [part for token in OTHERS.values() for part in ("--also", token)]
    with _running(*telegram) as bot_api, _running("-m", "tests.stand_ins.gemini") as gemini:
        yield StandIns(
            telegram=bot_api()["ready"].rstrip("/"), gemini=gemini()["address"].rstrip("/")
        )


@contextmanager
def _running(*argv: str) -> Iterator[Callable[[], dict[str, Any]]]:
    """Run a stand-in; the function waits for its ready line and returns it."""
    child = subprocess.Popen(
        [sys.executable, *argv],
        cwd=ROOT,
        env=_clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdout is not None
    try:
        yield lambda: dict(json.loads(child.stdout.readline()))  # type: ignore[union-attr]
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


@asynccontextmanager
async def theatre(places: StandIns, data: Path, *, gemini: bool = True) -> AsyncIterator[Theatre]:
    """Open the house for one story; at its end what the service printed is checked."""
    async with aiohttp.ClientSession() as client:
        stage = Theatre(client, data)
        stage.telegram = places.telegram
        stage.gemini = places.gemini if gemini else ""
        await stage.begin()
        try:
            yield stage
        finally:
            if stage.service is not None:
                await stage.service.kill()
        await stage.check_log()
