"""A disk in memory for tests: it keeps apart what was written and what would survive.

A power cut keeps any part of what was not synced: of content any of its pieces, of names any
subset of what was made, renamed and removed. A kill of the process alone loses nothing, which
is why it cannot show a missing sync.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

_PIECE = 48
"""Bytes that a power cut keeps or loses together; small, so that records tear in the middle."""


@dataclass(eq=False)
class _Inode:
    content: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    unsynced: list[tuple[int, bytes]] = field(default_factory=list)


Name = tuple[str, _Inode | None]
"""A change of a folder: from now on a name means a file (None: nothing)."""


class MemoryDisk:
    """Implements `Disk` with faults at will.

    *fault(call, path)* may raise an OSError before anything happens, and *lies(call, path)* may
    say that a sync does nothing. *watch()* is called before each call that changes something: a
    test can take a picture there, as if this was the moment.
    """

    def __init__(self) -> None:
        self._names: dict[str, _Inode | None] = {}
        self._durable: dict[str, _Inode | None] = {}
        self._changes: dict[str, list[tuple[Name, ...]]] = {}
        self._folders: dict[str, bool] = {"": True}
        """Every folder, and whether its own name is durable."""
        self.fault: Callable[[str, str], None] = lambda _call, _path: None
        self.lies: Callable[[str, str], bool] = lambda _call, _path: False
        self.watch: Callable[[], None] = lambda: None
        self.calls: list[tuple[str, str]] = []

    # -- the port -----------------------------------------------------------------------------

    def append(self, path: str, data: bytes | bytearray) -> None:
        """See `Disk`."""
        self._called("append", path)
        inode = self._file(path)
        inode.unsynced.append((len(inode.content), bytes(data)))
        inode.content += data

    def release(self, path: str) -> None:
        """See `Disk`."""

    def write(self, path: str, data: bytes) -> None:
        """See `Disk`."""
        self._called("write", path)
        inode = self._file(path)
        inode.content[:] = data
        inode.unsynced = [(-1, b""), (0, data)]

    def fsync(self, path: str) -> None:
        """See `Disk`."""
        self._called("fsync", path)
        inode = self._at(path)
        if not self.lies("fsync", path):
            inode.durable, inode.unsynced = bytes(inode.content), []

    def fsync_dir(self, folder: str) -> None:
        """See `Disk`."""
        self._called("fsync_dir", folder)
        self._exists(folder)
        if not self.lies("fsync_dir", folder):
            for change in self._changes.pop(folder, []):
                self._durable.update(change)
            for each in self._folders:
                if each and each.rpartition("/")[0] == folder:
                    self._folders[each] = True

    def rename(self, path: str, to: str) -> None:
        """See `Disk`."""
        self._called("rename", path)
        inode = self._at(path)
        self._exists(_folder(to))
        if _folder(path) == _folder(to):
            self._change(_folder(to), (path, None), (to, inode))
        else:
            self._change(_folder(to), (to, inode))
            self._change(_folder(path), (path, None))

    def remove(self, path: str) -> None:
        """See `Disk`."""
        self._called("remove", path)
        if self._names.get(path) is not None:
            self._change(_folder(path), (path, None))

    def make_dir(self, folder: str) -> None:
        """See `Disk`."""
        self._called("make_dir", folder)
        self._exists(_folder(folder))
        self._folders.setdefault(folder, False)

    def read(self, path: str, start: int = 0, length: int | None = None) -> bytes:
        """See `Disk`."""
        content = self._at(path).content
        return bytes(content[start : None if length is None else start + length])

    def names(self, folder: str) -> list[str]:
        """See `Disk`."""
        found = {
            path.rpartition("/")[2]
            for path, inode in self._names.items()
            if inode is not None and _folder(path) == folder
        }
        found |= {
            each.rpartition("/")[2] for each in self._folders if each and _folder(each) == folder
        }
        return sorted(found)

    # -- for tests ----------------------------------------------------------------------------

    def killed(self) -> MemoryDisk:
        """Return the disk as the next process finds it when this one is killed now."""
        copies: dict[_Inode | None, _Inode | None] = {None: None}

        def copy(inode: _Inode | None) -> _Inode | None:
            if inode is not None and inode not in copies:
                copies[inode] = _Inode(
                    bytearray(inode.content), inode.durable, list(inode.unsynced)
                )
            return copies[inode]

        twin = MemoryDisk()
        twin._names = {path: copy(inode) for path, inode in self._names.items()}
        twin._durable = {path: copy(inode) for path, inode in self._durable.items()}
        twin._changes = {
            folder: [tuple((path, copy(inode)) for path, inode in change) for change in changes]
            for folder, changes in self._changes.items()
        }
        twin._folders = dict(self._folders)
        return twin

    def cut(self, chance: random.Random) -> MemoryDisk:
        """Return the disk as the next process finds it when the power goes now."""
        twin = MemoryDisk()
        names = dict(self._durable)
        for changes in self._changes.values():
            for change in _some(changes, chance):
                names.update(change)
        twin._folders = {
            each: True
            for each, durable in sorted(self._folders.items())
            if durable or _keeps(chance)
        }
        twin._folders = {
            each: True
            for each in twin._folders
            if all(part in twin._folders for part in _above(each))
        }
        inodes: dict[_Inode, _Inode] = {}
        for path, inode in names.items():
            if inode is not None and _folder(path) in twin._folders:
                if inode not in inodes:
                    content = _remains(inode, chance)
                    inodes[inode] = _Inode(bytearray(content), content)
                twin._names[path] = twin._durable[path] = inodes[inode]
        return twin

    def paths(self) -> list[str]:
        """Return the paths of all files."""
        return sorted(path for path, inode in self._names.items() if inode is not None)

    def corrupt(self, path: str, at: int) -> None:
        """Flip a bit of *path*."""
        inode = self._at(path)
        inode.content[at] ^= 1
        inode.durable = bytes(inode.content)

    def everything(self) -> bytes:
        """Return the bytes of all files, to look for what must not be there."""
        return b"\n".join(bytes(inode.content) for inode in self._names.values() if inode)

    # -- helpers ------------------------------------------------------------------------------

    def _called(self, call: str, path: str) -> None:
        self.watch()
        self.calls.append((call, path))
        self.fault(call, path)

    def _file(self, path: str) -> _Inode:
        self._exists(_folder(path))
        inode = self._names.get(path)
        if inode is None:
            inode = _Inode()
            self._change(_folder(path), (path, inode))
        return inode

    def _change(self, folder: str, *names: Name) -> None:
        self._names.update(names)
        self._changes.setdefault(folder, []).append(names)

    def _at(self, path: str) -> _Inode:
        inode = self._names.get(path)
        if inode is None:
            raise FileNotFoundError(path)
        return inode

    def _exists(self, folder: str) -> None:
        if folder not in self._folders:
            raise FileNotFoundError(folder)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _above(folder: str) -> list[str]:
    parts = folder.split("/")
    return ["", *("/".join(parts[:count]) for count in range(1, len(parts)))] if folder else []


def _keeps(chance: random.Random) -> bool:
    return chance.random() < 0.5


def _some(changes: list[tuple[Name, ...]], chance: random.Random) -> list[tuple[Name, ...]]:
    """Return all of them, none, the first ones, or any."""
    match chance.randrange(4):
        case 0:
            return changes
        case 1:
            return []
        case 2:
            return changes[: chance.randrange(len(changes) + 1)]
        case _:
            return [change for change in changes if _keeps(chance)]


def _remains(inode: _Inode, chance: random.Random) -> bytes:
    """Return what a power cut leaves of the content: what was synced, and pieces of the rest."""
    left = bytearray(inode.durable)
    mode = chance.randrange(4)
    for at, data in inode.unsynced:
        if at < 0:
            if mode == 1 or (mode == 3 and _keeps(chance)):
                continue
            left.clear()
            continue
        for begin in range(0, len(data), _PIECE):
            piece = data[begin : begin + _PIECE]
            if mode == 1 or (mode == 3 and _keeps(chance)):
                continue
            if mode == 2 and _keeps(chance):
                piece = piece[: chance.randrange(len(piece) + 1)]
                mode = 1
            end = at + begin + len(piece)
            if len(left) < end:
                left.extend(bytes(end - len(left)))
            left[at + begin : end] = piece
    return bytes(left)
