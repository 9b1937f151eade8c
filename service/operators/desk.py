"""The operator's desk: answers `/debug` past the chat itself, so that it works while that hangs.

An actor like any other, but its answers go straight through the gate: no outbox, no model,
no state of the chat they are about is touched.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import anyio

from actors.chat import Chat
from actors.gate import Gate
from actors.messages import Inbound
from actors.ports import Address, Channel, DeliveryError
from actors.runtime import ActorSystem, Effect, EffectFailed, Perform, Ref
from fsm.outbox import Answer, Part
from service.channels.events import DebugAsked
from service.operators.facts import FleetFacts, chat_facts, fleet_facts
from service.operators.pages import Pages
from service.operators.picture import paint
from service.texts import Texts
from snapshots import Store

SendPicture = Callable[[Address, bytes, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """An operator has got an answer, or could not be reached; the update is dealt with."""

    n: int


class Desk:
    """What the `operator` actors are made of."""

    def __init__(
        self,
        *,
        system: Callable[[], ActorSystem],
        gate: Gate,
        store: Store,
        channel: Channel,
        texts: Texts,
        send_picture: SendPicture,
        written: Mapping[str, float],
    ) -> None:
        """*written* tells when each chat in memory was last given to the journal."""
        self._written = written
        self._system = system
        self._gate = gate
        self._store = store
        self._channel = channel
        self._texts = texts
        self._send_picture = send_picture
        self._started = time.time()
        self._waiting: dict[str, anyio.Event] = {}

    def turn(self, state: None, message: object, _now: float) -> tuple[None, Sequence[object]]:
        """Start to answer each question; forget it when it is answered."""
        match message:
            case Inbound(n=n, event=DebugAsked() as asked):
                return state, ((n, asked),)
            case Served(n=n):
                self._store.absorb(n)
            case EffectFailed(tag=int() as n):
                self._store.absorb(n)
        return state, ()

    def perform(self, ref: Ref, effect: object, _state: None) -> Sequence[Effect]:
        """Return the task that answers one question."""
        assert isinstance(effect, tuple)
        n, asked = effect
        address = Address.parse(ref.key)

        async def run(_: object) -> Served:
            await self._answer(address, asked)
            return Served(n=n)

        return (Perform(f"debug {n}", run, timeout=120.0, tag=n),)

    def granted(self, name: str) -> bool:
        """Take a slot of the gate, if it is one of ours."""
        event = self._waiting.pop(name, None)
        if event is not None:
            event.set()
        return event is not None

    async def _answer(self, address: Address, asked: DebugAsked) -> None:
        pages = Pages(self._texts, asked.language)
        words = asked.text.split()
        picture = words[:1] == ["graph"]
        key = self._key(address, words[1:] if picture else words)
        if picture:
            value = self._system().get_state(self._system().ref("chat", key or address.key))
            live = value.conversation.state if isinstance(value, Chat) else None
            await self._through_gate(address, lambda: self._send_picture(address, paint(live), ""))
            return
        if not words:
            page = pages.fleet(self._fleet())
        elif key is None:
            page = self._texts.say(asked.language, "debug-unknown")
        else:
            page = pages.chat(chat_facts(key, self._system(), self._gate, self._written))
        await self._say(address, page, asked)

    def _fleet(self) -> FleetFacts:
        system = self._system()
        return fleet_facts(system, self._gate, self._store, self._started, system.keys("chat"))

    def _key(self, address: Address, words: Sequence[str]) -> str | None:
        """Return the key of the chat that *words* name: `here`, a number, or a whole key."""
        if not words or words[0] == "here":
            return address.key
        name = words[0]
        try:
            if "." in name:
                return Address.parse(name).key
            return Address(channel=address.channel, bot=address.bot, chat=int(name)).key
        except ValueError:
            return None

    async def _say(self, address: Address, page: str, asked: DebugAsked) -> None:
        parts = tuple(Part(body=body) for body in self._channel.paginate(page, plain=True))
        answer = Answer(id=0, parts=parts, reply_to=asked.message, language=asked.language)
        for index in range(len(parts)):

            async def deliver(index: int = index) -> None:
                await self._channel.deliver(address, answer, index, mark="")

            await self._through_gate(address, deliver)

    async def _through_gate(self, address: Address, call: Callable[[], Awaitable[None]]) -> None:
        """Make *call* when the peer may be called; what the channel refuses is not repeated."""
        name = f"operator {address.key}"
        if not self._gate.reserve(address.peer, name):
            event = self._waiting.setdefault(name, anyio.Event())
            try:
                await event.wait()
            except BaseException:
                self._gate.withdraw(address.peer, name)
                raise
        retry_after = 0.0
        try:
            await call()
        except DeliveryError as problem:
            retry_after = getattr(problem, "retry_after", 0.0)
        finally:
            self._gate.release(address.peer, retry_after=retry_after)
