"""Everything for operators, put together: one source of facts, and the doors that lead to it."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread
from aiohttp import web

from actors.gate import Gate
from actors.messages import Inbound
from actors.ports import Accepted, Address
from actors.runtime import ActorSystem, ChildSpec, DeadLetter, Happening, Kind, Passivation
from actors.runtime.observe import Quarantined
from fsm.flow.definition import Definition
from fsm.usage import Usage
from service.audience import KEY as AUDIENCE
from service.audience import Audience, Came, Counting
from service.console.guard import Guard, is_loopback
from service.console.series import Series
from service.console.server import Console
from service.herald import Herald
from service.observe.exposing import metrics_routes
from service.observe.gauges import Gauges
from service.observe.watch import Watch
from service.operators.actions import Actions
from service.operators.alarm import Alarm
from service.operators.around import Around
from service.operators.census import Census
from service.operators.counter import Counter, Panels
from service.operators.desk import Desk
from service.operators.letters import Letters
from service.operators.roll import Bot, Roll
from service.operators.sources import Sources, disk_of
from service.sickroom import Sickroom
from service.texts import Texts
from snapshots import Store

_DISK_EVERY: Final = 20.0


class Office:
    """One life of it. *system* is asked when it is needed, because it is made later."""

    def __init__(
        self,
        *,
        system: Callable[[], ActorSystem],
        gate: Gate,
        store: Store,
        written: dict[str, float],
        watch: Watch,
        texts: Texts,
        panels: Panels,
        paginate: Callable[[str], Sequence[bytes]],
        bots: Sequence[Bot],
        arrived: Callable[[Sequence[Accepted]], None],
        waiting: Callable[[str, int], Sequence[Inbound]],
        unreadable: Callable[[], int],
        flows: Callable[[], Mapping[str, Definition]],
        spent: Callable[[], Awaitable[Usage]],
        novelties: Callable[[], Sequence[str]] = tuple,
        data: Path,
        admins: Collection[int],
        language: str,
    ) -> None:
        self._data = data
        self._system = system
        self._bots = bots
        self._admins = admins
        self.watch = watch
        self.counting = Counting(store)
        self.around = Around(
            pulse=watch.pulse,
            providers=watch.providers,
            models=lambda: watch.models,
            links=watch.links,
            loads=watch.loads,
            servers=watch.servers,
            roll=Roll(bots, store),
            unreadable=unreadable,
            novelties=novelties,
            audience=self.audience,
            flows=flows,
        )
        self.sources = Sources(
            system=system,
            gate=gate,
            store=store,
            written=written,
            chronicle=watch.chronicle,
            around=self.around,
        )
        self.census = Census(self.sources)
        self.letters = Letters(store, bots[0].id, arrived)
        self.actions = Actions(self.sources, self.letters)
        self.counter = Counter(gate, panels, paginate)
        self.herald = Herald(texts, self.counter.say)
        self.sickroom = Sickroom(self.herald.tell, system, waiting, language)
        self.desk = Desk(
            sources=self.sources,
            census=self.census,
            actions=self.actions,
            letters=self.letters,
            counter=self.counter,
            texts=texts,
            flows=flows,
        )
        self.alarm = Alarm(
            fleet=self.census.fleet,
            counter=self.counter,
            texts=texts,
            metrics=watch.metrics,
            admins=self._addresses,
            language=language,
        )
        self._texts = texts
        self._spent = spent
        self.has_console = False
        """Whether `doors` has made a console that somebody may enter."""
        self.series = Series(self.census.fleet, watch.chronicle)
        watch.metrics.registry.register(Gauges(self.census.fleet))

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
        if self.counting.is_new(person, self._system().now()):
            self._system().ref("fleet", AUDIENCE).tell(Came(person=person))

    def audience(self) -> Audience | None:
        """Return who was active, if it is in memory yet."""
        value = self._system().get_state(self._system().ref("fleet", AUDIENCE))
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
            spent=self._spent,
            texts=self._texts,
        )
        return [metrics_routes(self.watch.metrics.registry), console.add]

    def observe(self, happening: Happening) -> None:
        """Take note of what happens to actors."""
        if isinstance(happening, DeadLetter) and happening.ref.kind == "chat":
            self.watch.chronicle.poisoned(happening.ref.key, happening.at)
        if isinstance(happening, Quarantined) and happening.ref.kind == "chat":
            self.sickroom.admit(happening.ref)

    def _addresses(self) -> list[list[Address]]:
        """Return where each admin can be told something: under one bot, or the next."""
        ids = [bot.id for bot in self._bots]
        return [
            [Address(channel="telegram", bot=bot, chat=admin) for bot in ids]
            for admin in self._admins
        ]

    async def _measure_disk(self) -> None:
        while True:
            # What cannot be measured now is no reason to end: the page shows what was known.
            with contextlib.suppress(OSError):
                self.around.disk = await anyio.to_thread.run_sync(disk_of, self._data)
            await anyio.sleep(_DISK_EVERY)
