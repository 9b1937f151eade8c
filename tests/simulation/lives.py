"""One seed: a crowd, a Telegram, and as many lives of the service as it takes to come to rest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from random import Random
from typing import Any
from unittest import mock

import anyio
import anyio.lowlevel
import trio
from trio.testing import MockClock

from actors import chat_kind
from actors.ports import Accepted, StoreFullError
from actors.runtime import LoopClock
from service.app import Service
from service.channels.telegram import key_of
from service.flows import Library
from service.money import prices
from service.observe.watch import Watch
from service.personas import Personas
from service.settings import Settings
from service.storing import SCHEMAS
from snapshots import Bounds, Codec, opening
from snapshots.in_hand import Slot
from snapshots.resting import ENOUGH, OVERHEAD
from snapshots.testing import MemoryDisk
from snapshots.threads import Threads
from tests.keep import Keep, studio
from tests.simulation.death import SLOT, Death
from tests.simulation.exact import exact
from tests.simulation.ledger import Ledger
from tests.simulation.model import Model
from tests.simulation.people import Crowd
from tests.simulation.telegram import Line, Telegram, Voice, about
from tests.simulation.verdict import judge

EPOCH = 1_700_000_000.0
LONGEST = 6 * 3600.0
"""Virtual seconds within which everything has to come to rest."""
CODEC = Codec(SCHEMAS)
LIBRARY = Library()


def play(seed: int, nth: int | None = None) -> Ledger:
    """Play *seed* and return its books; with *nth* one kill at that step and no other."""
    with exact(seed):
        return trio.run(Play(seed, nth).run, clock=MockClock(autojump_threshold=0))


class Play:
    """What belongs to one seed."""

    def __init__(self, seed: int, nth: int | None) -> None:
        self.chance = Random(seed)
        self.ledger = Ledger()
        self.ledger.clock = lambda: EPOCH + trio.current_time()
        troubles = [0.0, 0.05, 0.2, 0.5]
        self.telegram = Telegram(self.chance, self.ledger, self.chance.choice(troubles))
        self.model_trouble = self.chance.choice(troubles)
        self.clock = LoopClock(wall=lambda: EPOCH + trio.current_time())
        self.crowd = Crowd(self.telegram, self.chance, lambda: EPOCH + trio.current_time())
        reach = self.chance.choice([20, 100, 500])
        kills = [self.chance.randint(1, reach) for _ in range(self.chance.choice([0, 1, 2, 4]))]
        self.kills: list[int] = kills if nth is None else [nth]
        self.crashes = self.chance.choice([0.0, 0.0, 0.5])
        self.keep = self.chance.choice([2, 20])
        self.quiet = self.chance.choice([60.0, 60.0, 5.0])
        # All that rest find room, or one, or none: then they come back from journal and file.
        self.room = self.chance.choice([ENOUGH, 2 * OVERHEAD, 0])

    async def run(self) -> Ledger:
        settings = Settings(
            _env_file=None,
            telegram_bot_token="1000:simulated",
            recall_turns=self.keep,
            window_minutes=1e6,
            answer_cache=False,  # the ledger counts on every answer having been asked for
        )
        disk, slot = MemoryDisk(), bytearray(SLOT)
        with (
            anyio.move_on_after(LONGEST) as patience,
            mock.patch.object(chat_kind, "QUIET", self.quiet),
        ):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self.crowd.act)
                while True:
                    self.ledger.life += 1
                    nth = self.kills.pop(0) if self.kills else None
                    death = Death(disk, slot, self.chance, nth)
                    death.notice = self.ledger.died
                    await self._live(death, settings)
                    self.ledger.steps = death.steps
                    if not death.struck:
                        break
                    self.ledger.note(f"killed at step {death.steps}, {death.struck}")
                    disk, slot = death.left, death.left_slot
                    await anyio.sleep(about(self.chance, 0.0, 0.5, 20.0))
                tasks.cancel_scope.cancel()
            await self._look_at_the_end(disk)
        if patience.cancelled_caught:
            self.ledger.broke("it never comes to rest")
        judge(self.ledger, self.telegram)
        return self.ledger

    async def _live(self, death: Death, settings: Settings) -> None:
        with death.scope:
            async with self._store(death) as store:
                line = Line(self.telegram, death, self.clock)
                model = Model(
                    self.chance, self.ledger, death, trouble=self.model_trouble, keep=self.keep
                )
                service = Service(
                    settings,
                    store=store,
                    channel=line,  # type: ignore[arg-type]
                    model=model,
                    texts=Voice(),  # type: ignore[arg-type]
                    personas=Personas((), {}),
                    watch=Watch(),
                    summarizer=model,
                    clock=self.clock,
                    library=LIBRARY,
                    studio=studio(Keep(), model),
                    prices=prices.load(),
                )
                stop = anyio.Event()
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(service.run, stop)
                    tasks.start_soon(self._crash, service)
                    await self._rest(service, store, model)
                    tasks.cancel_scope.deadline = anyio.current_time() + 60
                    stop.set()
                    tasks.cancel_scope.deadline = float("inf")

    async def _crash(self, service: Service) -> None:
        """Let an actor crash now and then."""
        while self.crashes:
            await anyio.sleep(about(self.chance, 25.0, 60.0))
            if self.chance.random() < self.crashes:
                place = self.chance.choice(self.crowd.places)
                await service.crash({"chat": place.chat, "topic": place.topic})
            if self.crowd.done:
                return

    async def _rest(self, service: Service, store: Any, model: Model) -> None:
        """Return when nothing is owed, twice in a row, and nothing happens after that."""
        quiet = waited = 0
        while quiet < 2:
            await anyio.sleep(about(self.chance, 3.0))
            waited += 1
            if self.crowd.done and (not self.kills or waited > 100):
                self.telegram.trouble = model.trouble = 0.0
            busy = (
                not self.crowd.done
                or 0 < self.ledger.updates >= self.telegram.confirmed
                or store.owing()
                or store.statistics().unabsorbed
                or store.statistics().unwritten
            )
            quiet = 0 if busy else quiet + 1
            if quiet == 2 and self.crowd.come_back_to_what_was_held():
                quiet = 0
        calls = self.telegram.calls
        await anyio.sleep(100.0)
        if self.telegram.calls != calls:
            self.ledger.broke("calls go on although nothing is owed")
        for report in service.system.crash_reports:
            if type(report.error).__name__ != "CrashOnRequestError":
                self.ledger.broke(f"a crash: {report.render()}")

    @asynccontextmanager
    async def _store(self, death: Death) -> AsyncIterator[Any]:
        disk = death._disk
        disk.watch = lambda: death.step("a call to the disk")
        chance = self.chance

        class SlowThreads(Threads):
            """A disk that takes its time, on the clock that jumps."""

            async def _run(self, limiter: Any, call: Any, *args: Any) -> Any:
                await anyio.lowlevel.cancel_shielded_checkpoint()
                with anyio.CancelScope(shield=True):
                    async with limiter:
                        if not death.struck:
                            await anyio.sleep(about(chance, 0.0, 0.001, 0.03))
                        death.step("before the disk")
                        done = call(*args)
                        death.step("after the disk")
                        return done

        def report(kind: str, detail: str) -> None:
            self.ledger.note(f"the store: {kind} {detail}")
            if kind in ("damaged-file", "damaged-record", "unpackable", "callback"):
                self.ledger.broke(f"the store: {kind} {detail}")

        with mock.patch.object(opening, "Threads", SlowThreads):
            opened = opening.open_on(
                disk,
                CODEC,
                key_of=key_of,
                accepted=Accepted,
                report=report,
                full=StoreFullError,
                bounds=Bounds(
                    segment_bytes=chance.choice([3000, 1 << 20]),
                    segments=1,
                    resting_bytes=self.room,
                ),
                in_hand=Slot(death._slot),
            )
            async with opened as store:
                self._watch(store, death)
                yield store

    def _watch(self, store: Any, death: Death) -> None:
        """Know what is decided, and be able to die around it."""
        commit = store.commit

        def watched(key: str, value: Any, **more: Any) -> Any:
            death.step("before a commit")
            kind, _, chat = key.partition("/")
            if kind == "chat" and not death.struck:
                self.ledger.decided(chat, value.conversation)
            ticket = commit(key, value, **more)
            death.step("after a commit")
            return ticket

        store.commit = watched

    async def _look_at_the_end(self, disk: MemoryDisk) -> None:
        """Open what an end in good order has left: nothing is owed, nobody is busy."""
        death = Death(disk, bytearray(SLOT), self.chance, None)
        async with self._store(death) as store:
            if owing := dict(store.owing()):
                self.ledger.broke(f"at the end somebody still owes: {owing}")
            for key in self.ledger.chats:
                chat = await store.load(f"chat/{key}")
                if chat is not None and chat.conversation.state.value != "idle":
                    self.ledger.broke(f"{key}: {chat.conversation.state} at the end")


def summary(ledger: Ledger) -> Mapping[str, int]:
    """Return how much happened."""
    return {
        "updates": ledger.updates,
        "lives": ledger.life,
        "calls": sum(len(calls) for chat in ledger.chats.values() for calls in chat.calls.values()),
        "asked": sum(len(chat.asked) for chat in ledger.chats.values()),
    }
