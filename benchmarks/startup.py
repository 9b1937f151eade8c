"""What a start costs: from exec to the first getUpdates, with many snapshots and pending updates.

Run: `python -m benchmarks.startup [snapshots] [pending]`. CPU and memory are those of the whole
service process, at its first getUpdates; targets: 1.5 s and 100 MB with 100 000 and 1000.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from actors.chat import Chat
from fsm.content import Prompt
from fsm.data import Conversation
from fsm.memory import Turn
from service.channels.telegram.addresses import key_of
from service.settings import load
from service.storing import SCHEMAS, opened_store
from snapshots import Codec, Plain
from snapshots.disk import RealDisk
from snapshots.files import Files, Snapshot
from tests.stories.theatre import Theatre, stand_ins, theatre

BOT = "1000"


class Careless(RealDisk):
    """Makes many files for the measurement without syncing each."""

    def fsync(self, path: str) -> None:
        pass

    def fsync_dir(self, folder: str) -> None:
        pass


def chat(number: int) -> Chat:
    prompt = Prompt(text="what is it? " * 5, at=1.0)
    memory = tuple(Turn(number=n, prompts=(prompt,), answer="it is so " * 40) for n in range(10))
    key = f"telegram.{BOT}.{number}"
    return Chat(key=key, conversation=Conversation(memory=memory, turn=10))


async def fill(data: Path, snapshots: int, pending: int) -> None:
    """Leave what a life with *snapshots* quiet chats and a sudden end would leave."""
    async with opened_store(load(env_file=None, data_dir=data), key_of) as store:
        for first in range(0, pending, 100):
            batch = [update(n) for n in range(first, min(first + 100, pending))]
            await store.accept(BOT, batch, next_offset=None)
    files, codec = Files(Careless(data), Plain(), lambda *_: None), Codec(SCHEMAS)
    for number in range(snapshots):
        key, packed = f"chat/telegram.{BOT}.{10**9 + number}", codec.pack(chat(number))
        version = codec.version(key)
        files.write(Snapshot(key=key, version=version, epoch=1, seq=1, owes=None, packed=packed))


def update(number: int) -> dict[str, Any]:
    person = {"id": 5_000_000 + number, "is_bot": False, "first_name": "Ada"}
    where = {"id": person["id"], "type": "private", "first_name": "Ada"}
    message = {"message_id": 7, "date": 1, "chat": where, "from": person, "text": "hello"}
    return {"update_id": 10**8 + number, "message": message}


def cost(pid: int) -> tuple[float, float]:
    """Return the seconds of CPU and the megabytes that process *pid* has taken so far."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    cpu = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return cpu, pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(stage: Theatre, name: str) -> None:
    began = time.perf_counter()
    process = await stage.start()
    seconds = time.perf_counter() - began
    cpu, size = cost(process.child.pid)
    print(f"{name:38s} {cpu:5.2f} s CPU   {seconds:5.2f} s   {size:4.0f} MB", flush=True)
    await stage.kill()


async def main(snapshots: int, pending: int) -> None:
    with stand_ins() as places, tempfile.TemporaryDirectory() as folder:
        async with theatre(places, Path(folder) / "empty") as stage:
            await measure(stage, "nothing to restore")
        await fill(Path(folder) / "full", snapshots, pending)
        async with theatre(places, Path(folder) / "full") as stage:
            await measure(stage, f"{snapshots} snapshots, {pending} pending")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    asyncio.run(main(*[*given, *(100_000, 1000)[len(given) :]]))
