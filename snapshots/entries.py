"""What is known of each key: what the journal holds of it, what is on its way, what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from snapshots.codec import Codec
from snapshots.errors import DamagedError

Stamp = tuple[int, int]
"""(epoch, seq): of two values of a key the one with the higher stamp is newer."""

NEVER: Stamp = (0, 0)


class Ticket:
    """The promise that something will be on disk."""

    __slots__ = ("_callbacks", "durable")

    def __init__(self) -> None:
        self.durable = False
        self._callbacks: list[Callable[[], None]] = []

    def when_durable(self, callback: Callable[[], None]) -> None:
        """Run *callback* on the event loop once it is; at once if it is already."""
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
class Whole:
    """A packed value as a record of the journal holds it."""

    epoch: int
    seq: int
    version: int
    packed: bytes = field(repr=False)
    segment: int = 0

    @property
    def stamp(self) -> Stamp:
        """Its place in time."""
        return self.epoch, self.seq


@dataclass(slots=True)
class Change:
    """A packed delta as a record of the journal holds it; makes sense from *base* on."""

    epoch: int
    seq: int
    base: Stamp
    version: int
    name: str
    packed: bytes = field(repr=False)
    segment: int = 0
    passing: bool = False
    """Whether another of its name that follows at once says all that it says."""

    @property
    def stamp(self) -> Stamp:
        """Its place in time."""
        return self.epoch, self.seq


@dataclass(slots=True)
class Layer:
    """A value and the changes after it; without a value it lies on the snapshot file."""

    whole: Whole | None
    changes: list[Change] = field(default_factory=list)

    @property
    def oldest(self) -> int:
        """The oldest segment that has a part of it."""
        if self.whole is not None:
            return self.whole.segment
        return self.changes[0].segment

    def then(self, later: Layer) -> Layer:
        """Return this layer with *later* on top of it."""
        if later.whole is not None:
            return later
        before = self.changes
        if before and later.changes:
            last, first = before[-1], later.changes[0]
            if last.passing and first.passing and last.name == first.name:
                before = before[:-1]  # an answer that grows: the journal has it whole again
        return Layer(self.whole, [*before, *later.changes])

    def after(self, stamp: Stamp) -> Layer | None:
        """Return what is newer than *stamp*, or None if nothing is."""
        whole = self.whole if self.whole is not None and self.whole.stamp > stamp else None
        changes = [each for each in self.changes if each.stamp > stamp]
        return Layer(whole, changes) if whole or changes else None


@dataclass(slots=True)
class Dirty:
    """What is new since the last batch; the latest wins."""

    ticket: Ticket = field(default_factory=Ticket)
    value: Any = None
    has_value: bool = False
    deltas: list[tuple[Any, bool]] = field(default_factory=list)
    """With whether it may wait; of those that may, only the newest of a type is kept."""
    absorbed: list[int] = field(default_factory=list)
    owes: float | None = None
    waits: bool = True

    def amend(self, delta: Any, *, soon: bool) -> None:
        """Add a change."""
        if soon:
            self.deltas = [
                each for each in self.deltas if not (each[1] and type(each[0]) is type(delta))
            ]
        self.deltas.append((delta, soon))


@dataclass(slots=True, eq=False)
class Entry:
    """One key: what its file does not have yet."""

    key: str
    stamp: Stamp = NEVER
    """The newest one given out."""
    base: Stamp = NEVER
    """That of the newest whole value."""
    layer: Layer | None = None
    """What the journal holds."""
    flying: Layer | None = None
    """What is being written."""
    dirty: Dirty | None = None
    filed: int | None = None
    """Checksum of the packed value in the file, if that is the newest there is."""
    known: bool = False
    """Whether an actor has loaded it or written it in this life."""

    def next_stamp(self, epoch: int, seqs: Iterator[int]) -> Stamp:
        """Return the stamp of the next record; they only rise.

        *seqs* is one for all keys of a life: an entry that was let go and made anew without a
        look at its file must not begin below it. So a number of an earlier life, which may be
        a high one, is not counted on from.
        """
        last, number = self.stamp[1] if self.stamp[0] >= epoch else 0, next(seqs)
        self.stamp = (max(epoch, self.stamp[0]), max(number, last + 1))
        return self.stamp

    def cut(self, codec: Codec, epoch: int, seqs: Iterator[int]) -> Iterator[Whole | Change]:
        """Pack what is new, and count it as being written."""
        dirty, self.dirty = self.dirty, None
        assert dirty is not None
        version = codec.version(self.key)
        self.filed = None
        if dirty.has_value:
            stamp = self.next_stamp(epoch, seqs)
            whole = Whole(*stamp, version, codec.pack(dirty.value))
            self.base, self.flying = stamp, Layer(whole)
            yield whole
        else:
            self.flying = Layer(None)
        for delta, soon in dirty.deltas:
            name, packed = codec.pack_delta(self.key, delta)
            stamp = self.next_stamp(epoch, seqs)
            change = Change(*stamp, self.base, version, name, packed, passing=soon)
            self.flying.changes.append(change)
            yield change

    def landed(self, layer: Layer) -> None:
        """Count *layer*, which was being written, as being in the journal."""
        self.layer = layer if self.layer is None else self.layer.then(layer)
        self.flying = None

    @property
    def has_value(self) -> bool:
        """Whether the newest value is new since the last batch."""
        return self.dirty is not None and self.dirty.has_value

    @property
    def layers(self) -> Layer | None:
        """Everything that is packed, written or not."""
        if self.flying is None or self.layer is None:
            return self.flying or self.layer
        return self.layer.then(self.flying)


def changed(codec: Codec, key: str, value: Any, stamp: Stamp, changes: Sequence[Change]) -> Any:
    """Return *value*, which has *stamp*, after those *changes* that are newer.

    Raises:
        DamagedError: One of them cannot be read, or is a change of a value newer than this.

    """
    for change in changes:
        if change.stamp > stamp:
            if change.base > stamp:
                raise DamagedError(f"{key}: the value that was changed is gone")
            value = codec.apply(key, value, change.version, change.name, change.packed)
    return value
