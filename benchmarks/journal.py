"""The store: accepted updates a second, what a commit costs the loop, syncs, replay, a cold start.

Run: `python -m benchmarks.journal [--snapshots 100000]`. A bare fdatasync of the same bytes is
measured in the same run: that is what the disk can do.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from actors.chat import Chat, apply
from actors.ports import Accepted
from fsm.content import Prompt
from fsm.data import Conversation
from fsm.events import Grew
from fsm.memory import Turn
from fsm.outbox import PartMoved
from snapshots import Codec, Schema, open_store
from snapshots.cipher import Plain
from snapshots.disk import RealDisk
from snapshots.files import Files, Snapshot

CODEC = Codec({"chat": Schema(value=Chat, deltas={"part": PartMoved, "grew": Grew}, apply=apply)})


def key(number: int) -> str:
    return f"chat/telegram.1.{number}"


def update(number: int, chats: int) -> dict[str, Any]:
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_790_000_000,
            "chat": {"id": number % chats, "type": "private", "first_name": "Ada"},
            "from": {"id": number % chats, "is_bot": False, "first_name": "Ada"},
            "text": f"question number {number}, as long as questions usually are",
        },
    }


def chat(turns: int = 10) -> Chat:
    memory = tuple(
        Turn(number=n, prompts=(Prompt(text="what is it? " * 5, at=1.0),), answer="it is so " * 40)
        for n in range(turns)
    )
    return Chat(key="telegram.1.1", conversation=Conversation(memory=memory, turn=turns))


def opened(path: Path) -> Any:
    return open_store(
        path,
        CODEC,
        key_of=lambda _, update: key(update["message"]["chat"]["id"]),
        accepted=Accepted,
        report=lambda kind, detail: print(f"  ! {kind}: {detail}"),
    )


def spread(seconds: list[float]) -> str:
    seconds = sorted(seconds)
    p99 = seconds[int(len(seconds) * 0.99)]
    return f"p50 {statistics.median(seconds) * 1e3:6.2f} ms   p99 {p99 * 1e3:6.2f} ms"


async def intake(path: Path, chats: int, total: int) -> None:
    """Accept in batches of 100, each absorbed by a commit of its chat, as the service does."""
    value = chat()
    async with opened(path) as store:
        began, cpu, syncs = time.perf_counter(), time.process_time(), store.statistics().syncs
        spent = 0.0
        for first in range(0, total, 100):
            batch = [update(n, chats) for n in range(first, first + 100)]
            mail = await store.accept("1", batch, next_offset=first + 100)
            before = time.perf_counter()
            for each in mail:
                chat_id = each.update["message"]["chat"]["id"]
                store.commit(key(chat_id), value, absorbed=(each.n,), owes=0.0)
            spent += time.perf_counter() - before
        await store.flush()
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        syncs = store.statistics().syncs - syncs
    print(
        f"accept + commit           {total / seconds:8,.0f} updates/s  "
        f"({cpu / total * 1e6:.0f} us CPU each)"
    )
    print(f"  a commit on the loop    {spent / total * 1e6:8.1f} us")
    print(f"  syncs                   {syncs:8d}  for {total // 100} batches and their commits")


async def accept_only(path: Path, total: int) -> None:
    async with opened(path) as store:
        began = time.perf_counter()
        for first in range(0, total, 100):
            batch = [update(n, 1000) for n in range(first, first + 100)]
            await store.accept("1", batch, next_offset=first + 100)
        seconds = time.perf_counter() - began
        print(f"accept only               {total / seconds:8,.0f} updates/s")
        shutil.copytree(path, path.with_name("killed"))
    began = time.perf_counter()
    async with opened(path.with_name("killed")) as store:
        seconds = time.perf_counter() - began
        assert len(store.unabsorbed()) == total
    print(f"replay after a kill       {total / seconds:8,.0f} updates/s")


async def latency(path: Path, times: int = 400) -> None:
    """One commit at a time, beside a bare fdatasync of the same bytes, taking turns."""
    ours, bare, value = [], [], chat()
    size = len(CODEC.pack(value)) + 120
    path.parent.mkdir()
    handle = os.open(path.with_name("bare"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    async with opened(path) as store:
        for number in range(times):
            before = time.perf_counter()
            done = asyncio.get_running_loop().create_future()
            ticket = store.commit(key(1), replace(value, key=str(number)), owes=0.0)
            ticket.when_durable(lambda done=done: done.set_result(None))
            await done
            ours.append(time.perf_counter() - before)
            before = time.perf_counter()
            os.write(handle, bytes(size))
            os.fdatasync(handle)
            bare.append(time.perf_counter() - before)
    os.close(handle)
    print(f"a durable commit of {size / 1024:4.1f} kB {spread(ours)}")
    print(f"bare fdatasync of it      {spread(bare)}   (p99 x {_p99(ours) / _p99(bare):.2f})")


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]


async def cold_start(path: Path, snapshots: int) -> None:
    """Start on many snapshots and 1000 pending updates; no snapshot is opened."""
    async with opened(path) as store:
        await store.accept("1", [update(n, 1000) for n in range(1000)], next_offset=1000)
    files = Files(_Careless(path), Plain(), lambda *_: None)
    packed = CODEC.pack(chat())
    for number in range(snapshots):
        files.write(Snapshot(key=key(number), version=1, epoch=1, seq=1, owes=None, packed=packed))
    cpu, began = time.process_time(), time.perf_counter()
    async with opened(path) as store:
        cpu, seconds = time.process_time() - cpu, time.perf_counter() - began
        assert len(store.unabsorbed()) == 1000
    print(f"start, {snapshots} snapshots   {seconds * 1e3:8.0f} ms  ({cpu * 1e3:.0f} ms CPU)")
    (path / "owes").unlink()
    began = time.perf_counter()
    async with opened(path) as store:
        seconds = time.perf_counter() - began
    print(f"  the index lost          {seconds * 1e3:8.0f} ms")


class _Careless(RealDisk):
    """Makes the files for the measurement without syncing each."""

    def fsync(self, path: str) -> None:
        pass

    def fsync_dir(self, folder: str) -> None:
        pass


def parts() -> Iterator[tuple[str, Callable[[], object]]]:
    value = chat()
    packed = CODEC.pack(value)
    yield f"pack 10 turns, {len(packed) / 1024:.1f} kB", lambda: CODEC.pack(value)
    yield "unpack it", lambda: CODEC.unpack(key(1), 1, packed)
    yield "checksum of it", lambda: zlib.crc32(packed)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--snapshots", type=int, default=10_000)
    arguments.add_argument("--updates", type=int, default=20_000)
    options = arguments.parse_args()
    for name, call in parts():
        began = time.perf_counter()
        for _ in range(2000):
            call()
        print(f"{name:25s} {(time.perf_counter() - began) / 2000 * 1e6:8.1f} us")
    with tempfile.TemporaryDirectory(dir=os.environ.get("GREENROOM_BENCH_DIR")) as folder:
        root = Path(folder)
        asyncio.run(intake(root / "a" / "data", 1000, options.updates))
        asyncio.run(accept_only(root / "b" / "data", options.updates))
        asyncio.run(latency(root / "c" / "data"))
        asyncio.run(cold_start(root / "d" / "data", options.snapshots))


if __name__ == "__main__":
    main()
