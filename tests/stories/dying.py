"""The service with a mine in it: it ends itself at an instant that nobody outside could hit.

`python -m tests.stories.dying WHERE:N` runs `service run`, and at the Nth time at WHERE:

append   half of a batch is in the journal, then SIGKILL
fsync    a batch is in the journal, but not synced yet, then SIGKILL
heard    a batch is on the disk, and nobody has looked at it yet, then SIGKILL
sent     Telegram has taken a message, nobody here has heard that yet, then SIGKILL
eager    a model that fails rests for a second and a half only, before it is probed
full     there is no room on the disk while there is a file `data.full` beside the folder `data`
blind    the curves of the console cannot be drawn, as with a bug of ours
tool     a tool that looks at the weather never comes back
sick     the chat whose number stands in a file `data.sick` beside the folder `data` cannot be
         loaded, as with a bug of ours; and the journal is made of segments of 30 kB
diary    nothing ends; what is synced, asked, finished and sent is written down in a file
         `data.diary` beside the folder `data`, a line each
deadly   (every time from N on) the turn about a message that says "deadly" ends the process
"""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn


def end() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit("unreachable")


def mine_append(nth: int, count: Iterator[int]) -> None:
    from snapshots.disk import RealDisk

    append = RealDisk.append

    def mined(self: RealDisk, path: str, data: bytes) -> None:
        if path.startswith("journal/") and next(count) == nth:
            append(self, path, data[: len(data) // 2])
            end()
        append(self, path, data)

    RealDisk.append = mined  # type: ignore[method-assign]


def mine_fsync(nth: int, count: Iterator[int]) -> None:
    from snapshots.disk import RealDisk

    fsync = RealDisk.fsync

    def mined(self: RealDisk, path: str) -> None:
        if path.startswith("journal/") and next(count) == nth:
            end()
        fsync(self, path)

    RealDisk.fsync = mined  # type: ignore[method-assign]


def mine_heard(nth: int, count: Iterator[int]) -> None:
    from actors.router import Router

    turn = Router.turn

    def mined(self: Router, *args: Any) -> Any:
        if next(count) == nth:
            end()
        return turn(self, *args)

    Router.turn = mined  # type: ignore[method-assign]


def mine_sent(nth: int, count: Iterator[int]) -> None:
    from service.channels.telegram.sender import Sender

    deliver = Sender.deliver

    async def mined(self: Sender, *args: Any, **more: Any) -> int:
        number = await deliver(self, *args, **more)
        if next(count) == nth:
            end()
        return number

    Sender.deliver = mined  # type: ignore[method-assign]


def mine_deadly(nth: int, count: Iterator[int]) -> None:
    import actors.chat
    from fsm.events import Asked

    decide = actors.chat.decide

    def mined(conv: Any, event: Any, *rest: Any) -> Any:
        if isinstance(event, Asked) and "deadly" in event.prompt.text and next(count) >= nth:
            os._exit(70)  # without a trace, as a crash in native code would
        return decide(conv, event, *rest)

    actors.chat.decide = mined


def mine_full(_nth: int, _count: Iterator[int]) -> None:
    from snapshots.disk import RealDisk

    append = RealDisk.append

    def mined(self: RealDisk, path: str, data: bytes) -> None:
        if Path(f"{self._root}.full").exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        append(self, path, data)

    RealDisk.append = mined  # type: ignore[method-assign]


def mine_eager(_nth: int, _count: Iterator[int]) -> None:
    from functools import partial

    from service.models import fallback

    fallback.BreakerPolicy = partial(fallback.BreakerPolicy, rest=1.5)  # type: ignore[misc, assignment]


def mine_sick(_nth: int, _count: Iterator[int]) -> None:
    from functools import partial

    from service import storing
    from service.app import Service
    from snapshots.opening import Bounds

    note = Path(f"{os.environ['GREENROOM_DATA_DIR']}.sick")
    load = Service._load

    def mined(self: Service, key: str) -> Any:
        if note.exists() and key.endswith(f".{note.read_text()}"):
            raise RuntimeError("a bug of ours")
        return load(self, key)

    Service._load = mined  # type: ignore[method-assign]
    storing.Bounds = partial(Bounds, segment_bytes=30_000, segments=2)  # type: ignore[assignment, misc]


def mine_diary(_nth: int, _count: Iterator[int]) -> None:
    import actors.chat
    from fsm.events import Asked, Finished
    from service.channels.telegram.sender import Sender
    from snapshots.disk import RealDisk

    diary = Path(f"{os.environ['GREENROOM_DATA_DIR']}.diary").open("a", buffering=1)  # noqa: SIM115
    fsync, fsync_dir = RealDisk.fsync, RealDisk.fsync_dir
    decide, deliver = actors.chat.decide, Sender.deliver

    def synced(self: RealDisk, path: str) -> None:
        fsync(self, path)
        diary.write("synced\n")

    def synced_dir(self: RealDisk, folder: str) -> None:
        fsync_dir(self, folder)
        diary.write("synced\n")

    def decided(conv: Any, event: Any, *rest: Any) -> Any:
        if isinstance(event, Asked | Finished):
            diary.write(f"{type(event).__name__.lower()}\n")
        return decide(conv, event, *rest)

    def delivered(self: Sender, address: Any, answer: Any, *rest: Any, **more: Any) -> Any:
        diary.write("bubble\n" if answer.bubble else "sent\n")
        return deliver(self, address, answer, *rest, **more)

    RealDisk.fsync = synced  # type: ignore[method-assign]
    RealDisk.fsync_dir = synced_dir  # type: ignore[method-assign]
    actors.chat.decide = decided
    Sender.deliver = delivered  # type: ignore[method-assign]


def mine_blind(_nth: int, _count: Iterator[int]) -> None:
    from service.console.series import Series

    def mined(self: Series) -> NoReturn:
        raise RuntimeError("a bug of ours")

    Series.take = mined  # type: ignore[method-assign]


def mine_tool(_nth: int, _count: Iterator[int]) -> None:
    from service.tools.toolbox import Toolbox

    use = Toolbox.use

    async def mined(self: Toolbox, call: Any, setting: Any) -> Any:
        if call.name == "weather":
            await asyncio.get_running_loop().create_future()
        return await use(self, call, setting)

    Toolbox.use = mined  # type: ignore[method-assign]


MINES = {
    "eager": mine_eager,
    "append": mine_append,
    "fsync": mine_fsync,
    "heard": mine_heard,
    "sent": mine_sent,
    "full": mine_full,
    "sick": mine_sick,
    "diary": mine_diary,
    "tool": mine_tool,
    "blind": mine_blind,
    "deadly": mine_deadly,
}


if __name__ == "__main__":
    from service.__main__ import main

    where, _, nth = sys.argv[1].partition(":")
    MINES[where](int(nth), itertools.count(1))
    sys.exit(main(["run"]))
