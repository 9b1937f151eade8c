"""Chats on the real runtime, watched by operators, on a clock that jumps and without Telegram."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel

from actors.chat import Chat, Chats
from actors.chat_kind import chat_kind
from actors.messages import Granted, Inbound
from actors.performing import Performer
from actors.ports import Accepted, Address, NoPurse, Purse
from actors.runtime import ActorSystem, ChildSpec, RestForOne
from fsm.content import Prompt
from fsm.data import Rules
from fsm.events import Asked
from fsm.usage import Usage
from service import audience
from service.channels.events import DebugAsked, DebugPressed
from service.flows import Guides, Library
from service.graveyard import CrashLog, Graveyard
from service.observe.watch import Watch
from service.operators.edges import Edges
from service.operators.facts import ChatFacts
from service.operators.office import Office
from service.operators.reasons import because
from service.texts import Texts
from snapshots.parts import Statistics
from snapshots.resting import ENOUGH, Resting
from tests.actors.memory_store import MemoryStore
from tests.actors.world import PRIVATE, UNPACED, NoSlot, Script, Voice, World
from tests.contracts.store import CODEC
from tests.keep import studio

BOSS = 7


class Letters:
    """The dead-letter file, in memory."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []

    def bury(self, record: Mapping[str, Any]) -> None:
        self.records.append(dict(record))

    async def read(self) -> list[dict[str, Any]]:
        return list(self.records)

    async def forget(self, is_of: Any) -> None:
        self.records = [each for each in self.records if not is_of(each)]


class HouseStore(MemoryStore):
    """The store of the chats' tests, and what operators ask of a store besides."""

    def __init__(self) -> None:
        super().__init__()
        self.dead_letters = Letters()
        self.failing_since: float | None = None
        self.resting = Resting(CODEC, ENOUGH)

    def rest(self, key: str, value: object) -> None:
        super().rest(key, value)
        self.resting.keep(key, value)

    async def load(self, key: str) -> object | None:
        self.resting.drop(key)
        return await super().load(key)

    async def accept(
        self, bot: str, updates: Sequence[Mapping[str, Any]], *, next_offset: int | None
    ) -> list[Accepted]:
        return [self.take(f"chat/{PRIVATE}", update) for update in updates]

    def amend(self, key: str, delta: Any, **more: Any) -> Any:
        if key.startswith("fleet/"):
            return self.commit(key, audience.apply(self.values[key], delta))
        return super().amend(key, delta, **more)

    def update(self, n: int) -> Any:
        return self.mail[n][1].update if n in self.mail else None

    def owing(self) -> Mapping[str, float]:
        return {key: at for key, at in self.owed.items() if at is not None}

    def waiting(self) -> Mapping[str, int]:
        return Counter(accepted.bot for _, accepted in self.mail.values())

    def statistics(self) -> Statistics:
        return Statistics(
            segments=1,
            journal_bytes=1000,
            unabsorbed=len(self.mail),
            unwritten=0,
            resting=len(self.resting),
            resting_bytes=self.resting.bytes,
            damaged=0,
            syncs=self.commits,
            synced_at=0.0,
            failing_since=self.failing_since,
        )


@dataclass
class Panels:
    """What operators have been shown."""

    pages: list[tuple[str, str, list[str]]] = field(default_factory=list)
    """Chat, page, what the buttons send back."""
    pictures: list[str] = field(default_factory=list)
    drawn: list[bytes] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    failures: list[Exception | None] = field(default_factory=list)

    async def page(self, address: Address, body: bytes, keys: Any) -> None:
        await anyio.lowlevel.checkpoint()
        if self.failures and (failure := self.failures.pop(0)) is not None:
            raise failure
        self.pages.append((address.key, body.decode(), [data for row in keys for _, data in row]))

    async def picture(self, address: Address, png: bytes, caption: str) -> None:
        self.pictures.append(address.key)
        self.drawn.append(png)

    async def file(self, address: Address, content: bytes, name: str) -> None:
        self.files.append((name, content))


@dataclass
class Polling:
    """A poller that stands where a test puts it."""

    ago: float = 0.0
    """Seconds since Telegram has answered last, whenever one looks."""
    paused: bool = False
    rebuilt: int = 0

    @property
    def completed_at(self) -> float:
        return time.monotonic() - self.ago


@dataclass
class Bot:
    """A bot that fares as a test wants it."""

    id: str = "1"
    name: str = "@green_bot"
    state: str = "ok"
    poller: Polling = field(default_factory=Polling)
    updates: int = 7
    renewed: int = 0


class House(World):
    """A world that is watched."""

    store: HouseStore

    def __init__(
        self, model: Script, rules: Rules | None, purse: Purse, bots: Sequence[Bot]
    ) -> None:
        super().__init__(HouseStore(), model, rules, UNPACED, 4000)
        self.watch = Watch()
        self.panels = Panels()
        self.bots = bots
        self.polling = self.bots[0].poller
        self.used = Usage()
        self.waiting: list[Inbound] = []
        """What the journal has of the chat, as if nobody had dealt with it yet."""
        self.broke: Exception | None = None
        """Why nobody can say what was used."""
        library = Library()
        channel = self.watch.channel(self.channel, self.clock.now)  # type: ignore[arg-type]
        self.gate._grant = self._granted
        performer = Performer(
            model=self.watch.model(model),
            channel=channel,
            gate=self.gate,
            store=self.store,
            voice=Voice(),
            clock=self.clock,
            fetch=lambda media: anyio.lowlevel.checkpoint(),  # type: ignore[arg-type, return-value]
            guides=Guides(library, lambda: None),
            studio=studio(self.store.keep, model),
            ref_of=lambda key: self.system.ref("chat", key),
            purse=purse,
        )
        self.chats = Chats(
            rules=rules or Rules(),
            voice=Voice(),
            channel=channel,
            gate=self.gate,
            store=self.store,
            is_under_way=performer.is_under_way,
        )
        self.office = Office(
            Edges(
                system=lambda: self.system,
                gate=self.gate,
                store=self.store,  # type: ignore[arg-type]
                written=self.chats.written,
                watch=self.watch,
                texts=Texts(),
                panels=self.panels,
                paginate=lambda text: [text.encode()],
                bots=self.bots,
                arrived=self._arrived,
                waiting=lambda key, most: self.waiting[:most],
                unreadable=lambda: 0,
                flows=lambda: library.flows,
                spent=self._together,
                data=Path(),
                admins=(BOSS,),
                language="en",
            )
        )

        async def load(key: str) -> Chat | None:
            return await self.store.load(f"chat/{key}")  # type: ignore[return-value]

        async def retire(key: str, chat: Chat) -> None:
            self.store.rest(f"chat/{key}", chat)

        self.kind = chat_kind(
            turn=self.chats.turn,
            resume=self.chats.resume,
            commit=self.watch.chronicle.watched(self.chats.commit),
            perform=performer.perform,
            poisoned=self.chats.poisoned,
            load=load,
            retire=retire,
            refill=lambda key, most: [],
            slot=NoSlot(),
        )
        self.system = ActorSystem(
            {"chat": self.kind, **self.office.kinds()},
            clock=self.clock,
            observer=CrashLog(self.office.observe, _Graves(self.store).observe).observe,
        )

    def asked(self, text: str) -> Asked:
        return Asked(prompt=Prompt(text=text, message=1, at=self.clock.now()))

    def facts(self, key: str = PRIVATE) -> ChatFacts:
        return self.office.sources.chat(key)

    def cause(self, key: str = PRIVATE) -> str:
        """What `/debug` says first about a chat."""
        return because(self.facts(key)).cause

    def debug(self, text: str = "", *, chat: int = BOSS, answers: bool = False) -> None:
        """An operator asks."""
        asked = DebugAsked(
            text=text,
            message=1,
            person=f"telegram.{BOSS}",
            language="en",
            chat=chat,
            answers=answers,
        )
        self._operate(asked, chat)

    def press(self, action: str, about: str = PRIVATE) -> None:
        """An operator presses a button."""
        pressed = DebugPressed(
            action=action, about=about, person=f"telegram.{BOSS}", language="en", chat=BOSS
        )
        self._operate(pressed, BOSS)

    async def page(self, count: int = 1) -> str:
        """Wait for so many pages; return the last."""
        await self.until(lambda: len(self.panels.pages) >= count)
        return self.panels.pages[-1][1]

    def metric(self, name: str, **labels: str) -> float:
        found = self.watch.metrics.registry.get_sample_value(f"greenroom_{name}", labels)
        return 0.0 if found is None else found

    def _operate(self, event: Any, chat: int) -> None:
        accepted = self.store.take("", {})
        key = Address(channel="telegram", bot="1", chat=chat).key
        self.system.ref("operator", key).tell(Inbound(n=accepted.n, event=event))

    async def _together(self) -> Usage:
        if self.broke is not None:
            raise self.broke
        return self.used

    def _granted(self, name: str) -> None:
        if not self.office.counter.granted(name):
            self.system.ref("chat", name).tell_system(Granted())

    def _arrived(self, batch: Sequence[Accepted]) -> None:
        for accepted in batch:
            event = accepted.update["event"]
            self.system.ref("chat", PRIVATE).tell(Inbound(n=accepted.n, event=event))


class _Graves(Graveyard):
    def __init__(self, store: HouseStore) -> None:
        self._store = store  # type: ignore[assignment]


@asynccontextmanager
async def house(
    model: Script | None = None,
    rules: Rules | None = None,
    purse: Purse | None = None,
    bots: Sequence[Bot] = (),
) -> AsyncIterator[House]:
    """Open a house for one test."""
    made = House(model or Script(), rules, purse or NoPurse(), bots or [Bot()])
    with anyio.CancelScope() as scope:
        async with made.system:
            made.system.supervise(RestForOne([ChildSpec(name="gate", run=made.gate.run)]))
            yield made
            made.store.freeze()
            scope.cancel()
