"""Pictures through the whole service: ordered, changed, wanted by the model, and never lost."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.stories.theatre import Person, StandIns, Theatre, theatre, words

pytestmark = pytest.mark.anyio


def photo() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 64), "green").save(written, "JPEG")
    return written.getvalue()


async def test_a_picture_is_ordered_changed_and_chosen_by_the_model(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(GREENROOM_PACING="off")
        ada = await stage.person("Ada")

        await ada.says("/image a cat")
        (drawn,) = await ada.waits_for(1)
        assert drawn["photo"]
        assert words(drawn) == "Picture of: a cat. Shown: 0."

        await ada.presses(drawn, "Draw another")
        await stage.until(lambda: _drawn_again(ada), "another picture has taken its place")
        await ada.sends("photo", ("cat.jpg", photo()), caption="/image at night")
        *_, changed = await ada.waits_for(2)
        assert words(changed) == "Picture of: at night. Shown: 1."

        await ada.says("/image in winter", reply_to=drawn["message_id"])
        *_, again = await ada.waits_for(3)
        assert words(again) == "Picture of: in winter. Shown: 1."

        await ada.says("[[tools:draw_picture(description=a dog)]] please")
        *_, chosen = await ada.waits_for(4)
        assert chosen["photo"]
        assert "goes out with your answer" in words(chosen)

        await ada.says("/image")
        *_, asked = await ada.waits_for(5)
        assert "/image" in words(asked)

        await ada.says("What is in it?")
        *_, answer = await ada.waits_for(6)
        assert "Files: 1 (image/png " in words(answer), words(answer)
        assert "Earlier files: 3." in words(answer), "of the talk since the reply"


async def test_a_picture_is_sent_once_whatever_instant_the_process_ends_at(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        ada = await stage.person("Ada")
        await stage.start("sent:1", GREENROOM_PACING="off")
        await ada.says("/image a cat")
        assert stage.service is not None
        await stage.service.ended()  # Telegram has it, nobody here knows yet

        await stage.start()
        shown = await ada.waits_for(2)

        assert [words(each) for each in shown] == [
            "Picture of: a cat. Shown: 0.",
            "(perhaps a repeat)\nPicture of: a cat. Shown: 0.",
        ]
        drawn = [each for each in await stage.asked() if "image" in each["model"]]
        assert len(drawn) == 1

        # Not sent yet when the process ends: sent once, from the disk.
        await stage.post("faults", kind="429", chat=ada.chat, method="sendPhoto", seconds=2)
        await ada.says("/image a dog")
        await stage.until(lambda: _tried(stage), "the photo is refused")
        await stage.kill()
        await stage.start()
        *_, last = await ada.waits_for(3)
        assert words(last).endswith("Picture of: a dog. Shown: 0.")
        assert len(await ada.sees()) == 3
        await stage.until(lambda: _let_go(stage), "what was delivered is let go of")


async def _drawn_again(person: Person) -> bool:
    (first, *more) = await person.sees()
    return not more and "photo" in first and "edit_date" in first


async def _tried(stage: Theatre) -> bool:
    return any(call.get("fault") == "429" for call in await stage.calls("sendPhoto"))


async def _let_go(stage: Theatre) -> bool:
    return not [*stage.data.rglob("*.pin")] and bool([*stage.data.glob("media/*-*")])


async def _said(person: Person, end: str) -> dict[str, Any] | None:
    """Return what ends so, which need not be the last: the kill may have had something repeated."""
    return next((each for each in await person.sees() if words(each).endswith(end)), None)


async def test_a_chat_has_a_bot_of_its_own(places: StandIns, tmp_path: Path) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(GREENROOM_PACING="off")
        ada, bob = await stage.person("Ada"), await stage.person("Bob")

        await ada.says("/name Max")
        await ada.says("/welcome Hello, fellow cooks!")
        await ada.sends("photo", ("face.jpg", photo()), caption="/avatar")
        await ada.waits_for(3)
        await stage.kill()
        await stage.start()
        await ada.says("/start")
        greeting = await stage.until(lambda: _said(ada, "Hello, fellow cooks!"), "a greeting")
        await ada.says("Who are you?")
        await stage.until(lambda: _said(ada, "END.\n\n— Max"), "an answer that is signed")
        await bob.says("/start")
        (usual,) = await bob.waits_for(1)

        assert greeting["photo"]
        assert words(usual).startswith("Hi! Ask me anything")


async def test_answers_are_read_aloud_after_they_were_sent(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(GREENROOM_PACING="off")
        ada = await stage.person("Ada")

        await ada.says("/voice on")
        await ada.says("Hello! [[markdown]]")
        _, answer, voice = await ada.waits_for(3)

        assert "END." in words(answer)
        if shutil.which("ffmpeg"):
            assert voice["voice"]["mime_type"] == "audio/ogg"
        else:
            assert voice["document"]["mime_type"] == "audio/x-wav"
        assert words(voice).startswith("(Not all of the answer can be read aloud")
        spoken = [each for each in await stage.asked() if "tts" in each["model"]]
        assert len(spoken) == 1
