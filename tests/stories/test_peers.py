"""What Telegram limits is a peer: its topics share one budget, and its penalty outlives us."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.stories.theatre import Person, StandIns, Theatre, is_final, theatre, words

pytestmark = pytest.mark.anyio


async def test_two_topics_stream_at_once_share_the_limits_and_keep_apart(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(GREENROOM_PACE="0.1")
        await stage.post("limits", on=True, scale=0.1)
        try:
            ada = await stage.person("Ada")
            chat = await stage.group(ada, topics=("one", "two"))
            topics = [each for each in (await stage.state())["chats"] if each["id"] == chat]
            numbers = [int(topic["id"]) for topic in topics[0]["topics"]]
            first, second = (ada.at(chat, number) for number in numbers)
            await first.says("@greenroom_bot apple [[chunks:60:50]]")
            await second.says("@greenroom_bot pear [[chunks:60:50]]")
            await stage.until(partial(_both_grow, first, second), "both grow")

            ((apple,), (pear,)) = (await first.waits_for(1), await second.waits_for(1))
            limits = await stage.post("limits")
        finally:
            await stage.post("limits", on=False, scale=1.0, clear=True)

        assert "apple" in words(apple)
        assert "pear" not in words(apple)
        assert "pear" in words(pear)
        assert "apple" not in words(pear)
        edited = {
            call["params"]["message_id"]: call["params"]
            for call in await stage.calls("editMessageText")
        }
        assert {apple["message_id"], pear["message_id"]} <= set(edited), "both grew in place"
        assert limits["inside_penalty"] == 0
        assert [call for call in await stage.calls() if call["status"] == 429] == []


async def _both_grow(*people: Person) -> bool:
    return all([any(_is_growing(each) for each in await person.sees()) for person in people])


def _is_growing(message: dict[str, Any]) -> bool:
    return not is_final(message) and "word" in words(message)


async def test_a_penalty_outlives_a_kill_and_the_answer_comes_after_it(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada = await stage.person("Ada")
        await stage.post("faults", kind="429", method="sendMessage", chat=ada.chat, seconds=6)
        await ada.says("hello there")
        refused = await stage.until(partial(_refused, stage), "the answer meets a penalty")
        # What Telegram asked for is on the disk a moment later; a kill before that is a window.
        await stage.until(partial(_kept, stage), "it is on the disk")

        await stage.kill()
        await stage.start()
        await ada.says("and more")
        answer, more = await ada.waits_for(2)

        assert "hello there" in words(answer)
        assert "and more" in words(more)
        sent = [call for call in await stage.calls("sendMessage") if call["status"] == 200]
        assert [call["chat"] for call in sent] == [ada.chat] * 2
        assert sent[0]["at"] - refused["at"] >= 6
        assert (await stage.post("limits", clear=True))["inside_penalty"] == 0


async def _refused(stage: Theatre) -> dict[str, Any] | None:
    found = [call for call in await stage.calls("sendMessage") if call["status"] == 429]
    return found[0] if found else None


async def _kept(stage: Theatre) -> bool:
    journal = b"".join(path.read_bytes() for path in (stage.data / "journal").glob("*.log"))
    return b"peer/" in journal
