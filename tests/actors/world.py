"""Chats on the real runtime, with a person, a channel and a model that a test controls."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.lowlevel

from actors.chat import Chat, Chats
from actors.chat_kind import chat_kind
from actors.gate import Gate
from actors.messages import Granted, Inbound
from actors.pacing import UNPACED, Pace
from actors.performing import Performer
from actors.ports import Accepted, Address, Done, Growth, Request, TextDelta
from actors.runtime import ActorSystem, ChildSpec, LoopClock, RestForOne
from fsm.content import Card, Prompt
from fsm.data import Rules
from fsm.effects import Button, Render
from fsm.events import Asked, Event
from fsm.flow.screen import Pressable
from fsm.flow_events import Rendered
from fsm.outbox import Answer, Number
from service.flows.cards import filled
from service.flows.words import worded
from service.texts import Texts
from tests.actors.memory_store import MemoryStore
from tests.keep import studio

PRIVATE = "telegram.1.42"
GROUP = "telegram.1.-100"
_TEXTS = Texts()


class Voice:
    """Says the key itself; what stands on buttons is real, as a person has to find it."""

    def say(self, language: str, key: str, args: Mapping[str, str] | None = None) -> str:
        return f"<{key}>"

    def plain(self, language: str, key: str, args: Mapping[str, str] | None = None) -> str:
        return _TEXTS.plain(language, key, args or {})


class Inline:
    """Words endings at once: a jumping clock would not wait for a thread."""

    async def word(self, effect: Render) -> Rendered:
        return worded(effect.definition, effect.flow)

    async def fill(self, card: Card, text: str) -> str:
        return filled(card, text)

    async def reload(self) -> tuple[int, str]:
        return 0, ""


@dataclass
class Channel:
    """Remembers what it was asked to send; fails when told to."""

    clock: LoopClock
    sent: list[tuple[str, str, Number, str]] = field(default_factory=list)
    """(chat, text, edited message or 0, mark)"""
    shown: list[tuple[str, str]] = field(default_factory=list)
    grown: list[tuple[Number, str]] = field(default_factory=list)
    """Previews that were edits: (edited message, text)"""
    failures: list[Exception] = field(default_factory=list)
    """Raised by the next deliveries, in order; None lets one pass."""
    unseen: list[Exception] = field(default_factory=list)
    """Raised by the next previews."""
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    """(press, sentence)"""
    keyboards: dict[Number, tuple[tuple[Pressable, ...], ...]] = field(default_factory=dict)
    """The keys under each message."""
    buttons: list[tuple[Button, ...]] = field(default_factory=list)
    plainly: list[bool] = field(default_factory=list)
    """For each text that was cut into parts, whether it was to be plain."""
    calls: list[tuple[float, str]] = field(default_factory=list)
    typed: list[float] = field(default_factory=list)
    delay: float = 0.05
    page: int = 100
    _numbers: int = 500
    in_flight: dict[str, int] = field(default_factory=dict)

    def start_at(self, number: int) -> None:
        """Give the next message a higher number than *number*."""
        self._numbers = number

    def paginate(self, text: str, *, plain: bool, grown: Address | None = None) -> Sequence[bytes]:
        self.plainly.append(plain)
        pages = [text[at : at + self.page] for at in range(0, len(text), self.page)] or [""]
        return [page.encode() for page in pages]

    def caption(self, text: str) -> bytes | None:
        return text.encode() if len(text) <= self.page else None

    def is_rich(self, body: bytes) -> bool:
        return b"|" in body

    def attachments(self, text: str) -> Sequence[bytes]:
        return [b"<file>"] if "CODE" in text else []

    def growth(self, address: Address) -> Growth:
        return Growth.DRAFT if address.private else Growth.BUBBLE

    async def deliver(self, address: Address, answer: Answer, index: int, *, mark: str) -> Number:
        async with self._call(address, "deliver"):
            await anyio.sleep(self.delay)
            if self.failures and (failure := self.failures.pop(0)) is not None:
                raise failure
        body = "..." if answer.bubble else answer.parts[index].body.decode()
        if (media := answer.parts[index].media) is not None:
            body = f"[{media.kind.value}] {body}".rstrip()
        edit = answer.place(index)
        self.sent.append((address.key, body, edit, mark))
        self.buttons.append(answer.buttons if index == len(answer.parts) - 1 else ())
        self._numbers += 1
        number = edit or self._numbers
        if index == len(answer.parts) - 1:
            self.keyboards[number] = answer.keys
        return number

    async def preview(self, address: Address, *, text: str, bubble: Number, **_: Any) -> None:
        async with self._call(address, "preview"):
            await anyio.sleep(self.delay)
            if self.unseen:
                raise self.unseen.pop(0)
        self.shown.append((address.key, text))
        if bubble:
            self.grown.append((bubble, text))

    async def typing(self, address: Address) -> None:
        async with self._call(address, "typing"):
            self.typed.append(self.clock.now())

    def acknowledge_soon(self, address: Address, callback: str, text: str = "") -> None:
        self.acknowledged.append((callback, text))

    def forget_preview(self, address: Address) -> None:
        """Nothing is cached here."""

    @asynccontextmanager
    async def _call(self, address: Address, what: str) -> AsyncIterator[None]:
        flying = self.in_flight.get(address.peer, 0)
        assert flying == 0, "two calls to one peer at a time"
        self.calls.append((self.clock.now(), address.peer))
        self.in_flight[address.peer] = flying + 1
        try:
            yield
        finally:
            self.in_flight[address.peer] -= 1

    def texts(self, chat: str = PRIVATE) -> list[str]:
        return [text for key, text, _, _ in self.sent if key == chat]


@dataclass
class Script:
    """A model: says its pieces with a pause before each, then is done, unless told otherwise."""

    pieces: Sequence[str] = ("Hello", " there", ".")
    gap: float = 0.5
    failures: list[Exception | None] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    closed: int = 0
    name: str = "script"

    async def answer(self, request: Request) -> AsyncGenerator[Any, None]:
        self.asked.append(request)
        try:
            for piece in self.pieces:
                await anyio.sleep(self.gap)
                yield TextDelta(piece)
            if self.failures and (failure := self.failures.pop(0)) is not None:
                raise failure
            yield Done()
        finally:
            self.closed += 1


class NoSlot:
    """These chats share their process with the test, so nothing has to outlive it."""

    def enter(self, key: str, message: object) -> None:
        """Take no note."""

    def leave(self) -> None:
        """Forget nothing."""


class World:
    """One life of the chats."""

    def __init__(
        self,
        store: MemoryStore,
        model: Script,
        rules: Rules | None,
        pace: Pace,
        page: int,
        purse: Any = None,
        toolbox: Any = None,
    ) -> None:
        self.store = store
        self.model = model
        self.clock = LoopClock(wall=lambda: 1_000_000.0 + anyio.current_time())
        self.channel = Channel(self.clock, page=page)
        self.gate = Gate(
            clock=self.clock,
            pace=pace,
            grant=lambda chat: self.system.ref("chat", chat).tell_system(Granted()),
            keep=lambda peer, until: None,
        )
        self.performer = Performer(
            model=model,
            channel=self.channel,  # type: ignore[arg-type]
            gate=self.gate,
            store=store,
            voice=Voice(),
            clock=self.clock,
            purse=purse,
            toolbox=toolbox,
            ref_of=lambda key: self.system.ref("chat", key),
            fetch=lambda address, media: anyio.lowlevel.checkpoint(),  # type: ignore[arg-type, return-value]
            guides=Inline(),
            studio=studio(self.store.keep, model),
        )
        self.chats = Chats(
            rules=rules or Rules(),
            voice=Voice(),
            channel=self.channel,  # type: ignore[arg-type]
            gate=self.gate,
            store=store,
            is_under_way=self.performer.is_under_way,
        )

        async def load(key: str) -> Chat | None:
            return await store.load(f"chat/{key}")  # type: ignore[return-value]

        self.kind = chat_kind(
            turn=self.chats.turn,
            resume=self.chats.resume,
            commit=self.chats.commit,
            perform=self.performer.perform,
            poisoned=self.chats.poisoned,
            load=load,
            retire=lambda key, chat: store.retire(f"chat/{key}", chat),
            refill=lambda key, most: [],
            slot=NoSlot(),
        )
        self.system = ActorSystem({"chat": self.kind}, clock=self.clock)
        self._message = 0

    def says(self, text: str, chat: str = PRIVATE, **more: Any) -> Accepted:
        self._message += 1
        prompt = Prompt(text=text, message=self._message, at=self.clock.now(), **more)
        return self.does(Asked(prompt=prompt), chat)

    def does(self, event: Event, chat: str = PRIVATE, *, replayed: bool = False) -> Accepted:
        accepted = self.store.take(f"chat/{chat}", {"event": event})
        message = Inbound(n=accepted.n, event=event, replayed=replayed)
        self.system.ref("chat", chat).tell(message)
        return accepted

    def state(self, chat: str = PRIVATE) -> Chat:
        state = self.system.get_state(self.system.ref("chat", chat))
        state = state or self.store.values.get(f"chat/{chat}")  # where it is when it rests
        assert isinstance(state, Chat)
        return state

    def timers(self, chat: str = PRIVATE) -> list[str]:
        """Names of the timers that are set; a state's timers end with it."""
        return [
            timer.name for timer in self.system.statistics(self.system.ref("chat", chat)).timers
        ]

    async def until(
        self, true: Callable[[], object], within: float = 120.0, every: float = 0.01
    ) -> None:
        with anyio.fail_after(within):
            while not true():  # noqa: ASYNC110  (on a clock that jumps)
                await anyio.sleep(every)


@asynccontextmanager
async def life(
    store: MemoryStore | None = None,
    *,
    model: Script | None = None,
    rules: Rules | None = None,
    pace: Pace = UNPACED,
    page: int = 100,
    purse: Any = None,
    toolbox: Any = None,
) -> AsyncIterator[World]:
    """One life; leaving it is a kill: nothing is drained, nothing is written."""
    world = World(store or MemoryStore(), model or Script(), rules, pace, page, purse, toolbox)
    with anyio.CancelScope() as scope:
        async with world.system:
            world.system.supervise(RestForOne([ChildSpec(name="gate", run=world.gate.run)]))
            yield world
            world.store.freeze()
            scope.cancel()
    world.store.thaw()
