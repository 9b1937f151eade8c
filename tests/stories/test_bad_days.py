"""Kills, ends and floods: nothing accepted is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from tests.stories.theatre import Person, StandIns, Theatre, theatre, words

pytestmark = pytest.mark.anyio

MANY = 16
DEAD = 70
"""The exit code of a mine that goes off in a turn."""


async def asking(stage: Theatre, text: str) -> list[Person]:
    people = [await stage.person(f"P{number}") for number in range(MANY)]
    await asyncio.gather(*(person.says(f"{text} from {person.id}") for person in people))
    return people


async def begun(stage: Theatre) -> bool:
    return len(await stage.asked()) >= MANY


async def test_a_kill_in_the_middle_of_sixteen_answers_loses_and_repeats_nothing(
    places: StandIns,
    tmp_path: Path,
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        people = await asking(stage, "remember apple [[chunks:20:100]]")
        await stage.until(lambda: begun(stage), "all are being answered")

        await stage.kill()
        await stage.start()

        for person in people:
            (answer,) = await person.waits_for(1)
            assert str(person.id) in words(answer), "the right answer in the right chat"
        await people[0].says("what did I say?")
        await people[0].waits_for(2)
        assert "remember apple" in str((await stage.asked())[-1]["context"])
        for person in people[1:]:
            assert len(await person.sees()) == 1


async def test_a_graceful_end_is_quick_and_what_it_cuts_short_is_answered_later(
    places: StandIns,
    tmp_path: Path,
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        people = await asking(stage, "long [[chunks:60:100]]")
        await stage.until(lambda: begun(stage), "all are being answered")

        code, seconds = await stage.terminate()
        assert code == 0, stage.printed()
        assert seconds <= 10
        await stage.start()

        for person in people:
            await person.waits_for(1)
        for person in people:
            assert len(await person.sees()) == 1


async def test_an_update_that_nobody_understands_does_not_stop_the_bot(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada = await stage.person("Ada")
        poison = {"message": {"message_id": 1, "chat": "nonsense", "text": 5}}
        await stage.post("inject", update=poison)
        await ada.says("hello")
        await ada.waits_for(1)


async def test_a_flood_penalty_is_waited_out_and_the_answer_arrives_once(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada = await stage.person("Ada")
        await stage.post("faults", kind="429", method="sendMessage", chat=ada.chat, seconds=2)
        await ada.says("hello")
        await ada.waits_for(1)
        inside = [call for call in await stage.calls("sendMessage") if call["status"] == 429]
        assert len(inside) == 1
        assert len(await ada.sees()) == 1


async def test_a_message_that_ends_the_process_twice_is_set_aside_and_the_person_is_told(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        service = await stage.start(mine="deadly:1")
        ada, ben = await stage.person("Ada"), await stage.person("Ben")
        await ada.says("a deadly question")
        assert await service.ended() == DEAD
        await ben.says("an innocent one, which waits")
        with suppress(AssertionError):  # it may end before it asks for updates
            await stage.start(mine="deadly:1")
        assert stage.service is not None
        assert await stage.service.ended() == DEAD

        await stage.start(mine="deadly:1")

        (told,) = await ada.waits_for(1)
        assert "set it aside" in words(told)
        (answer,) = await ben.waits_for(1)
        assert "innocent" in words(answer)
        await ada.says("hello again")
        await ada.waits_for(2)
        await stage.kill()
        await stage.start(mine="deadly:1")
        await ada.says("still here?")
        assert len(await ada.waits_for(3)) == 3, "it was told once"


async def test_who_writes_while_the_disk_is_full_is_told_and_answered_when_there_is_room(
    places: StandIns, tmp_path: Path
) -> None:
    full = tmp_path / "data.full"
    async with theatre(places, tmp_path / "data") as stage:
        boss = await stage.person("Boss")
        await stage.start(mine="full:1", GREENROOM_ADMINS=str(boss.id))
        ada, ben = await stage.person("Ada"), await stage.person("Ben", language="zh-hans")
        full.touch()
        await ada.says("one")
        (told,) = await ada.waits_for(1)
        assert "my disk is full" in words(told)
        await ada.says("two")
        await ben.says("three")
        (told,) = await ben.waits_for(1)
        assert "磁盘" in words(told)
        (alert,) = await boss.waits_for(1, within=60)
        assert "disk" in words(alert)
        full.unlink()

        said = [words(each) for each in await ada.waits_for(3)]
        assert [text for text in said if "disk" in text] == said[:1], "it was said once"
        assert "one" in said[1]
        assert "two" in said[2]
        _, answer = await ben.waits_for(2)
        assert "three" in words(answer)
