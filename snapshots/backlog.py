"""What the store has to write: the newest of each key, and updates that wait for the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from snapshots.codec import Codec
from snapshots.records import Record, frame

SOON = 2.0
"""Seconds that a write which need not be at once may wait."""


class Ticket:
    """The promise that one batch will be on disk."""

    __slots__ = ("_callbacks", "durable")

    def __init__(self) -> None:
        self.durable = False
        self._callbacks: list[Callable[[], None]] = []

    def when_durable(self, callback: Callable[[], None]) -> None:
        """Run *callback* once it is; at once if it is already."""
        if self.durable:
            callback()
        else:
            self._callbacks.append(callback)

    def keep(self) -> None:
        """Say that it is on disk."""
        self.durable = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()


@dataclass(slots=True)
class Dirty:
    """What is new about one key since the last batch."""

    ticket: Ticket
    value: Any = None
    has_value: bool = False
    absorbed: list[int] = field(default_factory=list)
    owes: float | None = None
    deltas: list[Any] = field(default_factory=list)
    due: float = float("inf")


@dataclass(slots=True)
class Latest:
    """The newest packed value of a key that no snapshot file has yet, and changes to it."""

    seq: int
    version: int
    packed: bytes
    deltas: list[tuple[str, bytes]] = field(default_factory=list)


class Backlog:
    """Gathers what is new until the writer cuts a batch; the latest wins."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.dirty: dict[str, Dirty] = {}
        self.raw: list[bytes] = []
        """Frames that are ready (accepted updates, offsets)."""
        self.absorbed: list[int] = []
        self.raw_ticket = Ticket()

    def commit(
        self, key: str, value: object, absorbed: Sequence[int], owes: float | None, due: float
    ) -> Ticket:
        """Note a whole value."""
        dirty = self._dirty(key)
        dirty.value, dirty.has_value = value, True
        dirty.deltas.clear()
        dirty.absorbed.extend(absorbed)
        dirty.owes = owes
        dirty.due = min(dirty.due, due)
        return dirty.ticket

    def amend(self, key: str, delta: object, owes: float | None, due: float) -> Ticket:
        """Note a small change; of the kinds that may wait only the newest is kept."""
        dirty = self._dirty(key)
        if dirty.deltas and type(dirty.deltas[-1]) is type(delta) and due > 0:
            dirty.deltas[-1] = delta
        else:
            dirty.deltas.append(delta)
        dirty.owes = owes
        dirty.due = min(dirty.due, due)
        return dirty.ticket

    def newest(self, key: str, otherwise: Callable[[], Any]) -> Any:
        """Return the value of *key* with everything that is new about it."""
        dirty = self.dirty.get(key)
        value = dirty.value if dirty is not None and dirty.has_value else otherwise()
        for delta in dirty.deltas if dirty is not None else ():
            value = self._codec.applied(key, value, delta)
        return value

    def due(self) -> float:
        """Return when the next batch is due: 0 for now."""
        if self.raw or self.absorbed:
            return 0.0
        return min((dirty.due for dirty in self.dirty.values()), default=float("inf"))

    def cut(
        self, now: float, next_seq: Callable[[], int], latest: dict[str, Latest]
    ) -> tuple[bytes, list[Ticket]]:
        """Return everything that is due as bytes, and whom to tell once they are on disk."""
        frames, tickets = self.raw, [self.raw_ticket]
        self.raw, self.raw_ticket = [], Ticket()
        if self.absorbed:
            frames.append(frame(Record.ABSORBED, self.absorbed))
            self.absorbed = []
        for key in [key for key, dirty in self.dirty.items() if dirty.due <= now]:
            dirty = self.dirty.pop(key)
            frames.extend(self._frames(key, dirty, next_seq, latest))
            tickets.append(dirty.ticket)
        return b"".join(frames), tickets

    def _frames(
        self, key: str, dirty: Dirty, next_seq: Callable[[], int], latest: dict[str, Latest]
    ) -> list[bytes]:
        frames = []
        if dirty.has_value:
            seq, version = next_seq(), self._codec.version(key)
            packed = self._codec.pack(dirty.value)
            latest[key] = Latest(seq, version, packed)
            committed = [key, seq, 1, dirty.absorbed, dirty.owes, version, packed]
            frames.append(frame(Record.COMMITTED, *committed))
        for delta in dirty.deltas:
            seq = next_seq()
            name, packed = self._codec.pack_delta(key, delta)
            latest[key].deltas.append((name, packed))
            latest[key].seq = seq
            frames.append(frame(Record.AMENDED, key, seq, dirty.owes, name, packed))
        return frames

    def _dirty(self, key: str) -> Dirty:
        dirty = self.dirty.get(key)
        if dirty is None:
            dirty = self.dirty[key] = Dirty(Ticket())
        return dirty
