"""Many chats stream for a long time to a channel that enforces limits and punishes haste."""

from __future__ import annotations

import itertools
import os
import random
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio
import pytest

from actors.pacing import Pace
from actors.ports import Address, Done, DoubtError, PenaltyError, Request, TextDelta
from fsm.outbox import Answer
from service.playground.limits import Limits
from service.playground.refusals import Refusal
from tests.actors.world import Channel, Script, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

SOAK = os.environ.get("GREENROOM_SOAK") == "1"
CHATS, MINUTES = (50, 30) if SOAK else (6, 2)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    from trio.testing import MockClock

    return "trio", {"clock": MockClock(autojump_threshold=0)}


class Talker:
    """A model whose answers take some time and are all different."""

    name = "talker"

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.answers: dict[str, list[str]] = defaultdict(list)

    async def answer(self, request: Request) -> AsyncGenerator[Any, None]:
        text = f"answer {len(self.answers[request.chat])}:"
        yield TextDelta(text)
        for number in range(self._chance.randrange(5, 30)):
            await anyio.sleep(self._chance.uniform(0.2, 0.8))
            text += f" {number}"
            yield TextDelta(f" {number}")
        self.answers[request.chat].append(text)
        yield Done()


class Strict(Channel):
    """A channel with limits.

    *moody* makes it complain out of the blue now and then, *lossy* makes it lose replies.
    """

    limits: Limits
    chance: random.Random
    moody: float = 0.0
    lossy: float = 0.0
    refusals: int = 0
    previews: dict[str, list[tuple[int, float]]]

    async def deliver(self, address: Address, answer: Answer, index: int, *, mark: str) -> int:
        edit = answer.place(index)
        self._check("editMessageText" if edit else "sendMessage", address)
        number = await super().deliver(address, answer, index, mark=mark)
        if self.chance.random() < self.lossy:
            raise DoubtError("the reply was lost after it was sent")
        return number

    async def preview(self, address: Address, *, text: str, bubble: int, **more: Any) -> None:
        self._check("editMessageText" if bubble else "sendMessageDraft", address)
        self.previews[address.key].append((more["turn"], self.clock.now()))
        await super().preview(address, text=text, bubble=bubble, **more)

    def _check(self, method: str, address: Address) -> None:
        try:
            self.limits.check(method, address.chat)
            if self.chance.random() < self.moody:
                self.limits.punish(address.chat, self.chance.uniform(3, 60))
        except Refusal as refusal:
            self.refusals += 1
            raise PenaltyError(float(refusal.retry_after or 0)) from None


@asynccontextmanager
async def strict_life(moody: float, lossy: float) -> AsyncIterator[tuple[World, Strict, Talker]]:
    chance = random.Random(5)
    talker = Talker(chance)
    async with life(model=talker, pace=Pace(), page=120) as world:  # type: ignore[arg-type]
        channel: Any = world.channel
        channel.__class__ = Strict
        channel.limits = Limits(clock=world.clock.now, on=True)
        channel.chance, channel.moody, channel.lossy = chance, moody, lossy
        channel.previews = defaultdict(list)
        yield world, channel, talker


async def talk(world: World, chat: str, until: float, chance: random.Random) -> None:
    """Ask, wait for the answer, ask again."""
    while world.clock.now() < until:
        world.says(f"go on {world.clock.now()}", chat)
        key = f"chat/{chat}"
        await anyio.sleep(1.0)
        await world.until(partial(rests, world, key), within=MINUTES * 60, every=0.5)
        await anyio.sleep(chance.uniform(0.0, 3.0))


def rests(world: World, key: str) -> bool:
    waiting = any(kept == key for kept, _ in world.store.mail.values())
    return not waiting and world.store.owed.get(key) is None


def chats() -> list[str]:
    """Most are private; of the others some are topics of one group, which share its limits."""
    private = [f"telegram.1.{1000 + number}" for number in range(CHATS - 3)]
    return [*private, "telegram.1.-100", "telegram.1.-200.1", "telegram.1.-200.2"]


@pytest.mark.parametrize(("moody", "lossy"), [(0.0, 0.0), (0.01, 0.0), (0.01, 0.05)])
async def test_no_call_falls_into_a_penalty_and_every_answer_arrives(
    moody: float, lossy: float
) -> None:
    async with strict_life(moody, lossy) as (world, channel, talker):
        until = world.clock.now() + MINUTES * 60
        async with anyio.create_task_group() as people:
            for chat in chats():
                people.start_soon(talk, world, chat, until, channel.chance)

        assert channel.limits.inside_penalty == 0
        assert (channel.refusals > 0) is (moody > 0), "limits are kept, moods are not foreseen"
        for chat in chats():
            finals = "".join(said_once(channel, chat))
            assert finals == "".join(talker.answers[chat]), "each once, whole and in order"
            assert len(talker.answers[chat]) >= MINUTES
        if not moody:
            for chat, shown in channel.previews.items():
                if Address.parse(chat).private:
                    assert longest_wait(shown) <= 2.0


def said_once(channel: Strict, chat: str) -> list[str]:
    """Return what is read in *chat*: a message said again is marked, an edit just made again."""
    said: list[str] = []
    for key, text, edit, mark in channel.sent:
        if key == chat and text != "..." and not ((mark or edit) and said[-1:] == [text]):
            said.append(text)
    return said


def longest_wait(shown: list[tuple[int, float]]) -> float:
    """Return the longest time without a preview while an answer grew."""
    pairs = itertools.pairwise(shown)
    return max(later - earlier for (turn, earlier), (same, later) in pairs if turn == same)


async def test_a_hundred_chats_under_a_penalty_delay_nobody_else() -> None:
    quick = [f"telegram.1.{1000 + number}" for number in range(100)]
    slow = [f"telegram.1.{5000 + number}" for number in range(100)]
    took: dict[bool, list[float]] = {}
    for penalised in (False, True):
        async with life(model=Script(gap=0.2), pace=Pace()) as world:
            if penalised:
                for chat in slow:
                    world.gate.penalise(Address.parse(chat).peer, world.clock.now() + 60)
                    world.says("hi", chat)
            asked = world.clock.now()
            for chat in quick:
                world.says("hi", chat)
            await world.until(lambda: all(world.channel.texts(chat) for chat in quick))
            took[penalised] = sorted(
                at - asked for at, peer in world.channel.calls if f"{peer[5:]}" in quick
            )
            assert world.clock.now() - asked < 60
            if penalised:
                await world.until(lambda: all(world.channel.texts(chat) for chat in slow))
                assert world.clock.now() - asked >= 60
    assert took[True][-1] - took[False][-1] < 0.05
