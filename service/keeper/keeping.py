"""Starts what is needed, restarts what ends, and ends all of it in order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import shutil
import signal
import socket
import tempfile
import time
from pathlib import Path

from service import exits
from service.keeper.children import Child, Commands, honest, told
from service.keeper.control import Answer, Control, failed, post
from service.keeper.plan import Plan
from service.keeper.restarts import Patience, Restarts

_SHORT_GRACE = 3.0
_READY = 60.0


class Keeper:
    """Keeps one service, and in the playground's case the playground too."""

    def __init__(self, plan: Plan, commands: Commands, patience: Patience) -> None:
        self._plan = plan
        self._commands = commands
        self._patience = patience
        self._asked_to_end = asyncio.Event()
        self._times_asked = 0
        self._killed = False
        self._secret = secrets.token_urlsafe(24)
        self._changes: dict[str, str] = {"GREENROOM_KEPT": "on"}
        self._service: Child | None = None
        self._playground: Child | None = None
        self._control = Control(self._secret, {"/kill": self._kill, "/crash": self._crash})
        self._folder: Path | None = None

    async def run(self) -> int:
        """Work until asked to end or until there is no point; return the exit code."""
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, self._ask_to_end)
        try:
            if self._plan.playground and (code := await self._open_playground()) is not None:
                return 0 if self._asked_to_end.is_set() else code
            return await self._keep()
        finally:
            await self._control.close()
            if self._playground:
                await self._playground.end(_SHORT_GRACE)
            if self._folder:
                shutil.rmtree(self._folder, ignore_errors=True)

    async def _keep(self) -> int:
        restarts = Restarts()
        while True:
            began = time.monotonic()
            self._killed = False
            self._service = await Child.start(self._commands.service, self._changes)
            code = await self._watch(self._service)
            if code is None:
                return await self._end()
            if self._killed:
                self._say("keeper-killed")
                continue
            if code in exits.FINAL:
                return code
            restarts = restarts.after(time.monotonic() - began, self._patience)
            delay = restarts.delay(self._patience)
            if delay is None:
                self._say("keeper-gave-up", count=str(restarts.failures))
                return honest(code)
            self._say("keeper-restarting", code=told(code), seconds=f"{delay:g}")
            if await self._asked_within(delay):
                self._say("keeper-stopped")
                return 0

    async def _watch(self, service: Child) -> int | None:
        """Return how *service* ended, or None if something else has to end now."""
        waits = {
            asyncio.ensure_future(service.ended()): "service",
            asyncio.ensure_future(self._asked_to_end.wait()): "asked",
        }
        if self._playground:
            waits[asyncio.ensure_future(self._playground.ended())] = "playground"
        done, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in pending:
            each.cancel()
        names = {waits[each]: each.result() for each in done}
        if "playground" in names and "asked" not in names:
            self._say("keeper-playground-ended", code=told(int(names["playground"])))
        return int(names["service"]) if set(names) == {"service"} else None

    async def _end(self) -> int:
        """End the service; the exit code says whether it ended well by itself."""
        assert self._service
        asked = self._asked_to_end.is_set()
        if asked:
            self._say("keeper-stopping")
        code = await self._service.end(self._patience.grace)
        if code is None:
            self._say("keeper-hard", seconds=f"{self._patience.grace:g}")
            return exits.BROKEN
        self._say("keeper-stopped")
        if not asked:
            return exits.BROKEN
        # Asked so early that it had no handler yet, it ended by the signal: that is well, too.
        return exits.WELL if code == -signal.SIGTERM else honest(code)

    async def _open_playground(self) -> int | None:
        """Start the playground and learn from its first line where it is; a code if it is not."""
        await self._control.open()
        # What the playground knows is gone when it ends, so its chats get a folder that goes
        # with it: an old chat of the same number must not speak up in the new one.
        try:
            self._plan.folder.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix="playground-", dir=self._plan.folder))
        except OSError:
            self._say("problem-data-folder", folder=str(self._plan.folder))
            return exits.MISCONFIGURED
        token = f"{secrets.randbelow(9 * 10**9) + 10**9}:{secrets.token_urlsafe(27)[:35]}"
        command = [
            *self._commands.playground,
            *("--port", str(self._plan.playground_port)),
            *("--control", self._control.address, "--secrets"),
            *(["--offline"] if self._plan.offline else []),
        ]
        told = {"token": token, "control_secret": self._secret, "notes": dict(self._plan.notes)}
        line = json.dumps(told).encode() + b"\n"
        self._playground = await Child.start(command, {}, heard=True, told=line)
        ready = await self._first_line(self._playground)
        if ready is None:
            if not self._asked_to_end.is_set():
                self._say("keeper-playground-failed")
            return exits.BROKEN
        if why := ready.get("refused"):
            self._say_refused(why, taken=bool(ready.get("taken")))
            return exits.MISCONFIGURED
        self._changes |= {
            "TELEGRAM_API_BASE": ready["ready"],
            "TELEGRAM_BOT_TOKEN": token,
            "GREENROOM_PLAYGROUND_SECRET": self._secret,
            "GREENROOM_HTTP_PORT": str(self._plan.http_port or _free_port()),
            "GREENROOM_DATA_DIR": str(self._folder),
        }
        self._say("start-open", address=ready["ready"])
        return None

    async def _first_line(self, child: Child) -> dict[str, str] | None:
        line = asyncio.ensure_future(child.line())
        asked = asyncio.ensure_future(self._asked_to_end.wait())
        await asyncio.wait((line, asked), timeout=_READY, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if not line.done():
            line.cancel()
            return None
        try:
            ready = json.loads(line.result())
            return ready if {"ready", "refused"} & set(ready) else None
        except (ValueError, TypeError):
            return None

    async def _kill(self, _: bytes) -> Answer:
        if self._service is None or not self._service.running:
            return 409, failed("the service is not running")
        self._killed = True
        self._service.kill()
        return 200, b'{"ok": true}'

    async def _crash(self, body: bytes) -> Answer:
        port = int(self._changes["GREENROOM_HTTP_PORT"])
        return await post(port, "/playground/crash", self._secret, body)

    def _ask_to_end(self) -> None:
        self._times_asked += 1
        self._asked_to_end.set()
        if self._times_asked > 1 and self._service:
            self._service.kill()  # a person who presses Ctrl-C twice means it

    async def _asked_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._asked_to_end.wait(), seconds)
        return self._asked_to_end.is_set()

    def _say_refused(self, why: str, *, taken: bool) -> None:
        name, port = "GREENROOM_PLAYGROUND_PORT", str(self._plan.playground_port)
        if taken:
            self._say("problem-port", port=port, name=name)
        else:
            self._say("problem-listen", host="127.0.0.1", port=port, why=why, name=name)

    def _say(self, key: str, **args: str) -> None:
        print(self._plan.say(key, **args), flush=True)


def main(commands: Commands | None = None, patience: Patience | None = None) -> int:
    """Keep the service until asked to end; return the exit code."""
    return asyncio.run(_main(commands or Commands(), patience or Patience()))


async def _main(commands: Commands, patience: Patience) -> int:
    planner = await Child.start(commands.plan, {}, heard=True)
    written = await planner.rest()
    code = await planner.ended()
    if code != 0:
        return honest(code)
    plan = Plan.read(written)
    for line in plan.lines:
        print(line, flush=True)
    return await Keeper(plan, commands, patience).run()


def _free_port() -> int:
    """Return a port that is free now; it stays the same for every life of the service."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
