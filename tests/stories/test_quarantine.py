"""A chat that cannot run keeps its mail, through compaction and kills, until it is let go on."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.stories.theatre import Person, StandIns, Theatre, theatre, words

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

SOAK = os.environ.get("GREENROOM_SOAK") == "1"
EACH = 100 if SOAK else 40
"""Messages in each of two lives that nobody can read; together more than a mailbox holds."""
COMPACTED = 5 if SOAK else 2
"""Segments in each life."""


async def test_mail_of_a_chat_in_quarantine_outlasts_two_kills_and_is_read_in_order_when_released(
    places: StandIns, tmp_path: Path
) -> None:
    sick = tmp_path / "data.sick"
    async with theatre(places, tmp_path / "data") as stage:
        ada, ben, boss = [await stage.person(name) for name in ("Ada", "Ben", "Boss")]
        sick.write_text(str(ada.chat))
        stage.settings |= {"GREENROOM_ADMINS": str(boss.id), "GREENROOM_PACING": "off"}
        for life in range(2):
            await stage.start(mine="sick:1")
            for number in range(life * EACH, life * EACH + EACH):
                await ada.says(f"number {number}.")
            await stage.until(lambda: in_quarantine(stage), "it is in quarantine")
            await ada.waits_for(life + 1)  # told why nobody answers, once in every life
            await writes_until_compacted(stage, ben)
            await stage.kill()

        await stage.start(mine="sick:1")
        await stage.until(lambda: in_quarantine(stage), "it is in quarantine once more")
        page = await the_page_about(stage, boss, ada)
        seen = await ada.waits_for(3)
        assert [words(each).startswith("Something in me breaks") for each in seen] == [True] * 3
        sick.unlink()
        await boss.presses(page, "Release")
        await ada.waits_for(5)

        await ada.says("and now?")
        await ada.waits_for(6)
        asked = next(call for call in await stage.asked() if call["text"] == "and now?")
        read = [int(each) for each in re.findall(r"number (\d+)\.", " ".join(asked["context"]))]
        assert read == list(range(2 * EACH))


async def writes_until_compacted(stage: Theatre, person: Person) -> None:
    """Let *person* talk until the segments that there are now have gone, and some more."""
    wanted = max(segments(stage)) + COMPACTED
    count = len(await person.sees())
    while min(segments(stage)) < wanted:
        count += 1
        await person.says("a long one [[long:9000]]")
        await person.waits_for(count)


def segments(stage: Theatre) -> list[int]:
    """Return the numbers of the segments that the journal is made of."""
    return [int(each.name.partition("-")[0]) for each in (stage.data / "journal").glob("*.log")]


async def in_quarantine(stage: Theatre) -> bool:
    assert stage.service is not None
    return b"an actor is in quarantine" in stage.service.output


async def the_page_about(stage: Theatre, boss: Person, person: Person) -> dict[str, object]:
    """Ask for the page about a chat, which has to say that the chat is in quarantine."""
    stage.desks.add(boss.chat)
    await boss.says(f"/debug {person.chat}")

    async def found() -> dict[str, object] | None:
        pages = await boss.sees()
        return next((each for each in pages if "Release" in str(each.get("reply_markup"))), None)

    page: dict[str, object] = await stage.until(found, "the page offers to release it")
    return page
