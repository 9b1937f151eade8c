"""What 100 000 chats weigh that nobody talks to, and what it costs to bring one back.

Run: `python -m benchmarks.idle_chats [chats]`. The chats are the service's own, made where
`service/app.py` makes them, with store, gate, watch and sleepers around them; only Telegram and
the model are silent. A talk is ten questions of 60 and ten answers of 240 characters of English.
Memory is the growth of the process (RSS), each kind in a process of its own. Targets for
100 000: records alone 150 MB, packed 400 MB (and 3 kB each), passivated about nothing.
"""

from __future__ import annotations

import gc
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel

from actors.chat import Chat
from actors.messages import Nudged
from actors.runtime import ActorSystem, Kind
from benchmarks.runtime import resident, settled
from fsm.content import Prompt
from fsm.data import Conversation
from fsm.memory import Turn
from fsm.outbox import Outbox
from service import papers
from service.app import Service
from service.channels.telegram import TelegramReader
from service.models.offline import OfflineModel
from service.observe.watch import Watch
from service.settings import Settings, load
from service.storing import opened_store
from service.texts import Texts
from snapshots import Store
from tests.keep import Keep, studio
from tests.simulation.telegram import ME, Member

ASKED, ANSWERED, TURNS = 60, 240, 10
SAMPLE = 1000
PROSE = re.sub(
    r"\s+", " ", " ".join(each.read_text() for each in sorted(Path("docs").glob("[a-v]*.md")))
)


class Silent:
    """A Telegram from which nothing comes, and to which nothing goes."""

    panels = None
    novelties = ()

    def __init__(self) -> None:
        self.reader = TelegramReader(ME)
        self.members = (Member(),)

    async def poll(self, *_: Any, **__: Any) -> None:
        await anyio.sleep_forever()

    def _nothing(self, *_: Any, **__: Any) -> None: ...

    pause = fetch = acknowledge_soon = publish_menu = paginate = _nothing


class Home(Service):
    """The service, whose chats begin as a talk and stay in memory until they are told to rest."""

    talking = True

    def _chat_kind(self) -> Kind[Chat, Any]:
        made = super()._chat_kind()
        assert made.passivation is not None
        stays = replace(made.passivation, idle=1e6, limit=10**6, limit_bytes=None)
        initial = talk if self.talking else made.initial
        return replace(made, passivation=stays, initial=initial)


def talk(key: str) -> Chat:
    """Return a chat with twenty messages, other ones for each key."""
    chance = random.Random(key)

    def words(length: int) -> str:
        at = chance.randrange(len(PROSE) - length)
        return PROSE[at : at + length]

    at, person = 1.79e9 + chance.random(), f"telegram.{chance.randrange(10**9)}"
    memory = tuple(
        Turn(
            number=number,
            prompts=(
                Prompt(text=words(ASKED), message=2 * number, person=person, at=at + 60 * number),
            ),
            answer=words(ANSWERED),
            at=at + 60 * number + 5,
            tokens=90 * number,
            weight=90,
            settings="offline",
        )
        for number in range(1, TURNS + 1)
    )
    told = tuple((2 * number + 1, number) for number in range(1, TURNS + 1))
    return Chat(
        key=key,
        conversation=Conversation(turn=TURNS, memory=memory),
        outbox=Outbox(told=told),
    )


@asynccontextmanager
async def home(settings: Settings, *, talking: bool = True) -> AsyncIterator[Home]:
    """Run a service."""
    Home.talking = talking
    async with opened_store(settings, lambda _bot, _update: "") as store:
        texts, watch = Texts(), Watch()
        model = OfflineModel(texts.say)
        service = Home(
            settings,
            store=store,
            channel=Silent(),  # type: ignore[arg-type]
            model=model,
            texts=texts,
            personas=papers.personas_of(settings),
            watch=watch,
            summarizer=model,
            prices=papers.prices_of(settings),
            library=papers.library_of(settings),
            studio=studio(Keep(), model),
        )
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(service.run, stop)
            await anyio.sleep(0.2)
            yield service
            tasks.cancel_scope.cancel()  # without an end in good order: it would write files


def keys(chats: int) -> list[str]:
    return [f"telegram.7.{100_000_000 + number}" for number in range(chats)]


async def wake(system: ActorSystem, which: list[str]) -> None:
    """Activate chats as a message would, some hundred at a time."""
    for start in range(0, len(which), 250):
        for key in which[start : start + 250]:
            system.ref("chat", key).tell_system(Nudged())
        await settled(system)


async def rest(system: ActorSystem) -> None:
    """Let every chat go to rest."""
    for key in system.keys("chat"):
        system.passivate(system.ref("chat", key))
    while system.keys("chat"):
        await anyio.lowlevel.checkpoint()


def settings(folder: str, **more: Any) -> Settings:
    return load(None, data_dir=Path(folder), **more)


async def weigh(chats: int, what: str) -> None:
    """Print MB of growth for so many chats that are *what*."""
    room = 0 if what == "passivated" else 10**6
    with tempfile.TemporaryDirectory() as folder:
        async with home(settings(folder, packed_mb=room), talking=what != "records") as service:
            await wake(service.system, ["telegram.7.1"])
            await rest(service.system)
            gc.collect()
            base = resident()
            some = keys(chats)
            for start in range(0, chats, 250):
                await wake(service.system, some[start : start + 250])
                if what in {"packed", "passivated"}:
                    await rest(service.system)
            del some
            gc.collect()
            print(f"{resident() - base:.1f} {service.store.resting.bytes / max(1, chats):.0f}")


async def cost() -> None:
    """Print microseconds of CPU a chat: packing, and waking it from each place."""
    with tempfile.TemporaryDirectory() as folder:
        async with home(settings(folder, packed_mb=1000)) as service:
            some, system, store = keys(SAMPLE), service.system, service.store
            await wake(system, some)

            async def timed(act: Callable[[], Any]) -> float:
                began = time.process_time()
                await act()
                return (time.process_time() - began) / SAMPLE * 1e6

            live = min([await timed(lambda: wake(system, some)) for _ in range(3)])
            packing, packed = [], []
            for _ in range(3):
                packing.append(await timed(lambda: rest(system)))
                packed.append(await timed(lambda: wake(system, some)))
            await rest(system)
            await to_files(store)
            filed = await timed(lambda: wake(system, some))
            print(f"{min(packing):.0f} {live:.0f} {min(packed):.0f} {filed:.0f}")


async def to_files(store: Store) -> None:
    """Put every value that rests into its file, and let go of it."""
    for key in list(store.resting):
        store.commit(key, store.resting.look(key))
    await store.flush()
    await store._parts.compaction.everything()
    store._entries.clear()


def measured(*args: object) -> list[float]:
    """Return the numbers that this program prints in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.idle_chats", *map(str, args)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(each) for each in found.stdout.split()]


def main(chats: int) -> None:
    for what, target in (
        ("records", "records alone, without a talk; 100 000: < 150 MB"),
        ("live", "as they are at work"),
        ("packed", "packed; 100 000: < 400 MB, <= 3 kB each"),
        ("passivated", "let go by the store; about 0"),
    ):
        grown, counted = measured(chats, what)
        row = f"{grown:7.1f} MB"
        if what == "packed":
            row += f", {counted:.0f} B each by the store's count"
        print(f"{chats} {what:11}{row} ({target})", flush=True)
    packing, live, packed, filed = measured(0, "cost")
    print(f"us of CPU a chat: packing {packing:.0f}; a turn of one at work {live:.0f}, ", end="")
    print(f"packed {packed:.0f}, in its file (page cache) {filed:.0f}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case [_, "cost"]:
            anyio.run(cost)
        case [count, what]:
            anyio.run(weigh, int(count), what)
        case given:
            main(int(given[0]) if given else 2000)
