"""Disks on bad days: full, failing, slow, or with other bytes in a file than were written."""

from __future__ import annotations

import errno
import os
import random
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from snapshots import (
    Bounds,
    Codec,
    KeyRing,
    NewerDataError,
    Plain,
    Schema,
    Store,
    StoreFullError,
    open_on,
)
from snapshots.disk import RealDisk
from snapshots.files import Files, Snapshot, path_of
from snapshots.testing import MemoryDisk
from tests.snapshots.power import CODEC, Box, Noted, Update, apply

pytestmark = pytest.mark.anyio
SOAK = os.environ.get("GREENROOM_SOAK") == "1"
A, B = "box/a", "box/b"
Reports = list[tuple[str, str]]


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


@asynccontextmanager
async def opened(
    disk: Any, reports: Reports | None = None, codec: Codec = CODEC, **more: Any
) -> AsyncIterator[Store]:
    def key_of(_bot: str, update: Mapping[str, Any]) -> str:
        return str(update["key"])

    def report(kind: str, detail: str) -> None:
        if reports is not None:
            reports.append((kind, detail))

    async with open_on(disk, codec, key_of=key_of, accepted=Update, report=report, **more) as store:
        yield store


def updates(*ids: int, key: str = A) -> list[dict[str, Any]]:
    return [{"update_id": id_, "key": key} for id_ in ids]


def refuses(problem: int, *calls: str) -> Any:
    def fault(call: str, path: str) -> None:
        if call in calls:
            raise OSError(problem, f"{call} {path}")

    return fault


def works(_call: str, _path: str) -> None:
    pass


async def written(store: Store) -> None:
    await store.accept("1", updates(1), next_offset=2)
    store.commit(A, Box(key=A, step=1), absorbed=[1])
    store.commit(B, Box(key=B, step=1))
    await store.flush()


# -- full and failing -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "calls", "kind"),
    [
        (errno.ENOSPC, ("append",), "disk-full"),
        (errno.EIO, ("append",), "disk-error"),
        (errno.EIO, ("fsync",), "disk-error"),
        (errno.EIO, ("fsync_dir",), "disk-error"),
        (errno.EROFS, ("append", "write", "fsync", "fsync_dir", "rename"), "disk-error"),
    ],
)
async def test_what_the_disk_does_not_take_is_not_acknowledged_and_written_once_it_does(
    problem: int, calls: tuple[str, ...], kind: str
) -> None:
    disk, reports = MemoryDisk(), Reports()
    async with opened(disk, reports) as store:
        await written(store)
        store._parts.journal.roll()  # so that the folder has to be synced as well
        disk.fault = refuses(problem, *calls)

        with pytest.raises(StoreFullError, match="cannot be written"):
            await store.accept("1", updates(2, key=B), next_offset=3)
        ticket = store.commit(A, Box(key=A, step=2))
        await anyio.sleep(2)

        assert not ticket.durable
        assert store.offset("1") == 2, "Telegram keeps what was not taken"
        assert (await store.load(A)).step == 2, "the chat goes on"
        assert (await store.load(B)).step == 1
        assert store.statistics().failing_since is not None
        assert [each for each, _ in reports] == [kind], "the operator is told once"

        disk.fault = works
        await store.flush()

        assert ticket.durable
        assert store.statistics().failing_since is None
        await store.accept("1", updates(2, key=B), next_offset=3)
        end = disk.cut(random.Random(1))
    async with opened(end) as store:
        assert (await store.load(A)).step == 2
        assert [each.update["update_id"] for each in store.unabsorbed()] == [2]


async def test_a_file_that_cannot_be_written_costs_neither_its_chat_nor_another_anything() -> None:
    disk, reports = MemoryDisk(), Reports()
    async with opened(disk, reports) as store:
        await written(store)
        for call in ("write", "rename"):
            disk.fault = refuses(errno.EIO, call)
            with pytest.raises(OSError, match=call):
                await store.retire(A, Box(key=A, step=1))
            assert (await store.load(A)).step == 1
            store.commit(B, Box(key=B, step=2))
            await store.flush()
    # The end in good order met the fault, too: it says so, and the journal has it all.
    assert reports[-1][0] == "disk-error"
    disk.fault = works
    async with opened(disk.cut(random.Random(1))) as store:
        assert [(await store.load(key)).step for key in (A, B)] == [1, 2]


async def accepts(store: Store, id_: int) -> bool:
    try:
        return bool(await store.accept("1", updates(id_), next_offset=id_ + 1))
    except StoreFullError:
        return False


async def test_a_journal_that_can_never_be_shortened_stops_intake_at_its_bound() -> None:
    disk = MemoryDisk()
    bounds = Bounds(segment_bytes=500, segments=1, most_bytes=4000)
    async with opened(disk, bounds=bounds) as store:
        disk.fault = refuses(errno.ENOSPC, "write")
        id_ = 1
        while await accepts(store, id_):
            id_ += 1
            assert id_ < 1000, "the bound is not kept"
        assert store.statistics().failing_since is not None, "the operator is told"
        assert len(store.unabsorbed()) == id_ - 1
        disk.fault = works
        store.absorb(*range(1, id_))
        await anyio.sleep(60)
        assert store.statistics().failing_since is None
        assert await accepts(store, id_)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_slow_sync_makes_nobody_wait_who_does_not_need_it(
    tmp_path: Path, anyio_backend: str
) -> None:
    go, asked = threading.Event(), threading.Event()

    class Slow(RealDisk):
        def fsync(self, path: str) -> None:
            if path.startswith("journal/"):
                asked.set()
                go.wait(20)
            super().fsync(path)

    disk = Slow(tmp_path)
    go.set()
    async with opened(disk, threads=True) as store:
        await written(store)
        go.clear()
        asked.clear()
        before = store.statistics().syncs
        first = store.commit(A, Box(key=A, step=2))
        await anyio.to_thread.run_sync(asked.wait)  # the sync hangs now
        later = [store.commit(B, Box(key=B, step=step)) for step in range(2, 500)]
        store.amend(A, Noted(step=3, note="n", owes=None))

        assert (await store.load(A)).note == "n"
        assert not first.durable
        assert store.statistics().unwritten == 3
        go.set()
        await store.flush()

        assert first.durable
        assert all(ticket.durable for ticket in later)
        assert store.statistics().syncs - before == 2, "what waited shares one sync"


# -- other bytes ------------------------------------------------------------------------------


async def _lived(cipher: Any) -> MemoryDisk:
    disk = MemoryDisk()
    async with opened(disk, cipher=cipher) as store:
        await written(store)
        for step in (2, 3):
            for key in (A, B):
                store.commit(key, Box(key=key, step=step))
                await store.retire(key, Box(key=key, step=step))
        await store.archive(A, [Noted(step=1, note="archived", owes=None)])
        store.dead_letters.bury({"key": A, "n": 1})
        await store.load(A)
        store.amend(A, Noted(step=4, note="n" * 50, owes=0.0))
        await store.accept("1", updates(7, 8, key=B), next_offset=9)
        return disk.killed()


@pytest.mark.soak
@settings(max_examples=3000 if SOAK else 60, deadline=None, database=None, derandomize=not SOAK)
@given(data=st.data())
@pytest.mark.parametrize("sealed", [False, True])
def test_whatever_happens_to_one_file_the_store_opens_and_the_others_are_untouched(
    sealed: bool, data: st.DataObject
) -> None:
    async def run() -> None:
        cipher = KeyRing([b"k" * 32]) if sealed else Plain()
        disk = await _lived(cipher)
        path = data.draw(st.sampled_from(disk.paths()))
        content = bytearray(disk.read(path))
        match data.draw(st.sampled_from(["flip", "cut", "empty", "zeros", "noise"])):
            case "flip" if content:
                content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(
                    st.integers(0, 7)
                )
            case "cut":
                del content[data.draw(st.integers(0, len(content))) :]
            case "zeros":
                content[:] = bytes(len(content))
            case "noise":
                content[:] = data.draw(st.binary(max_size=200))
            case _:
                content.clear()
        disk.write(path, bytes(content))
        disk.fsync(path)
        async with opened(disk, cipher=cipher) as store:
            values = {key: await store.load(key) for key in (A, B)}
            await store.archived(A)
            await store.dead_letters.read()
            for key, value in values.items():
                touched = path.startswith("journal/") or path_of(key) in path
                assert touched or value.step == (4 if key == A else 3), (key, value)
                if value is not None:
                    assert value.key == key
            store.commit(A, Box(key=A, step=9))
        async with opened(disk, cipher=cipher) as store:
            assert (await store.load(A)).step == 9

    anyio.run(run)


async def test_of_a_damaged_file_the_generation_before_is_used_and_the_operator_told() -> None:
    disk, reports = await _lived(Plain()), Reports()
    disk.corrupt(path_of(B), 70)
    async with opened(disk, reports) as store:
        assert (await store.load(B)).step == 3, "the journal still has it"
    async with opened(disk) as store:
        await store.retire(B, Box(key=B, step=5))
        await store.retire(B, Box(key=B, step=6))
        end = disk.killed()
    end.corrupt(path_of(B), 70)
    async with opened(end, reports) as store:
        assert (await store.load(B)).step == 5
        assert store.statistics().damaged == 1
    assert ("damaged-file", f"{path_of(B)}: its content does not match its checksum") in reports


async def test_when_journal_and_index_are_lost_what_comes_is_newer_than_the_files() -> None:
    disk = MemoryDisk()
    for _ in range(3):
        async with opened(disk) as store:
            await written(store)
    for path in disk.paths():
        if path.startswith("journal/") or path == "owes":
            disk.remove(path)
    async with opened(disk) as store:
        store.commit(A, Box(key=A, step=7))  # as of a peer, which nobody loads
        await store.retire(A, Box(key=A, step=7))
        assert (await store.load(A)).step == 7


# -- another version --------------------------------------------------------------------------


async def test_a_single_file_from_the_future_counts_as_damaged() -> None:
    disk, reports = MemoryDisk(), Reports()
    async with opened(disk, reports) as store:
        await written(store)
        await store.retire(B, Box(key=B, step=1))
    packed = CODEC.pack(Box(key=B, step=99))
    future = Snapshot(key=B, version=7, epoch=9, seq=9, owes=None, packed=packed)
    Files(disk, Plain(), lambda *_: None).write(future)

    async with opened(disk, reports) as store:
        assert (await store.load(B)).step == 1
        assert (await store.load(A)).step == 1
    assert reports[-1] == ("damaged-file", f"{path_of(B)}: {B} is of version 7, newer than 1")


async def test_a_directory_from_the_future_is_refused_and_not_a_byte_is_touched() -> None:
    disk = MemoryDisk()
    newer = Codec({"box": replace(_schema(), version=2), "archived": Schema(value=Noted)})
    async with opened(disk, codec=newer) as store:
        await written(store)
    calls, content = len(disk.calls), disk.everything()

    with pytest.raises(NewerDataError, match="box of version 2, this one knows 1"):
        async with opened(disk):
            pass

    assert (disk.calls[calls:], disk.everything()) == ([], content)


def _schema() -> Schema:
    return Schema(value=Box, deltas={"noted": Noted}, apply=apply)
