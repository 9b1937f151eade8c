"""A life of random events on a disk whose power may go at any call, and a model to check it.

The model knows what was acknowledged at each moment. Pictures are taken while a life goes on: of
what a power cut or a kill would leave just then, with what had been acknowledged by then.
"""

from __future__ import annotations

import copy
import errno
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import anyio

from snapshots import Bounds, Codec, Schema, Store, StoreFullError, open_on
from snapshots.resting import OVERHEAD
from snapshots.testing import MemoryDisk

KEYS = ("box/a", "box/b", "box/c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """What an actor of the model keeps."""

    key: str
    step: int = 0
    absorbed: tuple[int, ...] = ()
    note: str = ""
    owes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A small change of it."""

    step: int
    note: str
    owes: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    n: int
    bot: str
    update: Mapping[str, Any]


def apply(box: Box, noted: Noted) -> Box:
    return replace(box, step=noted.step, note=noted.note, owes=noted.owes)


CODEC = Codec(
    {
        "box": Schema(value=Box, deltas={"noted": Noted}, apply=apply),
        "archived": Schema(value=Noted),
    }
)
BOUNDS = Bounds(segment_bytes=1500, segments=1, resting_bytes=2 * OVERHEAD)
# So one value rests at a time.


@dataclass
class Model:
    """What has been promised so far."""

    step: int = 0
    next_id: int = 1
    acked: set[int] = field(default_factory=set)
    """Update ids that `accept` has returned."""
    void: set[int] = field(default_factory=set)
    """Update ids that mean nothing to anybody; until that is on disk they may come back."""
    durable: dict[str, int] = field(default_factory=dict)
    """Per key the step that a ticket has said is on disk."""
    history: dict[str, dict[int, Box]] = field(default_factory=dict)
    archived: dict[str, list[Noted]] = field(default_factory=dict)
    letters: list[int] = field(default_factory=list)
    closed: bool = False


class BrokenPromiseError(AssertionError):
    """A promise was broken."""


@dataclass
class Life:
    """One life: what it does, and the pictures taken of it."""

    disk: MemoryDisk
    model: Model
    chance: random.Random
    events: int = 40
    faults: float = 0.0
    """How likely each call of the disk is to fail."""
    pictures: int = 6
    taken: list[tuple[MemoryDisk, Model]] = field(default_factory=list)
    kills: list[tuple[MemoryDisk, Model]] = field(default_factory=list)
    boxes: dict[str, Box] = field(default_factory=dict)
    unloaded: set[str] = field(default_factory=set)
    """Keys of which the store knows no value that could be changed."""
    at_rest: set[str] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)

    async def run(self) -> None:
        """Live, and end in good order; the pictures know of other ends."""
        self.disk.watch = self._watch
        async with opened(self.disk) as store:
            for key in KEYS:
                loaded = await store.load(key)
                self.boxes[key] = loaded or Box(key=key)
            self.disk.fault = self._fault
            for _ in range(self.events):
                await self._event(store)
            self.events = 0
        self.disk.watch = lambda: None
        self.disk.fault = lambda _call, _path: None

    def _fault(self, call: str, path: str) -> None:
        if call != "make_dir" and self.events and self.chance.random() < self.faults:
            raise OSError(self.chance.choice([errno.ENOSPC, errno.EIO]), f"{call} {path}")

    def _watch(self) -> None:
        if self.chance.random() < 0.04 and len(self.taken) < self.pictures:
            self.taken.append((self.disk.cut(self.chance), copy.deepcopy(self.model)))
        if self.chance.random() < 0.02 and len(self.kills) < 2:
            self.kills.append((self.disk.killed(), copy.deepcopy(self.model)))

    async def _event(self, store: Store) -> None:
        what = self.chance.choices(list(self._moves()), list(self._moves().values()))[0]
        await what(store)

    def _moves(self) -> dict[Callable[[Store], Awaitable[None]], int]:
        return {
            self._accept: 5,
            self._absorb: 6,
            self._commit: 3,
            self._amend: 6,
            self._retire: 2,
            self._rest: 2,
            self._archive: 1,
            self._bury: 1,
            self._mean_nothing: 1,
            self._wait: 1,
        }

    async def _accept(self, store: Store) -> None:
        ids = [self.model.next_id + number for number in range(self.chance.randint(1, 4))]
        if self.refused:
            ids = self.refused  # as Telegram would, for as long as it takes
        again = self.chance.sample(sorted(self.model.acked), min(2, len(self.model.acked)))
        updates = [
            {
                "update_id": id_,
                "key": self.chance.choice(KEYS),
                "text": "x" * self.chance.randrange(90),
            }
            for id_ in [*again, *ids]
        ]
        self.model.next_id = max(self.model.next_id, ids[-1] + 1)
        try:
            fresh = await store.accept("bot", updates, next_offset=self.model.next_id)
        except StoreFullError:
            self.refused = ids
            return
        self.refused = []
        if [each.update["update_id"] for each in fresh] != ids:
            raise BrokenPromiseError(f"accepted {fresh}, not {ids}")
        self.model.acked.update(ids)

    def _record(self, key: str, box: Box) -> Callable[[], None]:
        self.boxes[key] = box
        self.unloaded.discard(key)
        self.at_rest.discard(key)
        self.model.history.setdefault(key, {})[box.step] = box

        def durable() -> None:
            self.model.durable[key] = max(box.step, self.model.durable.get(key, 0))

        return durable

    def _step(self) -> int:
        self.model.step += 1
        return self.model.step

    async def _absorb(self, store: Store) -> None:
        key = self.chance.choice(KEYS)
        mail = store.pending(key, self.chance.randint(1, 3))
        ids = tuple(each.update["update_id"] for each in mail)
        box = replace(self.boxes[key], step=self._step(), absorbed=self.boxes[key].absorbed + ids)
        durable = self._record(key, box)
        numbers = [each.n for each in mail]
        store.commit(key, box, absorbed=numbers, owes=box.owes).when_durable(durable)
        if self.chance.random() < 0.5:
            await store.flush()

    async def _commit(self, store: Store) -> None:
        key = self.chance.choice(KEYS)
        owes = self.chance.choice([None, 0.0, 7.5])
        box = replace(self.boxes[key], step=self._step(), note=self._note(), owes=owes)
        durable = self._record(key, box)
        soon = self.chance.random() < 0.3
        store.commit(key, box, owes=owes, soon=soon).when_durable(durable)

    async def _amend(self, store: Store) -> None:
        keys = [key for key, box in self.boxes.items() if box.step and key not in self.unloaded]
        key = self.chance.choice(keys or [None])
        if key is None:
            return
        noted = Noted(
            step=self._step(), note=self._note(), owes=self.chance.choice([None, 0.0, 7.5])
        )
        durable = self._record(key, apply(self.boxes[key], noted))
        soon = self.chance.random() < 0.5
        store.amend(key, noted, owes=noted.owes, soon=soon).when_durable(durable)
        if self.chance.random() < 0.3:
            await anyio.sleep(self.chance.choice([0, 2]))

    async def _retire(self, store: Store) -> None:
        key = self.chance.choice(KEYS)
        if self.boxes[key].step:
            if not await _done(store.retire(key, self.boxes[key])):
                return
            self.model.durable[key] = self.boxes[key].step
            self.unloaded.add(key)
            try:
                loaded = await store.load(key)
            except OSError:
                return  # nobody needs to load what is only ever committed whole
            self.unloaded.discard(key)
            if loaded != self.boxes[key]:
                raise BrokenPromiseError(f"{key} was not read back as it was retired")

    async def _rest(self, store: Store) -> None:
        key = self.chance.choice(KEYS)
        if not self.boxes[key].step or key in self.unloaded:
            return
        store.rest(key, self.boxes[key])
        self.at_rest.add(key)
        let_go = {each for each in self.at_rest if each not in store.resting}
        self.at_rest -= let_go
        self.unloaded |= let_go
        for each in let_go | ({key} if self.chance.random() < 0.5 else set()):
            try:
                loaded = await store.load(each)
            except OSError:
                continue
            self.unloaded.discard(each)
            self.at_rest.discard(each)
            if loaded != self.boxes[each]:
                raise BrokenPromiseError(f"{each} was not read back as it went to rest")

    async def _archive(self, store: Store) -> None:
        key = self.chance.choice(KEYS)
        thing = Noted(step=self._step(), note=self._note(), owes=None)
        if await _done(store.archive(key, [thing])):
            self.model.archived.setdefault(key, []).append(thing)

    async def _bury(self, store: Store) -> None:
        step = self._step()
        store.dead_letters.bury({"step": step})
        await store.flush()
        self.model.letters.append(step)

    async def _mean_nothing(self, store: Store) -> None:
        key = self.chance.choice(KEYS)
        mail = store.pending(key, 1)
        if mail:
            self.model.acked.discard(mail[0].update["update_id"])
            self.model.void.add(mail[0].update["update_id"])
            store.absorb(mail[0].n)

    async def _wait(self, _store: Store) -> None:
        await anyio.sleep(self.chance.choice([0, 0.1, 3]))

    def _note(self) -> str:
        return "n" * self.chance.randrange(120)


async def _done(call: Awaitable[None]) -> bool:
    try:
        await call
    except OSError:
        return False
    return True


def opened(disk: MemoryDisk) -> Any:
    def report(kind: str, detail: str) -> None:
        if kind in ("damaged-file", "damaged-record", "unpackable", "callback", "index-rebuilt"):
            raise BrokenPromiseError(f"{kind}: {detail}")

    return open_on(
        disk,
        CODEC,
        key_of=lambda _, update: str(update["key"]),
        accepted=Update,
        report=report,
        bounds=BOUNDS,
    )


async def check(disk: MemoryDisk, model: Model) -> dict[str, Box]:
    """Open *disk* and compare it with what *model* says was promised.

    Raises:
        BrokenPromiseError: A promise was broken.

    """
    async with opened(disk) as store:
        boxes = {key: await store.load(key) for key in KEYS}
        owing = store.owing()
        for key, box in boxes.items():
            _check_box(key, box, model)
            if owing.get(key) != (box.owes if box else None):
                raise BrokenPromiseError(f"{key} owes {box}, the index says {owing.get(key)}")
        _check_mail(store, boxes, model)
        for key, things in model.archived.items():
            missing = [each for each in things if each not in await store.archived(key)]
            if missing:
                raise BrokenPromiseError(f"the archive of {key} has lost {missing}")
        letters = [letter["step"] for letter in await store.dead_letters.read()]
        if not set(model.letters) <= set(letters):
            raise BrokenPromiseError(f"dead letters {model.letters} became {letters}")
        again = [{"update_id": id_, "key": KEYS[0]} for id_ in sorted(model.acked | model.void)]
        if fresh := await store.accept("bot", again, next_offset=None):
            raise BrokenPromiseError(f"accepted twice: {fresh}")
    return {key: box for key, box in boxes.items() if box}


def _check_box(key: str, box: Box | None, model: Model) -> None:
    least = model.durable.get(key, 0)
    if box is None:
        if least:
            raise BrokenPromiseError(f"{key} is gone; step {least} was on disk")
        return
    if box.step < least:
        raise BrokenPromiseError(f"{key} fell back to step {box.step}; {least} was on disk")
    if box != model.history[key].get(box.step):
        raise BrokenPromiseError(f"{key} never was {box}")


def _check_mail(store: Store, boxes: Mapping[str, Box | None], model: Model) -> None:
    waiting = [each.update["update_id"] for each in store.unabsorbed()]
    numbers = [each.n for each in store.unabsorbed()]
    done = [id_ for box in boxes.values() if box for id_ in box.absorbed]
    if numbers != sorted(set(numbers)):
        raise BrokenPromiseError(f"mail out of order: {numbers}")
    for ids in (waiting, done, waiting + done):
        if len(ids) != len(set(ids)):
            raise BrokenPromiseError(f"twice: {sorted(ids)}")
    if lost := model.acked - set(waiting) - set(done):
        raise BrokenPromiseError(f"lost: {sorted(lost)}")
    offset = store.offset("bot") or 0
    if model.acked and offset <= max(model.acked):
        raise BrokenPromiseError(f"the offset fell back to {offset}")
