"""What operators can ask and do, in the chat and over HTTP."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from tests.stories.test_breaker import free_port
from tests.stories.theatre import StandIns, theatre, words

pytestmark = pytest.mark.anyio


async def test_debug_tells_the_truth_while_a_chat_is_busy(places: StandIns, tmp_path: Path) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        ada, boss = await stage.person("Ada"), await stage.person("Boss")
        await stage.start(GREENROOM_ADMINS=str(boss.id))
        await ada.says("secret-words [[chunks:300:100]]")
        await stage.until(ada.drafts, "the answer is growing")
        await boss.says(f"/debug {ada.chat}")
        await boss.says("/debug")

        async def told(what: str) -> bool:
            return any(what in words(page) for page in await boss.sees())

        await stage.until(lambda: told("State: streaming"), "the page says that it is streaming")
        await stage.until(lambda: told("streaming 1"), "the overview counts it")
        await boss.says("/debug graph here")

        async def has_picture() -> bool:
            return any("photo" in message for message in await boss.sees())

        await stage.until(has_picture, "the picture is there")
        pages = "".join(map(words, await boss.sees()))
        assert "generate" in pages, "the model call is among the effects"
        assert "secret-words" not in pages

        page = next(each for each in await boss.sees() if "State: streaming" in words(each))
        await boss.presses(page, "Reveal")
        await stage.until(lambda: told("secret-words"), "the text is shown when it is asked for")
        assert '"event": "operator"' in stage.printed()
        assert str(ada.chat) not in stage.printed()


async def test_what_people_think_of_answers_is_counted(places: StandIns, tmp_path: Path) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        ada, boss = await stage.person("Ada"), await stage.person("Boss")
        await stage.start(GREENROOM_ADMINS=str(boss.id))
        question = await ada.says("hello")
        (answer,) = await ada.waits_for(1)
        for message, emoji in ((answer["message_id"], "👍"), (question, "👎")):
            await stage.post("react", **ada._where(), message_id=message, emoji=emoji)
        await ada.says("thanks")
        await ada.waits_for(2)

        await boss.says("/stats")

        async def told() -> bool:
            return any("👍 1, 👎 0" in words(page) for page in await boss.sees())

        await stage.until(told, "what stands under the answer counts, and nothing else")
        assert len(await ada.sees()) == 2, "a reaction is not answered"


async def test_to_anybody_else_debug_does_not_exist(places: StandIns, tmp_path: Path) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(GREENROOM_ADMINS="1")
        ada = await stage.person("Ada")
        await ada.says("/debug")
        await ada.says("/nonsense")
        first, second = await ada.waits_for(2)
        assert words(first) == words(second)


async def test_only_the_allowed_are_answered(places: StandIns, tmp_path: Path) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        ada, eve = await stage.person("Ada"), await stage.person("Eve")
        await stage.start(GREENROOM_ALLOWED=str(ada.id))
        await eve.says("hello")
        (refusal,) = await eve.waits_for(1)
        assert str(eve.id) in words(refusal)
        await ada.says("hello")
        await ada.waits_for(1)
        assert len(await stage.asked()) == 1


async def test_a_part_that_only_watches_cannot_end_the_service(
    places: StandIns, tmp_path: Path
) -> None:
    port = free_port()
    async with theatre(places, tmp_path / "data") as stage:
        ada, boss = await stage.person("Ada"), await stage.person("Boss")
        await boss.says("hello")  # a bot may write to whoever has written to it
        life = await stage.start(
            "blind:1", GREENROOM_ADMINS=str(boss.id), GREENROOM_HTTP_PORT=str(port)
        )

        async def told(what: str) -> bool:
            return any(what in words(page) for page in await boss.sees())

        await stage.until(lambda: told("series ended too often"), "the admin is told", 30)
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"http://127.0.0.1:{port}/readyz") as reply,
        ):
            assert reply.status == 200, await reply.text()
        await ada.says("are you there?")
        await ada.waits_for(1)
        assert life.child.returncode is None
        pages = [words(page) for page in await boss.sees()]
        assert sum("series ended too often" in page for page in pages) == 1
