"""Everything for operators, put together: one source of facts, and the doors that lead to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final

import anyio
import anyio.to_thread
from aiohttp import web

from actors.ports import Address
from actors.runtime import ChildSpec, DeadLetter, Happening, Kind, Passivation
from actors.runtime.observe import Quarantined
from service.audience import KEY as AUDIENCE
from service.audience import Audience, Came, Counting
from service.console.guard import Guard, is_loopback
from service.console.series import Series
from service.console.server import Console
from service.herald import Herald
from service.observe.exposing import metrics_routes
from service.observe.gauges import Gauges
from service.operators.actions import Actions
from service.operators.alarm import Alarm
from service.operators.around import Around
from service.operators.census import Census
from service.operators.counter import Counter
from service.operators.desk import Desk
from service.operators.edges import Edges
from service.operators.letters import Letters
from service.operators.roll import Roll
from service.operators.sources import Sources, disk_of
from service.sickroom import Sickroom

_DISK_EVERY: Final = 20.0


class Office:
    """One life of it."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self.watch = edges.watch
        self.counting = Counting(edges.store)
        self.around = _around(edges, self.audience)
        self.sources = Sources(
            system=edges.system,
            gate=edges.gate,
            store=edges.store,
            written=edges.written,
            chronicle=edges.watch.chronicle,
            around=self.around,
        )
        self.census = Census(self.sources)
        self.letters = Letters(edges.store, edges.bots[0].id, edges.arrived)
        self.actions = Actions(self.sources, self.letters)
        self.counter = Counter(edges.gate, edges.panels, edges.paginate)
        self.herald = Herald(edges.texts, self.counter.say)
        self.sickroom = Sickroom(self.herald.tell, edges.system, edges.waiting, edges.language)
        self.desk = Desk(
            sources=self.sources,
            census=self.census,
            actions=self.actions,
            letters=self.letters,
            counter=self.counter,
            texts=edges.texts,
            flows=edges.flows,
        )
        self.alarm = Alarm(
            fleet=self.census.fleet,
            counter=self.counter,
            texts=edges.texts,
            metrics=edges.watch.metrics,
            admins=self._addresses,
            language=edges.language,
        )
        self.has_console = False
        """Whether `doors` has made a console that somebody may enter."""
        self.series = Series(self.census.fleet, edges.watch.chronicle)
        edges.watch.metrics.registry.register(Gauges(self.census.fleet))

    def kinds(self) -> dict[str, Kind[Any, Any]]:
        """Return what the actors are that answer `/debug`, and the one that counts people."""
        operator: Kind[None, Any] = Kind(
            behaviour=self.desk.turn,
            initial=lambda _: None,
            perform=self.desk.perform,
            passivation=Passivation(idle=60.0, limit=100),
        )
        fleet: Kind[Audience, Any] = Kind(
            behaviour=self.counting.turn,
            initial=self.counting.initial,
            load=self.counting.load,
            commit=self.counting.commit,
            capacity=100_000,
        )
        return {"operator": operator, "fleet": fleet}

    def came(self, person: str) -> None:
        """Take note that *person* has done something."""
        if self.counting.is_new(person, self._edges.system().now()):
            self._edges.system().ref("fleet", AUDIENCE).tell(Came(person=person))

    def audience(self) -> Audience | None:
        """Return who was active, if it is in memory yet."""
        value = self._edges.system().get_state(self._edges.system().ref("fleet", AUDIENCE))
        return value if isinstance(value, Audience) else None

    def children(self) -> list[ChildSpec]:
        """Return what has to be kept running for all this; whoever only watches may be lost."""
        watching = {
            "census": self.census.run,
            "disk": self._measure_disk,
            "series": self.series.run,
            "alarm": self.alarm.run,
            "herald": self.herald.run,
        }
        # The watchdog takes a pulse that has stopped for a loop that stands still.
        return [
            ChildSpec(name="pulse", run=self.watch.pulse.run),
            *(ChildSpec(name=name, run=run, vital=False) for name, run in watching.items()),
        ]

    def doors(self, host: str, token: str) -> list[Callable[[web.Application], None]]:
        """Return what adds the operators' routes to the server on *host*."""
        guard = Guard(token=token, loopback=is_loopback(host))
        self.has_console = guard.open
        console = Console(
            guard,
            sources=self.sources,
            census=self.census,
            actions=self.actions,
            letters=self.letters,
            series=self.series,
            spent=self._edges.spent,
            texts=self._edges.texts,
        )
        return [metrics_routes(self.watch.metrics.registry), console.add]

    def observe(self, happening: Happening) -> None:
        """Take note of what happens to actors."""
        if isinstance(happening, DeadLetter) and happening.ref.kind == "chat":
            self.watch.chronicle.poisoned(happening.ref.key, happening.at)
        if isinstance(happening, Quarantined) and happening.ref.kind == "chat":
            key = happening.ref.key
            self._edges.gate.abandon(Address.parse(key).peer, key)
            self.sickroom.admit(happening.ref)

    def _addresses(self) -> list[list[Address]]:
        """Return where each admin can be told something: under one bot, or the next."""
        ids = [bot.id for bot in self._edges.bots]
        return [
            [Address(channel="telegram", bot=bot, chat=admin) for bot in ids]
            for admin in self._edges.admins
        ]

    async def _measure_disk(self) -> None:
        while True:
            # What cannot be measured now is no reason to end: the page shows what was known.
            with contextlib.suppress(OSError):
                self.around.disk = await anyio.to_thread.run_sync(disk_of, self._edges.data)
            await anyio.sleep(_DISK_EVERY)


def _around(edges: Edges, audience: Callable[[], Audience | None]) -> Around:
    watch = edges.watch
    return Around(
        pulse=watch.pulse,
        providers=watch.providers,
        models=lambda: watch.models,
        links=watch.links,
        loads=watch.loads,
        servers=watch.servers,
        roll=Roll(edges.bots, edges.store),
        unreadable=edges.unreadable,
        novelties=edges.novelties,
        audience=audience,
        flows=edges.flows,
    )
