"""After a kill those who are owed something get it, nobody has to write, and the rest sleeps on."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from fsm.states import State
from service.storing import SCHEMAS
from snapshots import Codec, Plain
from snapshots.disk import RealDisk
from snapshots.files import path_of
from snapshots.inspection import Inspection
from tests.stories.test_journey import picture
from tests.stories.theatre import Person, StandIns, Theatre, theatre, words

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

SOAK = os.environ.get("GREENROOM_SOAK") == "1"
SLEEPING = 100_000 if SOAK else 2_000
REMINDED = 60 if SOAK else 9
"""Seconds."""
PENALTY = 4


def fill(data: Path) -> None:
    """Leave snapshots of chats that owe nothing, made so that opening one would be noticed."""
    for number in range(SLEEPING):
        path = data / path_of(f"chat/telegram.1000.{900_000_000 + number}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"whoever opens this sets it aside")


def state_of(stage: Theatre, person: Person) -> State | None:
    look = Inspection(RealDisk(stage.data), Codec(SCHEMAS), Plain())
    chat = look.value(f"chat/telegram.1000.{person.chat}")
    return chat.conversation.state if chat is not None else None


async def test_those_who_are_owed_something_are_woken_and_no_other_file_is_opened(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        fill(stage.data)
        asking = [await stage.person(f"P{number}") for number in range(3)]
        fined, sender = await stage.person("Fined"), await stage.person("Sender")
        busy = await stage.person("Busy")
        await busy.says(f"[[tools:remind(text=Drink tea;minutes={REMINDED / 60})]]")
        await busy.waits_for(1)

        await stage.post(
            "faults", kind="429", method="sendMessage", chat=fined.chat, seconds=PENALTY
        )
        await fined.says("a short one")

        async def refused() -> bool:
            return any(call["status"] == 429 for call in await stage.calls("sendMessage"))

        await stage.until(refused, "the final of one chat is refused for some seconds")
        fined_at = time.monotonic()
        for person in asking:
            await person.says("a long one [[chunks:15:100]]")

        async def generating() -> bool:
            asked = [call["text"] for call in await stage.asked()]
            return sum("a long one" in text for text in asked) == 3

        await stage.until(generating, "three answers are being generated")
        album = [(f"{colour}.jpg", picture(colour)) for colour in ("red", "blue")]
        await sender.sends("photo", *album, caption="two of them")

        async def collecting() -> bool:
            return state_of(stage, sender) is not None

        await stage.until(collecting, "the album has arrived")
        await stage.kill()

        began = time.monotonic()
        await stage.start()
        print(f"{SLEEPING} sleep, a start takes {time.monotonic() - began:.1f} s")

        for person in (*asking, sender):
            (answer,) = await person.waits_for(1)
            assert words(answer)
        (answer,) = await fined.waits_for(1, within=PENALTY + 20)
        assert time.monotonic() - fined_at >= PENALTY - 1, "not before its time"
        sent = [call["status"] for call in await stage.calls("sendMessage")]
        assert sent.count(429) == 1, "and not once too early"
        _, reminder = await busy.waits_for(2, within=REMINDED + 20)
        assert words(reminder) == "⏰ Drink tea"
        for person in (*asking, fined, sender):
            assert len(await person.sees()) == 1
        assert not (stage.data / "damaged").exists()
        assert "damaged-file" not in stage.printed()
