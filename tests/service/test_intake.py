"""What comes in counts bot by bot: nothing of one is read, or woken, before Telegram knows it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest
from trio.testing import MockClock

from actors.ports import Accepted
from actors.router import Arrived
from actors.runtime import LoopClock
from service.channels.telegram import Heed
from service.intake import CAUGHT_UP_WITHIN, Intake
from service.sleepers import Sleepers

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


@dataclass
class Hand:
    poison: int | None = None


@dataclass
class Left:
    """A store as earlier lives have left it."""

    mail: list[Accepted]
    owed: Mapping[str, float] = field(default_factory=dict)
    in_hand: Hand = field(default_factory=Hand)

    def unabsorbed(self) -> list[Accepted]:
        return list(self.mail)

    def owing(self) -> Mapping[str, float]:
        return self.owed

    def absorb(self, *numbers: int) -> None:
        self.mail = [each for each in self.mail if each.n not in numbers]


class Scene:
    """Everything around the intake, as far as it is told something."""

    def __init__(self, store: Left) -> None:
        self.store = store
        self.heed: Heed | None = None
        self.told: list[tuple[list[int], bool]] = []
        self.woken: list[str] = []
        self.buried: list[int] = []
        self.apologies: list[str] = []
        around: Any = self
        self.intake = Intake(
            around,
            store=around.store,
            door=around,
            graveyard=around,
            router=around,
            router_ref=lambda: around,
            sleepers=Sleepers(LoopClock(wall=anyio.current_time), self.woken.append),
        )

    async def poll(self, _store: object, heed: Heed) -> None:
        self.heed = heed
        await anyio.sleep_forever()

    def tell(self, arrived: Arrived) -> None:
        self.told.append(([each.n for each in arrived.batch], arrived.replayed))

    def raw(self, content: bytes) -> None:
        """Nothing unreadable comes here."""

    def deadly(self, found: Accepted) -> None:
        self.buried.append(found.n)

    def apologise(self, bot: str, _update: object) -> None:
        self.apologies.append(bot)


@asynccontextmanager
async def running(store: Left) -> AsyncIterator[tuple[Scene, Heed]]:
    scene = Scene(store)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(scene.intake.poll)
        tasks.start_soon(scene.intake.wake)
        await anyio.sleep(0.1)
        assert scene.heed is not None
        yield scene, scene.heed
        tasks.cancel_scope.cancel()


def mail(n: int, bot: str) -> Accepted:
    return Accepted(n=n, bot=bot, update={"update_id": n})


OWED = {
    "chat/telegram.1.5": 0.0,
    "chat/telegram.2.5": 0.0,
    "chat/foreign.2.-9": 0.0,
    "fleet/x": 0.0,
}


async def test_a_bots_mail_is_read_once_it_is_known_and_before_anything_new() -> None:
    async with running(Left([mail(1, "1"), mail(2, "2"), mail(3, "1"), mail(4, "9")])) as (
        scene,
        heed,
    ):
        scene.intake.arrived([mail(8, "1")])
        assert scene.told == [], "it stays in the journal"

        heed.known("1")
        scene.intake.arrived([mail(5, "1"), mail(6, "2"), mail(7, "9")])
        heed.known("1")  # after a trouble: nothing is read twice
        heed.known("2")

    assert scene.told == [([1, 3], True), ([5], False), ([2], True)]


async def test_a_bots_chats_are_woken_when_its_own_intake_is_open() -> None:
    async with running(Left([], OWED)) as (scene, heed):
        heed.known("2")
        assert not scene.intake.is_open
        heed.caught_up("2")
        await anyio.sleep(0.1)
        assert sorted(scene.woken) == ["chat/foreign.2.-9", "chat/telegram.2.5"]
        assert scene.intake.is_open

        heed.known("1")
        assert not scene.intake.is_open
        await anyio.sleep(CAUGHT_UP_WITHIN - 1)
        assert "chat/telegram.1.5" not in scene.woken
        await anyio.sleep(2)
        assert scene.woken[2:] == ["chat/telegram.1.5"], "somebody else may be fetching"


async def test_what_has_ended_two_lives_is_set_aside_when_its_bot_is_known() -> None:
    store = Left([mail(1, "1"), mail(2, "2")], in_hand=Hand(poison=2))
    async with running(store) as (scene, heed):
        heed.known("1")
        assert (scene.buried, scene.apologies) == ([], [])
        heed.known("2")

    assert (scene.buried, scene.apologies) == ([2], ["2"])
    assert scene.told == [([1], True)]
    assert [each.n for each in store.mail] == [1]
