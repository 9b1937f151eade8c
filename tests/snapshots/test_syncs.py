"""Each sync of the store is there for something: leave it out, and a power cut shows what."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anyio
import pytest

from snapshots import (
    Codec,
    DamagedError,
    KeyRing,
    MissingKeyError,
    NewerDataError,
    Plain,
    Schema,
    Store,
)
from snapshots.files import path_of
from snapshots.testing import MemoryDisk
from tests.snapshots import test_at_rest as rest
from tests.snapshots import test_bad_disk as bad
from tests.snapshots.power import CODEC, Box, BrokenPromiseError, Noted, apply
from tests.snapshots.syncs import place, places
from tests.snapshots.test_power_cut import Lies, honest, lives

SEEDS = 120


def without(call: str, where: str) -> Lies:
    """Return what lets *call* do nothing when *where* asks for it."""

    def lies(called: str, _path: str) -> bool:
        return called == call and place() == where

    return lies


def living(seed: int, lies: Lies) -> None:
    lives(seed, lies)


def failing(seed: int, lies: Lies) -> None:
    lives(seed, lies, faults=0.05)


def newer(seed: int, lies: Lies) -> None:
    """Data of a newer version are never there without the word that warns older code."""

    async def run() -> None:
        schema = Schema(value=Box, deltas={"noted": Noted}, apply=apply)
        next_codec = Codec({"box": replace(schema, version=2), "archived": Schema(value=Noted)})
        for end in await _cuts(seed, lies, codec=next_codec):
            reports: bad.Reports = []
            try:
                async with bad.opened(end, reports, codec=CODEC) as store:
                    await store.load(bad.A)
            except NewerDataError:
                continue
            _promise(not any("version" in detail for _, detail in reports), "older code met them")

    anyio.run(run)


async def _cuts(seed: int, lies: Lies, **how: Any) -> list[MemoryDisk]:
    """Return what a power cut at each call of a short life would leave."""
    disk, chance, ends = MemoryDisk(), random.Random(seed), list[MemoryDisk]()
    disk.lies, disk.watch = lies, lambda: ends.append(disk.cut(chance))
    async with bad.opened(disk, **how) as store:
        await bad.written(store)
        await store.retire(bad.A, Box(key=bad.A, step=1))
        ends.append(disk.cut(chance))
    return ends


def forgetting(seed: int, lies: Lies) -> None:
    """What was forgotten does not come back."""

    async def act(store: Store) -> None:
        await store.forget(rest.KEY)

    end = _kept(seed, lies, Plain(), Plain(), act)
    _promise(rest.MARK.encode() not in end.everything(), "it is there again")


def sealing(seed: int, lies: Lies, spoil: Callable[[MemoryDisk], None] = rest.damage) -> None:
    """What was sealed anew needs no older key, and is whole."""
    ring = KeyRing([rest.NEW])

    async def act(store: Store) -> None:
        await store.upkeep.rekey(lambda *_: None)

    async def look() -> None:
        try:
            async with rest.opened(end, ring) as store:
                found = await store.load(rest.KEY), await store.dead_letters.read()
                archived = await store.archived(rest.KEY) or spoil is not rest.damage
        except MissingKeyError:
            raise BrokenPromiseError("the older key is still needed") from None
        _promise(all((*found, archived)), "something is gone")

    end = _kept(seed, lies, Plain(), KeyRing([rest.NEW, rest.OLD]), act, spoil)
    for path in end.paths():
        if path.startswith("damaged/"):
            try:
                aside = ring.open(end.read(path), b"set aside")
            except DamagedError:
                aside = b""
            _promise(rest.MARK.encode() in aside, "what was set aside is gone")
    _promise(rest.MARK.encode() not in end.everything(), "it can still be read")
    anyio.run(look)


def sealing_a_young_chat(seed: int, lies: Lies) -> None:
    """A chat that has no archive yet, whose folder would be synced once more."""

    def spoil(disk: MemoryDisk) -> None:
        for path in disk.paths():
            if path.endswith(".archive"):
                disk.remove(path)

    sealing(seed, lies, spoil)


def mending(seed: int, lies: Lies) -> None:
    """What was set aside is there to be looked at."""

    async def act(store: Store) -> None:
        await store.upkeep.repair(lambda *_: None)

    def spoil(disk: MemoryDisk) -> None:
        for path in disk.paths():
            if path.startswith(path_of(rest.KEY).removesuffix(".snap")):
                disk.corrupt(path, len(disk.read(path)) - 1)

    end = _kept(seed, lies, Plain(), Plain(), act, spoil)
    aside = [end.read(path) for path in end.paths() if path.startswith("damaged/")]
    for what in ("snapshot", "archive"):
        _promise(any(f"{rest.MARK} {what}".encode()[:-2] in each for each in aside), what)


def _kept(
    seed: int,
    lies: Lies,
    before: Any,
    after: Any,
    act: Callable[[Store], Any],
    spoil: Callable[[MemoryDisk], None] = rest.damage,
) -> MemoryDisk:
    """Fill a disk, let the store *act*, and cut the power as soon as it says that it has."""

    async def run() -> MemoryDisk:
        disk = MemoryDisk()
        async with rest.opened(disk, before) as store:
            await rest.fill(store)
        spoil(disk)
        disk = disk.killed()
        for path in disk.paths():
            disk.fsync(path)
        for folder in ("", "damaged", "journal", "chat", path_of(rest.KEY).rpartition("/")[0]):
            if folder in disk._folders:
                disk.fsync_dir(folder)
        async with rest.opened(disk, after) as store:
            disk.lies = lies
            await act(store)
            return disk.cut(random.Random(seed))

    return anyio.run(run)


def _promise(kept: object, otherwise: str) -> None:
    if not kept:
        raise BrokenPromiseError(otherwise)


Scenario = Callable[[int, Lies], None]
NEEDED: dict[tuple[str, str], Scenario] = {
    ("fsync", "journal.write"): living,
    ("fsync_dir", "journal.write"): living,
    ("fsync_dir", "journal.remove"): forgetting,
    ("fsync", "opening.read"): living,
    ("fsync_dir", "opening._tidy"): living,
    ("fsync", "files.write"): living,
    ("fsync_dir", "files.write"): living,
    ("fsync_dir", "files._make_sure"): failing,
    ("fsync_dir", "files.forget"): forgetting,
    ("fsync", "files.reseal"): sealing,
    ("fsync_dir", "files.reseal"): sealing_a_young_chat,
    ("fsync", "files.set_aside"): mending,
    ("fsync_dir", "files.set_aside"): mending,
    ("fsync", "index.write"): living,
    ("fsync_dir", "index.write"): living,
    ("fsync", "archive.append"): living,
    ("fsync_dir", "archive.append"): living,
    ("fsync", "archive.rewrite"): sealing,
    ("fsync_dir", "archive.rewrite"): sealing,
    ("fsync", "dead_letters.write"): living,
    ("fsync_dir", "dead_letters.write"): living,
    ("fsync", "dead_letters.forget"): sealing,
    ("fsync", "directory._write"): newer,
    ("fsync", "upkeep._seal_set_aside"): sealing,
    ("fsync_dir", "upkeep._seal_set_aside"): sealing,
}
# Each of these has another one behind it today; they stay, so that its place may change.
SPARE = {
    ("fsync_dir", "opening.read"): "the first batch of a life syncs the same folder",
    ("fsync_dir", "directory._write"): "the folder of the journal, made after it, syncs the same",
    ("fsync_dir", "dead_letters.forget"): "the index, written after it, syncs the same folder",
}


@pytest.mark.parametrize(
    ("call", "where"), NEEDED, ids=[f"{where} {call}" for call, where in NEEDED]
)
def test_without_any_one_sync_something_would_be_lost(call: str, where: str) -> None:
    lies, scenario = without(call, where), NEEDED[call, where]
    assert any(_is_violated(scenario, seed, lies) for seed in range(SEEDS)), "nobody would notice"


def test_with_all_of_them_nothing_is() -> None:
    for scenario in set(NEEDED.values()):
        for seed in range(8):
            scenario(seed, honest)


def test_every_place_that_syncs_is_looked_at() -> None:
    known = {where for _, where in (*NEEDED, *SPARE)}
    assert places() == known


def _is_violated(scenario: Scenario, seed: int, lies: Lies) -> bool:
    try:
        scenario(seed, lies)
    except BrokenPromiseError:
        return True
    except ExceptionGroup as group:
        if group.subgroup(BrokenPromiseError) is None:
            raise
        return True
    return False
