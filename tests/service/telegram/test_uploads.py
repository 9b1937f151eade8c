"""Pictures and sounds that were made for people, against a stand-in for Telegram."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from actors.ports import Address, PenaltyError
from fsm.effects import Button, Wish
from fsm.media import Media, MediaKind
from fsm.outbox import Answer, Part
from service.channels.telegram.channel import Telegram
from tests.service.telegram.conftest import ADA, Stage, answer

pytestmark = pytest.mark.anyio

REF = "made:0123456789abcdef-0123456789abcdef01234567"


def png(colour: str = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "PNG")
    return written.getvalue()


class Shelf:
    """Has what a test puts there."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def get(self, unique: str) -> bytes | None:
        return self.files.get(unique)

    async def put(self, unique: str, data: bytes) -> None:
        self.files[unique] = data


@pytest.fixture
def shelf(stage: Stage) -> Shelf:
    shelf = Shelf()
    stage.telegram._files._cache = shelf
    return shelf


def made(kind: MediaKind = MediaKind.PICTURE, mime: str = "image/png") -> Media:
    return Media(kind=kind, ref=REF, unique=REF, mime=mime, size=100)


def with_file(telegram: Telegram, text: str, media: Media, **more: Any) -> Answer:
    body = telegram.caption(text)
    assert body is not None
    return Answer(**{"id": 1, "parts": (Part(body=body, media=media),), "turn": 1, **more})


async def deliver(stage: Stage, whole: Answer, mark: str = "", to: Address = ADA) -> int:
    return await stage.telegram.deliver(to, whole, 0, mark=mark)


async def test_a_picture_arrives_as_a_photo_with_its_caption_and_buttons(
    stage: Stage, shelf: Shelf
) -> None:
    shelf.files[REF] = png()
    question = stage.say("a cat")
    button = (Button(wish=Wish.RETRY, about=1),)
    whole = with_file(stage.telegram, "A **cat**.", made(), buttons=button)

    await deliver(stage, whole)
    number = await deliver(
        stage,
        with_file(stage.telegram, "", made(), reply_to=question["message_id"]),
        "(perhaps a repeat)",
    )

    first, second = stage.shown(ADA)
    assert first["photo"][-1]["width"] == 64
    assert first["caption"] == "A cat."
    assert [entity["type"] for entity in first["caption_entities"]] == ["bold"]
    assert first["reply_markup"]["inline_keyboard"][0][0]["text"] == "Try again"
    assert second["message_id"] == number
    assert second["caption"] == "(perhaps a repeat)"
    assert second["reply_to_message"]["message_id"] == question["message_id"]


async def test_only_what_fits_is_a_caption(stage: Stage) -> None:
    assert stage.telegram.caption("x" * 960) is not None
    assert stage.telegram.caption("x" * 961) is None
    assert stage.telegram.caption("x" * 100_000) is None


async def test_a_picture_takes_the_place_of_words_and_of_a_picture(
    stage: Stage, shelf: Shelf
) -> None:
    shelf.files[REF] = png("red")
    bubble = await stage.telegram.deliver(ADA, answer(stage.telegram, "..."), 0, mark="")

    assert await deliver(stage, with_file(stage.telegram, "One", made(), edit=bubble)) == bubble
    shelf.files[REF] = png("blue")
    assert await deliver(stage, with_file(stage.telegram, "Two", made(), edit=bubble)) == bubble

    (message,) = stage.shown(ADA)
    assert (message["caption"], "photo" in message, "text" in message) == ("Two", True, False)


async def test_words_that_take_the_place_of_a_picture_are_a_new_message(
    stage: Stage, shelf: Shelf
) -> None:
    shelf.files[REF] = png()
    old = await deliver(stage, with_file(stage.telegram, "A cat.", made()))

    words = answer(stage.telegram, "No cat this time.", edit=old)
    number = await stage.telegram.deliver(ADA, words, 0, mark="")

    (message,) = stage.shown(ADA)
    assert (message["message_id"], message["text"]) == (number, "No cat this time.")


async def test_a_picture_that_was_deleted_is_sent_anew(stage: Stage, shelf: Shelf) -> None:
    shelf.files[REF] = png()

    number = await deliver(stage, with_file(stage.telegram, "A cat.", made(), edit=4711))

    assert [message["message_id"] for message in stage.shown(ADA)] == [number]


@pytest.mark.parametrize(
    ("kind", "mime", "field"),
    [
        (MediaKind.VOICE, "audio/ogg", "voice"),
        (MediaKind.AUDIO, "audio/mpeg", "audio"),
        (MediaKind.AUDIO, "audio/wav", "document"),
        (MediaKind.VIDEO, "video/mp4", "video"),
        (MediaKind.PICTURE, "image/svg+xml", "document"),
        (MediaKind.PICTURE, "image/png", "document"),  # not a picture, whatever it says
        (MediaKind.DOCUMENT, "application/pdf", "document"),
    ],
)
async def test_other_files_arrive_as_what_they_are(
    stage: Stage, shelf: Shelf, kind: MediaKind, mime: str, field: str
) -> None:
    shelf.files[REF] = b"some bytes"
    bubble = await stage.telegram.deliver(ADA, answer(stage.telegram, "..."), 0, mark="")

    await deliver(stage, with_file(stage.telegram, "Here.", made(kind, mime), edit=bubble))

    shown = [message for message in stage.shown(ADA) if field in message]
    assert [message["caption"] for message in shown] == ["Here."]


async def test_a_file_that_got_lost_is_said_to_be(stage: Stage, shelf: Shelf) -> None:
    await deliver(stage, with_file(stage.telegram, "A cat.", made()))

    (message,) = stage.shown(ADA)
    assert message["text"].startswith("A cat.\n\n(Here was a file")


async def test_a_penalty_is_a_penalty_for_files_too(stage: Stage, shelf: Shelf) -> None:
    shelf.files[REF] = png()
    stage.fail("429", method="sendPhoto", seconds=7)

    with pytest.raises(PenaltyError) as penalty:
        await deliver(stage, with_file(stage.telegram, "A cat.", made()))

    assert penalty.value.retry_after == 7
