"""An album comes as ten updates, in any order and over a second: it is one question anyway."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from tests.stories.test_journey import picture
from tests.stories.theatre import TOKEN, Person, StandIns, Theatre, breath, theatre, words

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

COLOURS = ["red", "lime", "blue", "black", "white", "gray", "teal", "navy", "olive", "maroon"]
ARRIVING = (3, 1, 2, 7, 5, 4, 10, 6, 9, 8)
GAP = 1.2 / (len(ARRIVING) - 1)
SOAK = os.environ.get("GREENROOM_SOAK") == "1"
Json = dict[str, Any]


@pytest.mark.parametrize("killed_after", [None, 4, *((1, 9) if SOAK else ())])
async def test_ten_photos_out_of_order_are_one_call_with_ten_pictures_in_order(
    killed_after: int | None, places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        ada = await stage.person("Ada")
        album = await taken(stage, ada)
        arriving = [album[number - 1] for number in ARRIVING]
        await stage.start()

        last = await arrive(stage, arriving[:killed_after])
        if killed_after is not None:
            await stage.until(lambda: accepted(stage, last), "the last one has been accepted")
            await stage.kill()
            await asyncio.gather(stage.start(), arrive(stage, arriving[killed_after:]))

        (answer,) = await ada.waits_for(1)
        (call,) = await stage.asked()
        assert call["media"] == len(album)
        pictures = ", ".join([f"image/jpeg {await fingerprint(stage, each)}" for each in album])
        assert f"Files: 10 ({pictures})" in words(answer), words(answer)
        assert "look at these" in words(answer)
        assert len(await ada.sees()) == 1


async def taken(stage: Theatre, person: Person) -> list[Json]:
    """Return the messages of an album that *person* has sent, of which the bot knows nothing yet.

    They are sent where it is not, and put into the private chat by whoever lets them arrive.
    """
    elsewhere = person.at(await stage.group(person, has_bot=False))
    photos = [(f"{number}.jpg", picture(colour)) for number, colour in enumerate(COLOURS)]
    messages = await elsewhere.sends("photo", *photos, caption="look at these")
    private = {"id": person.chat, "type": "private", "first_name": "Ada"}
    return [{**message, "chat": private} for message in messages]


async def arrive(stage: Theatre, messages: list[Json]) -> int:
    """Hand the bot one message after the other; return the number of the last update."""
    loop, update = asyncio.get_running_loop(), 0
    began = loop.time()
    for number, message in enumerate(messages):
        while loop.time() < began + number * GAP:
            await breath()
        update = (await stage.post("inject", update={"message": message}))["update_id"]
    return update


async def accepted(stage: Theatre, update: int) -> bool:
    """Whether the service has asked for what comes after *update*: then it must not be lost."""
    return any(call["params"].get("offset", 0) > update for call in await stage.calls("getUpdates"))


async def fingerprint(stage: Theatre, message: Json) -> str:
    """Return what the model's stand-in calls the picture in *message*."""
    client, bot = stage._client, f"bot{TOKEN}"
    asked = {"file_id": message["photo"][-1]["file_id"]}
    async with client.post(f"{stage.telegram}/{bot}/getFile", json=asked) as reply:
        path = (await reply.json())["result"]["file_path"]
    async with client.get(f"{stage.telegram}/file/{bot}/{path}") as reply:
        return hashlib.sha256(await reply.read()).hexdigest()[:12]
