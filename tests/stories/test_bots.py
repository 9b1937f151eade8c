"""Several bots in one service: what one of them goes through, the others do not notice."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.stories.test_flows import sees, taps
from tests.stories.test_journey import picture
from tests.stories.theatre import OTHERS, TOKEN, Person, StandIns, Theatre, breath, theatre, words

pytestmark = pytest.mark.anyio

BOTH = f"{TOKEN}, {OTHERS['2000']}"
ALL = ",".join([TOKEN, *OTHERS.values()])


async def the_same(person: Person, there: Theatre, name: str = "Ada") -> Person:
    """Return *person* in their chat with another bot, which has the same number."""
    return await there.person(name, id=person.id)


async def calls_about(stage: Theatre, text: str) -> list[dict[str, Any]]:
    return [call for call in await stage.asked() if text in call["text"]]


async def test_two_bots_talk_at_once_in_chats_of_the_same_number_and_over_a_kill(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        there = stage.other("2000")
        await there.begin()
        ada, bob = await stage.person("Ada"), await stage.person("Bob")
        twins = [(ada, await the_same(ada, there)), (bob, await the_same(bob, there, "Bob"))]
        (here_ada, there_ada), (here_bob, there_bob) = twins
        await stage.start(TELEGRAM_BOT_TOKEN=BOTH)

        await here_ada.sends("photo", ("a.jpg", picture("red")), caption="one for the first")
        await there_ada.sends("photo", ("b.jpg", picture("blue")), caption="one for the other")
        for person, caption in ((here_ada, "for the first"), (there_ada, "for the other")):
            (answer,) = await person.waits_for(1)
            assert caption in words(answer)
            (call,) = await calls_about(stage, caption)
            assert call["media"] == 1, "its own bot has fetched it"

        for house, person, place in ((stage, here_bob, "Lisbon"), (there, there_bob, "Oslo")):
            await person.says("/trip")
            await sees(house, person, "Where would you like to go?")
            await person.says(place)
            await sees(house, person, "When do you leave?")
        for person, what in ((here_ada, "first"), (there_ada, "other")):
            await person.says(f"a long {what} story [[chunks:30:150]]")
        for person in (here_ada, there_ada):
            await stage.until(person.drafts, "its answer is growing")
        await stage.kill()
        await stage.start()

        for house, person in ((stage, here_bob), (there, there_bob)):
            await taps(house, person, "›", "15", "+")  # under the old message
        for person, what in ((here_ada, "first"), (there_ada, "other")):
            _, answer = await person.waits_for(2)
            assert f"a long {what} story" in words(answer)
            assert len(await calls_about(stage, f"a long {what} story")) == 2

        await there_ada.says("/forget all")
        (*_, sure) = await there_ada.waits_for(3)
        await there_ada.presses(sure, "Yes, forget everything")
        await there_ada.waits_for(4)
        await here_ada.says("and what was that?")
        await here_ada.waits_for(3)
        (call,) = await calls_about(stage, "and what was that?")
        assert "a long first story" in str(call["context"])
        assert "a long other story" not in str(call["context"])
        for house in (stage, there):
            answered = [call["status"] for call in await house.calls("answerCallbackQuery")]
            assert answered
            assert set(answered) == {200}
            refused = [call for call in await house.calls() if call["status"] not in (200, None)]
            assert refused == [], "nobody has called what is another's"


async def test_a_bot_out_of_the_settings_sleeps_until_it_is_back(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        there = stage.other("2000")
        await there.begin()
        ada, boss = await stage.person("Ada"), await stage.person("Boss")
        twin = await the_same(ada, there)
        await stage.start(TELEGRAM_BOT_TOKEN=BOTH, GREENROOM_ADMINS=str(boss.id))
        for person, what in ((ada, "first"), (twin, "other")):
            await person.says(f"the {what} question [[chunks:30:150]]")
        for person in (ada, twin):
            await stage.until(person.drafts, "its answer is growing")
        await stage.kill()
        before = (await there.get("calls"))["last"]
        asked = await calls_about(stage, "the other question")
        await stage.start(TELEGRAM_BOT_TOKEN=TOKEN)

        (answer,) = await ada.waits_for(1)
        assert "the first question" in words(answer)
        await boss.says("/debug")
        await sees_text(stage, boss, "Bot 2000 is not in the settings: 1 chats of it sleep")
        await boss.says(f"/debug telegram.2000.{ada.chat}")
        await sees_text(stage, boss, "its bot is not in the settings")
        assert (await there.get("calls"))["last"] == before, "its token is not used any more"
        assert await calls_about(stage, "the other question") == asked

        await stage.terminate()
        await stage.start(TELEGRAM_BOT_TOKEN=BOTH)
        (answer,) = await twin.waits_for(1)
        assert "the other question" in words(answer)
        assert await ada.waits_for(1) == await ada.sees(), "and the first is not answered again"


async def test_one_is_revoked_another_fetched_by_somebody_else_and_the_first_goes_on(
    places: StandIns, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with theatre(places, tmp_path / "data") as stage, aiohttp.ClientSession() as client:
        revoked, shared = stage.other("2000"), stage.other("3000")
        for each in (revoked, shared):
            await each.begin()
        ada, boss = await stage.person("Ada"), await stage.person("Boss")
        twin, triplet = await the_same(ada, revoked), await the_same(ada, shared)
        address = f"http://127.0.0.1:{port}"

        async def states() -> Any:
            async with client.get(f"{address}/readyz") as reply:
                return reply.status, (await reply.json())["bots"]

        async def so(second: str, third: str) -> bool:
            expected = {"@greenroom_2000_bot": second, "@greenroom_3000_bot": third}
            return bool(await states() == (200, {"@greenroom_bot": "ok", **expected}))

        await stage.start(
            TELEGRAM_BOT_TOKEN=ALL,
            GREENROOM_ADMINS=str(boss.id),
            GREENROOM_HTTP_PORT=str(port),
        )
        await stage.until(lambda: so("ok", "ok"), "all three receive")
        await revoked.post("revoke")
        async with somebody_else_fetching(shared):
            await twin.says("heard in the last moment")
            await stage.until(lambda: so("refused", "conflict"), "two of three are out")
            await revoked.post(
                "faults", kind="429", method="sendMessage", chat=ada.chat, seconds=60
            )

            await ada.says("and you?")
            (answer,) = await ada.waits_for(1)
            assert "and you?" in words(answer)
            await sees_text(
                stage, boss, "Telegram does not accept the token of @greenroom_2000_bot"
            )
            await boss.says("/debug")
            await sees_text(stage, boss, "@greenroom_3000_bot gets nothing: somebody else")
            async with client.get(f"{address}/metrics") as reply:
                told = await reply.text()
            assert 'greenroom_bot_up{bot="@greenroom_bot"} 1.0' in told
            assert 'greenroom_bot_up{bot="@greenroom_2000_bot"} 0.0' in told
            assert 'greenroom_bot_up{bot="@greenroom_3000_bot"} 0.0' in told

        await revoked.post("limits", clear=True)
        await revoked.post("revoke", on=False)
        await triplet.says("are you back?")
        for person, text in ((twin, "heard in the last moment"), (triplet, "are you back?")):
            (answer,) = await person.waits_for(1, within=40)
            assert text in words(answer)
        await stage.until(lambda: so("ok", "ok"), "all three receive again")


@asynccontextmanager
async def somebody_else_fetching(stage: Theatre) -> AsyncIterator[None]:
    """Fetch the updates of a bot as well, until the block ends; nothing is confirmed."""
    url = f"{stage.telegram}/bot{stage.token}/getUpdates"

    async def fetch() -> None:
        while True:
            async with stage._client.post(url, json={"timeout": 30, "offset": 0}) as reply:
                await reply.read()
            await breath()

    task = asyncio.ensure_future(fetch())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def sees_text(stage: Theatre, person: Person, text: str) -> None:
    """Wait until *text* stands in any message."""

    async def there() -> bool:
        return any(text in words(each) for each in await person.sees())

    await stage.until(there, f"{text!r} is said")
