"""The composition root: wires the service in the order of a message's journey.

Poller -> journal -> router -> chat -> model -> outbox -> gate -> channel. Everything is made
here and handed over; nothing else knows who its neighbours are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

import anyio

from actors.chat import Chat, Chats, owed_by
from actors.chat_kind import chat_kind
from actors.gate import Gate
from actors.messages import Granted, Woken
from actors.pacing import UNPACED, Pace
from actors.performing import Performer
from actors.ports import Accepted, Address, Model, Routed, Toolbox
from actors.router import Arrived, Router, Routing
from actors.runtime import (
    ActorSystem,
    ChildSpec,
    Clock,
    Kind,
    LoopClock,
    Ref,
    RestForOne,
)
from actors.studio import Studio
from service import crashing
from service.channels.events import DebugAsked, DebugPressed
from service.channels.telegram import Bots
from service.flows import Guides, Library
from service.graveyard import CrashLog, Graveyard, Hand
from service.intake import Intake
from service.money.prices import Prices
from service.money.purses import Purses, budgets_of
from service.observe.watch import Watch
from service.operators.edges import Edges
from service.operators.office import Office
from service.penalties import Penalty
from service.personas import Personas
from service.rules import rules_of
from service.settings import Settings
from service.sleepers import Sleepers
from service.texts import Texts
from service.turned_away import TurnedAway
from snapshots import Store

DRAIN: Final = 2.5
"""Seconds that answers get to finish after a SIGTERM; what is cut is resumed at the next start."""
GRACE: Final = 2.0


class Service:
    """One life of the service."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: Store,
        channel: Bots,
        model: Model,
        texts: Texts,
        personas: Personas,
        watch: Watch,
        summarizer: Model,
        prices: Prices,
        clock: Clock | None = None,
        library: Library,
        studio: Studio,
        toolbox: Toolbox | None = None,
    ) -> None:
        self.settings = settings
        self.library = library
        self.store = store
        self.channel = channel
        self.clock = clock or LoopClock()
        self.gate = Gate(
            clock=self.clock,
            pace=Pace().scaled(settings.pace) if settings.pacing else UNPACED,
            grant=self._grant,
            keep=self._keep_penalty,
        )
        self.purses = Purses(prices, budgets_of(settings), store, lambda: self.system)
        self.performer = Performer(
            model=model,
            channel=watch.channel(channel, self.clock.now),
            gate=self.gate,
            store=store,
            voice=texts,
            clock=self.clock,
            fetch=channel.fetch,
            guides=Guides(library, self._flows_changed),
            manner=personas.manner,
            ref_of=lambda key: self.system.ref("chat", key),
            summarizer=summarizer,
            studio=studio,
            toolbox=toolbox,
            purse=self.purses,
        )
        self.chats = Chats(
            rules=rules_of(settings, library, personas),
            voice=texts,
            channel=channel,
            gate=self.gate,
            store=store,
            is_under_way=self.performer.is_under_way,
        )
        self.graveyard = Graveyard(store, self.clock.now)
        self.router = Router(
            reader=channel.reader,
            store=store,
            ref_of=self._ref_of,
            bury=self.graveyard.unreadable,
            acknowledge=channel.acknowledge_soon,
            topics=self._topics,
        )
        self.office = Office(
            Edges(
                system=lambda: self.system,
                gate=self.gate,
                store=store,
                written=self.chats.written,
                watch=watch,
                texts=texts,
                panels=channel.panels,
                paginate=lambda text: channel.paginate(text, plain=True),
                bots=channel.members,
                arrived=self._arrived,
                waiting=self.router.refill,
                unreadable=self._unreadable,
                flows=lambda: library.flows,
                novelties=lambda: channel.novelties,
                spent=self.purses.together,
                data=settings.data_dir,
                admins=settings.admins,
                language=settings.language,
            )
        )
        tell = self.office.herald.tell
        self.sleepers = Sleepers(self.clock, self._wake)
        self.intake = Intake(
            channel,
            store=store,
            door=TurnedAway(store, channel.reader, tell=tell, now=self.clock.now),
            graveyard=self.graveyard,
            router=self.router,
            router_ref=lambda: self.system.ref("router", ""),
            sleepers=self.sleepers,
        )
        kinds: dict[str, Kind[Any, Any]] = {
            "router": self._router_kind(),
            "chat": self._chat_kind(),
            **self.office.kinds(),
            **self.purses.kinds(),
        }
        self.system = ActorSystem(
            kinds,
            clock=self.clock,
            observer=CrashLog(self.office.observe, self.graveyard.observe).observe,
            pause_intake=channel.pause,
        )

    # -- the journey --------------------------------------------------------------------------

    async def run(self, stop: anyio.Event) -> None:
        """Serve until *stop* is set, then end in good order.

        Raises:
            Escalated: Something crashed too often; the report is in it.

        """
        async with self.system:
            self.system.supervise(
                RestForOne(
                    [
                        ChildSpec(name="gate", run=self.gate.run),
                        ChildSpec(name="sleepers", run=self.intake.wake),
                        ChildSpec(name="poller", run=self.intake.poll, intake=True),
                    ]
                )
            )
            self.system.supervise(RestForOne(self.office.children()))
            await stop.wait()
            await self.system.shutdown(drain=DRAIN, grace=GRACE)

    def _arrived(self, batch: Sequence[Accepted]) -> None:
        self.intake.arrived(batch)

    # -- what the actors are made of ----------------------------------------------------------

    def _router_kind(self) -> Kind[Routing, Arrived]:
        return Kind(
            behaviour=self.router.turn,
            initial=lambda _: Routing(),
            perform=self.router.perform,
            capacity=100_000,
        )

    def _chat_kind(self) -> Kind[Chat, Any]:
        return chat_kind(
            turn=self.chats.turn,
            resume=self.chats.resume,
            commit=self.office.watch.chronicle.watched(self.chats.commit),
            perform=self.performer.perform,
            poisoned=self.chats.poisoned,
            load=self._load,
            retire=self._retire,
            may_retire=lambda chat: self.sleepers.may_sleep(owed_by(chat)),
            refill=self.router.refill,
            slot=Hand(self.store.in_hand),
        )

    async def _load(self, key: str) -> Chat | None:
        """Return the chat as it was left; its peer's penalty is known before its first call."""
        peer = Address.parse(key).peer
        if f"chat/{key}" not in self.store.resting:  # who rests was asked for in this life
            penalty = await self.store.load(peer)
            if isinstance(penalty, Penalty):
                self.gate.remember(peer, penalty.until)
        chat = await self.store.load(f"chat/{key}")
        return chat if isinstance(chat, Chat) else None

    async def _retire(self, key: str, chat: Chat) -> None:
        if self.system.closing:  # nobody comes back to what would be packed now
            return
        self.store.rest(f"chat/{key}", chat)
        self.chats.written.pop(key, None)
        self.sleepers.keep(f"chat/{key}", owed_by(chat))

    def _unreadable(self) -> int:
        routing = self.system.get_state(self.system.ref("router", ""))
        return routing.unreadable if isinstance(routing, Routing) else 0

    def _ref_of(self, routed: Routed) -> Ref:
        self.office.came(routed.person)
        kind = "operator" if isinstance(routed.event, DebugAsked | DebugPressed) else "chat"
        return self.system.ref(kind, routed.address.key)

    def _topics(self, address: Address) -> list[Ref]:
        mine, topics = address.key, f"{address.key}."
        keys = self.office.sources.chats()  # tens of thousands, and each reaction comes by
        of_peer = [key for key in keys if key.startswith(topics) or key == mine]
        return [self.system.ref("chat", key) for key in of_peer]

    async def crash(self, place: Mapping[str, object]) -> HTTPStatus:
        """Crash the actor of a chat, as the playground's button asks; say how it stands then."""
        bot = self.channel.members[0].id
        return await crashing.crash(self.system, self.store.resting, bot, place)

    def ready(self) -> Mapping[str, bool]:
        """Return what has to be so for messages to be answered."""
        failing = self.store.failing_since is not None
        model = not self.office.sources.provider_down()
        return {"polling": self.intake.is_open, "disk": not failing, "model": model}

    def _flows_changed(self) -> None:
        self.chats.rules = replace(self.chats.rules, flows=self.library.flows)
        self.channel.publish_menu()

    def _grant(self, chat: str) -> None:
        if not self.office.counter.granted(chat):
            self.system.ref("chat", chat).tell_system(Granted())

    def _keep_penalty(self, peer: str, until: float) -> None:
        self.store.commit(peer, Penalty(until=until))

    def _wake(self, key: str) -> None:
        if key.startswith("chat/"):
            self.system.ref("chat", key.removeprefix("chat/")).tell_system(Woken())
