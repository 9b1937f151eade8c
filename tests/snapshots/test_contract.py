"""The contract of stores, on files, on a disk in memory, and without any disk."""

from __future__ import annotations

import errno
import shutil
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from actors.ports import Accepted, StoreFullError
from snapshots import Bounds, InMemoryStore, open_on, open_store
from snapshots.disk import RealDisk
from snapshots.testing import MemoryDisk
from tests.contracts.store import CODEC, StoreContract, key_of


def refuse(kind: str, detail: str) -> None:
    if kind not in ("disk-full", "torn-tail"):
        raise AssertionError(f"{kind}: {detail}")


COMMON: dict[str, Any] = {
    "key_of": key_of,
    "accepted": Accepted,
    "full": StoreFullError,
}


class OnFiles:
    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._path = path
        self._monkeypatch = monkeypatch
        self._lives = 0

    def opened(self) -> AbstractAsyncContextManager[Any]:
        return open_store(self._path, CODEC, report=refuse, **COMMON)

    def kill(self) -> None:
        self._lives += 1
        twin = self._path.with_name(f"life{self._lives}")
        shutil.copytree(self._path, twin)
        self._path = twin

    def fill(self) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        self._monkeypatch.setattr(RealDisk, "append", full)

    def empty(self) -> None:
        self._monkeypatch.undo()


class OnMemoryDisk:
    def __init__(self) -> None:
        self._disk = self._next = MemoryDisk()

    def opened(self) -> AbstractAsyncContextManager[Any]:
        self._disk = self._next
        bounds = Bounds(segment_bytes=2000, segments=1)
        return open_on(self._disk, CODEC, report=refuse, bounds=bounds, **COMMON)

    def kill(self) -> None:
        self._next = self._disk.killed()

    def fill(self) -> None:
        def full(call: str, _path: str) -> None:
            if call in ("append", "write"):
                raise OSError(errno.ENOSPC, "No space left on device")

        self._disk.fault = full

    def empty(self) -> None:
        self._disk.fault = lambda _call, _path: None


class WithoutDisk:
    def __init__(self) -> None:
        self._store = InMemoryStore(CODEC, **COMMON)

    @asynccontextmanager
    async def opened(self) -> Any:
        yield self._store

    def kill(self) -> None:
        self._store = self._store.restarted()

    def fill(self) -> None:
        self._store.is_full = True

    def empty(self) -> None:
        self._store.is_full = False


class TestOnFiles(StoreContract):
    @pytest.fixture
    def stage(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OnFiles:
        return OnFiles(tmp_path / "data", monkeypatch)


class TestOnMemoryDisk(StoreContract):
    @pytest.fixture
    def stage(self) -> OnMemoryDisk:
        return OnMemoryDisk()


class TestInMemory(StoreContract):
    @pytest.fixture
    def stage(self) -> WithoutDisk:
        return WithoutDisk()
