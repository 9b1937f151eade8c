"""A message's journey, through the whole service over HTTP, on a good day."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.stories.theatre import Person, StandIns, Theatre, is_final, theatre, words

pytestmark = pytest.mark.anyio


def picture(colour: str, size: int = 64) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(made, "JPEG")
    return made.getvalue()


async def test_every_kind_of_message_is_answered_once_and_by_one_call(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada = await stage.person("Ada")

        await ada.says("hello there")
        (answer,) = await ada.waits_for(1)
        assert "hello there" in words(answer)

        await ada.sends("photo", ("a.jpg", picture("red")), caption="one picture")
        await ada.waits_for(2)
        album = [(f"{n}.jpg", picture(colour)) for n, colour in enumerate(("red", "lime", "blue"))]
        await ada.sends("photo", *album, caption="three pictures")
        await ada.waits_for(3)
        await ada.sends("document", ("notes.txt", b"some notes"), caption="a document")
        await ada.waits_for(4)
        await ada.sends("voice", ("voice.ogg", b"OggS" + b"\0" * 200))
        await ada.waits_for(5)

        asked = await stage.asked()
        assert [call["media"] for call in asked] == [0, 1, 3, 1, 1]
        seen = await ada.sees()
        assert len(seen) == 5
        assert all(map(is_final, seen))


async def test_the_answer_grows_as_a_draft_in_private_and_as_a_message_in_a_group(
    places: StandIns,
    tmp_path: Path,
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada = await stage.person("Ada")
        group = ada.at(await stage.group(ada))

        await ada.says("private [[chunks:12:80]]")
        await ada.waits_for(1)
        shown = [*await stage.calls("sendMessageDraft"), *await stage.calls("sendRichMessageDraft")]
        assert len(shown) >= 3, "a placeholder, the first words, more words"
        assert all(call["status"] == 200 for call in shown)

        await group.says("@greenroom_bot in the group [[chunks:12:80]]")
        (answer,) = await group.waits_for(1)
        assert is_final(answer)
        assert any(
            call["params"].get("message_id") == answer["message_id"]
            for call in await stage.calls("editMessageText")
        ), "it grew and was completed in place"


async def test_a_group_is_only_answered_when_it_calls_and_topics_keep_apart(
    places: StandIns,
    tmp_path: Path,
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada = await stage.person("Ada")
        chat = await stage.group(ada, topics=("one", "two"))
        topics = [each for each in (await stage.state())["chats"] if each["id"] == chat]
        numbers = [int(topic["id"]) for topic in topics[0]["topics"]]
        first, second = (ada.at(chat, number) for number in numbers[:2])

        await first.says("talk among people")
        await first.says("@greenroom_bot my word is apple")
        await first.waits_for(1)
        await second.says("@greenroom_bot my word is pear")
        await second.waits_for(1)

        asked = await stage.asked()
        assert len(asked) == 2
        assert "apple" not in str(asked[1]), "one topic does not know the other"


async def test_the_next_answer_knows_the_talk_and_a_reset_forgets_it(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada = await stage.person("Ada")
        await ada.says("my name is Ada Lovelace")
        await ada.waits_for(1)
        await ada.says("what is my name?")
        await ada.waits_for(2)
        assert "Lovelace" in str((await stage.asked())[-1])

        await ada.says("/reset")
        await ada.waits_for(3)
        await ada.says("and now?")
        await ada.waits_for(4)
        assert "Lovelace" not in str((await stage.asked())[-1])


async def test_commands_speak_the_language_of_the_person(places: StandIns, tmp_path: Path) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada, wei = await stage.person("Ada"), await stage.person("Wei", language="zh-hans")
        for person in (ada, wei):
            await person.says("/start")
        (english,) = await ada.waits_for(1)
        (chinese,) = await wei.waits_for(1)
        assert "Ask me" in words(english)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words(chinese))


async def test_an_edited_question_is_answered_again_where_its_answer_stood(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada = await stage.person("Ada")
        group = ada.at(await stage.group(ada))
        for person, name in ((ada, ""), (group, "@greenroom_bot ")):
            question = await person.says(f"{name}what is rde?")
            (answer,) = await person.waits_for(1)

            await person.edits(question, f"{name}what is red?")

            again = await stage.until(partial(_says, person, "what is red?"), "it is answered")
            assert [each["message_id"] for each in again] == [answer["message_id"]]
            assert "rde" not in words(again[0])

        await ada.says("/busy steer")
        await ada.waits_for(2)
        await ada.says("a long story [[chunks:200:50]]")
        await stage.until(lambda: _has_words(ada), "words are there")
        await ada.says("make it short")
        seen = await ada.waits_for(3)
        assert "make it short" in words(seen[-1])
        assert await stage.until(lambda: _first_closed(stage), "the first call is closed", 3)

        await ada.says("another long story [[chunks:200:50]]")
        await stage.until(lambda: _has_words(ada), "words are there")
        await stage.post("block", person=ada.id, blocked=True)
        await stage.until(lambda: _last_closed(stage), "the call is closed", 5)
        calls = len(await _calls_to(stage, ada))
        await group.says("@greenroom_bot are you there?")
        await stage.until(partial(_says, group, "are you there?"), "the group is answered")
        assert len(await _calls_to(stage, ada)) == calls, "whoever blocks us is left alone"


async def _last_closed(stage: Theatre) -> bool:
    return bool((await stage.asked())[-1]["closed_early_at"])


async def _calls_to(stage: Theatre, person: Person) -> list[dict[str, Any]]:
    return [call for call in await stage.calls() if call["params"].get("chat_id") == person.chat]


async def _says(person: Person, text: str) -> list[dict[str, Any]]:
    seen = await person.sees()
    return seen if all(is_final(each) for each in seen) and text in words(seen[-1]) else []


async def _first_closed(stage: Theatre) -> bool:
    return bool((await stage.asked())[-2]["closed_early_at"])


async def test_stop_closes_the_model_call_and_keeps_the_words(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start()
        ada = await stage.person("Ada")
        await ada.says("a long story [[chunks:200:50]]")
        await stage.until(lambda: _has_words(ada), "words are there")

        await ada.presses_stop()

        (answer,) = await ada.waits_for(1)
        assert words(answer)
        calls = await stage.asked()
        assert len(calls) == 1
        assert await stage.until(lambda: _closed_early(stage), "the call is closed", 3)


async def _has_words(person: Person) -> bool:
    return any("chunk" in str(draft) or len(str(draft)) > 200 for draft in await person.drafts())


async def _closed_early(stage: Theatre) -> bool:
    return all(call["closed_early_at"] for call in await stage.asked())
