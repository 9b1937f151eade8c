"""A Telegram that outlives the service, with all its moods, and one life's line to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import anyio
import anyio.lowlevel

from actors.ports import (
    Address,
    DoubtError,
    GoneError,
    Growth,
    NotSentError,
    PenaltyError,
    RefusedError,
)
from actors.runtime import Clock
from fsm.content import Media
from fsm.effects import Button
from fsm.outbox import Answer
from service.channels.telegram import Heed, TelegramReader
from service.channels.telegram.hearing import Me
from tests.simulation.death import Death
from tests.simulation.ledger import LAG, Call, Ledger, brief


def about(chance: Random, *seconds: float) -> float:
    """Draw one of *seconds*, and a little more, so that most orders of events can come up."""
    return chance.choice(seconds) + chance.random() * 1e-3


ME = Me(id=1000, username="sim_bot")
PAGE = 60


@dataclass(slots=True)
class Peer:
    """A chat with all its topics, as limits see it."""

    until: float = 0.0
    heard: float = 0.0
    """When the bot was told of the penalty."""
    in_flight: int = 0


@dataclass(slots=True)
class Screen:
    """What people see of one chat."""

    texts: dict[int, str] = field(default_factory=dict)
    """Messages of the bot, by number."""
    buttons: dict[int, tuple[Button, ...]] = field(default_factory=dict)
    draft: int = 0
    """Id of the draft that is being written."""


class Telegram:
    """What is there whether the service lives or not."""

    def __init__(self, chance: Random, ledger: Ledger, trouble: float) -> None:
        """*trouble* is how likely a call is to go wrong."""
        self.chance = chance
        self.ledger = ledger
        self.trouble = trouble
        self.updates: list[dict[str, Any]] = []
        self.confirmed = 0
        self.peers: dict[str, Peer] = {}
        self.screens: dict[str, Screen] = {}
        self.calls = 0
        self._numbers = 0
        self.arrived = anyio.Event()

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def put(self, update: dict[str, Any]) -> int:
        """Keep *update* for the bot; return its number."""
        self.ledger.updates += 1
        self.updates.append({"update_id": self.ledger.updates, **update})
        self.ledger.note(f"a person: update {self.ledger.updates}, {brief(update)}")
        self.arrived.set()
        self.arrived = anyio.Event()
        return self.ledger.updates

    def after(self, offset: int, most: int) -> list[dict[str, Any]]:
        """Return updates from *offset* on; earlier ones are confirmed."""
        self.confirmed = max(self.confirmed, offset)
        self.updates = [each for each in self.updates if each["update_id"] >= offset]
        return self.updates[:most]

    def screen(self, key: str) -> Screen:
        return self.screens.setdefault(key, Screen())

    def peer(self, address: Address) -> Peer:
        return self.peers.setdefault(address.peer, Peer())

    def mood(self) -> str:
        """Draw how the next call will go."""
        if self.chance.random() >= self.trouble:
            return "ok"
        moods = ("penalty", "not sent", "lost", "lost after", "refused", "gone")
        return self.chance.choices(moods, (30, 15, 20, 20, 6, 3))[0]


class Member:
    """The one bot that there is here, as operators would see it."""

    id = str(ME.id)
    name = f"@{ME.username}"
    state = "ok"
    poller = None
    updates = renewed = 0


class Line:
    """One life's connection: implements what the service needs of its channel."""

    def __init__(self, telegram: Telegram, death: Death, clock: Clock) -> None:
        self.members = (Member(),)
        self.reader = TelegramReader(ME)
        self.panels = None  # no operator is among the people
        self.novelties = ()
        self._telegram = telegram
        self._ledger = telegram.ledger
        self._death = death
        self._clock = clock
        self._paused = False

    # -- the way in ---------------------------------------------------------------------------

    async def poll(self, store: Any, heed: Heed) -> None:
        name, caught_up = str(ME.id), False
        heed.known(name)
        offset = store.offset(name) or 0
        while True:
            await anyio.sleep(self._latency())
            if self._paused:
                await anyio.sleep_forever()
            arrived, most = self._telegram.arrived, self._telegram.chance.choice([1, 3, 100])
            batch = self._telegram.after(offset, most)
            if batch:
                await self._death.go_on("before accept")
                accepted = await store.accept(name, batch, next_offset=batch[-1]["update_id"] + 1)
                await self._death.go_on("after accept")
                offset = batch[-1]["update_id"] + 1
                heed.batch(accepted)
            if not caught_up and len(batch) < most:
                caught_up = True
                heed.caught_up(name)
            if not batch:
                await arrived.wait()

    def pause(self) -> None:
        """Fetch nothing any more."""
        self._paused = True

    def acknowledge_soon(self, address: Address, callback: str, text: str = "") -> None:
        """Nobody looks at toasts here."""

    async def fetch(self, address: Address, media: Media) -> bytes:
        await anyio.lowlevel.checkpoint()
        return b"picture"

    # -- the way out --------------------------------------------------------------------------

    def paginate(self, text: str, *, plain: bool, grown: Address | None = None) -> Sequence[bytes]:
        pages = [text[at : at + PAGE] for at in range(0, len(text), PAGE)] or [""]
        return [page.encode() for page in pages]

    async def deliver(self, address: Address, answer: Answer, index: int, *, mark: str) -> int:
        await self._death.go_on("before a delivery")
        key, edit = address.key, answer.place(index)
        call = Call(
            at=self._clock.now(), life=self._ledger.life, answer=answer, index=index, mark=mark
        )
        self._ledger.calls(key, call)
        async with self._calling(address):
            mood = self._mood(address)
            await anyio.sleep(self._latency())
            await self._death.go_on("in a delivery, before it arrives")
            number = 0
            if mood in ("ok", "lost after"):
                number = self._show(key, call, edit)
            await anyio.sleep(self._latency())
            await self._death.go_on("in a delivery, after it arrived")
            call.outcome = "doubt" if mood.startswith("lost") else mood
            call.ended = self._clock.now()
            if mood == "refused":
                self._ledger.chat(key).refused.add((answer.id, index))
            if mood == "gone":
                self._ledger.chat(key).gone.append(self._ledger.updates)
            self._ledger.note(f"{key} {(answer.id, index)}: {mood}")
            self._fail(mood, self._telegram.peer(address))
        self._death.step("after a delivery")
        return number

    def _show(self, key: str, call: Call, edit: int) -> int:
        screen = self._telegram.screen(key)
        if not call.body:
            screen.texts.pop(edit, None)
            self._ledger.saw(key, call)
            return edit
        if edit and edit not in screen.texts:
            self._ledger.broke(f"{key}: edits {edit}, which is not there")
        number = edit or self._telegram.number()
        screen.texts[number] = call.mark + call.body
        last = call.index == len(call.answer.parts) - 1
        screen.buttons[number] = call.answer.buttons if last else ()
        screen.draft = 0
        self._ledger.saw(key, call)
        return number

    def is_rich(self, body: bytes) -> bool:
        return False

    def attachments(self, text: str) -> Sequence[bytes]:
        return ()

    def growth(self, address: Address) -> Growth:
        return Growth.DRAFT if address.private else Growth.BUBBLE

    async def preview(
        self, address: Address, *, turn: int, attempt: int, text: str, bubble: int, **_: Any
    ) -> None:
        await self._death.go_on("before a preview")
        key = address.key
        self._ledger.shows(key, turn)
        async with self._calling(address):
            mood = self._mood(address)
            await anyio.sleep(self._latency())
            await self._death.go_on("in a preview")
            screen = self._telegram.screen(key)
            if bubble:
                if bubble not in screen.texts:
                    self._ledger.broke(f"{key} {turn}: shows a preview in {bubble}, not there")
                screen.texts[bubble] = "..." + text
            elif not address.private:
                self._ledger.broke(f"{key} {turn}: a draft to a group")
            else:
                screen.draft = turn
            if mood == "gone":
                self._ledger.chat(key).gone.append(self._ledger.updates)
            self._fail(mood, self._telegram.peer(address))

    def forget_preview(self, address: Address) -> None:
        """Nothing is cached here."""

    async def send_picture(self, address: Address, png: bytes, caption: str) -> None:
        """Nobody asks for one."""

    def _latency(self) -> float:
        return about(self._telegram.chance, 0.0, 0.02, 0.1, 0.4)

    @asynccontextmanager
    async def _calling(self, address: Address) -> AsyncIterator[None]:
        peer, life = self._telegram.peer(address), self._ledger.life
        self._telegram.calls += 1
        if peer.in_flight == life:
            self._ledger.broke(f"{address.peer}: two calls at a time")
        peer.in_flight = life
        now = self._clock.now()
        # Heard in the last moment of a life, it may be met until a life has heard it in time.
        if now < peer.until and not self._ledger.died_after(peer.heard, LAG):
            self._ledger.broke(f"{address.peer}: a call {peer.until - now:.1f} s too early")
        try:
            yield
        finally:
            if peer.in_flight == life:
                peer.in_flight = 0

    def _mood(self, address: Address) -> str:
        in_penalty = self._clock.now() < self._telegram.peer(address).until
        return "penalty" if in_penalty else self._telegram.mood()

    def _fail(self, mood: str, peer: Peer) -> None:
        """Raise what the *mood* of the call makes of it."""
        match mood:
            case "penalty":
                now = self._clock.now()
                if now >= peer.until:
                    peer.until = now + self._telegram.chance.choice([1.0, 5.0, 40.0])
                peer.heard = now
                raise PenaltyError(peer.until - now)
            case "not sent":
                raise NotSentError("no connection", self._telegram.chance.choice([1.0, 5.0]))
            case "lost" | "lost after":
                raise DoubtError("nobody knows")
            case "refused":
                raise RefusedError("no")
            case "gone":
                raise GoneError("kicked")


class Voice:
    """Says the key itself, once it is sure that the words are all there."""

    def say(self, language: str, key: str, args: Mapping[str, str] | None = None) -> str:
        return f"<{key}>"
