"""Every kind of file that people send reaches the model, byte by byte, or is answered plainly."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

from tests.stories.theatre import StandIns, theatre, words

pytestmark = pytest.mark.anyio


def pdf(password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=72, height=72)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def photo() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 64), "green").save(written, "JPEG")
    return written.getvalue()


SENT: list[tuple[str, str, bytes, str]] = [
    ("photo", "a.jpg", photo(), "image/jpeg"),
    ("voice", "a.ogg", b"OggS a voice", "audio/ogg"),
    ("audio", "a.mp3", b"ID3 a song", "audio/mpeg"),
    ("video", "a.mp4", b"a film", "video/mp4"),
    ("video_note", "b.mp4", b"a round film", "video/mp4"),
    ("animation", "c.mp4", b"a silent film", "video/mp4"),
    ("sticker", "a.webp", b"RIFF....WEBP", "image/webp"),
    ("sticker", "a.webm", b"a film on a sticker", "video/webm"),
    ("sticker", "a.tgs", b"a drawing", "image/webp"),
    ("document", "a.pdf", pdf(), "application/pdf"),
    ("document", "a.py", b"print(1)", "text/plain"),
    ("document", "notes.rst", b"Notes", "text/plain"),
    ("document", "b.png", b"\x89PNG a picture as a file", "image/png"),
]


async def test_every_kind_of_file_reaches_the_model(places: StandIns, tmp_path: Path) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(GREENROOM_PACING="off", GREENROOM_PAUSE_SECONDS="0")
        ada = await stage.person("Ada")

        for number, (kind, name, data, _) in enumerate(SENT, 1):
            await ada.sends(kind, (name, data))
            *_, answer = await ada.waits_for(number)
            assert "Files: 1 (" in words(answer), (kind, name, words(answer))

        seen = [words(each) for each in await ada.waits_for(len(SENT))]
        for (kind, name, _, mime), said in zip(SENT, seen, strict=True):
            assert f"Files: 1 ({mime} " in said, (kind, name, said)

        await ada.sends("photo", ("1.jpg", photo()), ("2.jpg", photo()), ("3.jpg", photo()))
        *_, album = await ada.waits_for(len(SENT) + 1)
        assert "Files: 3 (" in words(album)

        await ada.sends("document", ("a.zip", b"PK"))
        *_, zipped = await ada.waits_for(len(SENT) + 2)
        assert "this type cannot be opened" in words(zipped)

        calls = len(await stage.asked())
        await ada.sends("document", ("bank.pdf", pdf("secret")), caption="How much is it?")
        *_, locked = await ada.waits_for(len(SENT) + 3)
        assert words(locked) == "“bank.pdf” is protected by a password; please send it without one."
        assert len(await stage.asked()) == calls


async def test_a_large_file_is_uploaded_once_and_forgotten_there_too(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(GREENROOM_PACING="off", GREENROOM_PAUSE_SECONDS="0")
        ada, bob = await stage.person("Ada"), await stage.person("Bob")
        await bob.sends("audio", ("b.mp3", b"ID3" + bytes(3 << 20)))
        await bob.waits_for(1)

        await ada.sends("video", ("a.mp4", b"a film" + bytes(9 << 20)), caption="What is this?")
        *_, answer = await ada.waits_for(1)
        assert "Files: 1 (video/mp4 " in words(answer)
        await ada.says("And who is in it?")
        *_, answer = await ada.waits_for(2)
        assert "Earlier files: 1." in words(answer)
        stored = await stage.stored()
        assert stored["uploads"] == 2
        assert max(call["bytes"] for call in await stage.asked()) < 20_000

        await stage.stored(end=True)
        await ada.says("What happens at its end?")
        *_, answer = await ada.waits_for(3)
        assert "Earlier files: 1." in words(answer)
        assert [call["status"] for call in await stage.asked()] == [200, 200, 200, 403, 200]
        await bob.says("And of my song?")
        await bob.waits_for(2)

        await ada.says("/forget all")
        *_, sure = await ada.waits_for(4)
        await ada.presses(sure, "Yes, forget everything")
        await ada.waits_for(5)
        (left,) = (await stage.stored())["files"]
        assert left["mimeType"] == "audio/mpeg"
