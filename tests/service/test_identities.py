"""Who the bot is to everybody: read from a file, told to Telegram only where it differs."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from service.channels.telegram.profile import publish
from service.identities import Faces, Identity, IdentityError, load
from tests.actors.memory_store import MemoryStore
from tests.service.telegram.conftest import TOKEN, Stage, stage

__all__ = ["stage"]
pytestmark = pytest.mark.anyio

FILE = """
photo = "face.jpg"

[en]
name = "The Green Room"
description = "Ask me anything."
about = "Answers, and does not lose the thread."

[zh-CN]
name = "绿房间"
"""
SETTERS = ("setMyName", "setMyDescription", "setMyShortDescription", "setMyProfilePhoto")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def jpeg(colour: str = "green") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(written, "JPEG")
    return written.getvalue()


def identity(folder: Path, text: str = FILE, photo: bytes = b"") -> Identity:
    (folder / "face.jpg").write_bytes(photo or jpeg())
    (folder / "identity.toml").write_text(text)
    found = load(folder / "identity.toml")
    assert found is not None
    return found.everybody


async def test_only_what_differs_is_told_to_telegram(stage: Stage, tmp_path: Path) -> None:
    bot, faces = stage.telegram._bot, Faces(MemoryStore())
    stage.api.world.profile.descriptions[""] = "Ask me anything."

    assert await publish(bot, identity(tmp_path), faces) == 4
    assert await publish(bot, identity(tmp_path), faces) == 0

    called = [(c["method"], c["params"].get("language_code")) for c in stage.calls(*SETTERS)]
    assert called == [
        ("setMyName", None),
        ("setMyShortDescription", None),
        ("setMyName", "zh"),
        ("setMyProfilePhoto", None),
    ]
    profile = stage.api.world.profile
    assert profile.names == {"": "The Green Room", "zh": "绿房间"}
    assert profile.photo is not None

    assert await publish(bot, identity(tmp_path, photo=jpeg("red")), faces) == 1


async def test_what_telegram_refuses_is_tried_again_at_the_next_start(
    stage: Stage, tmp_path: Path
) -> None:
    bot, faces = stage.telegram._bot, Faces(MemoryStore())
    stage.fail("429", method="setMyProfilePhoto", seconds=3600)

    await publish(bot, identity(tmp_path), faces)

    assert await faces.known(1000) == ""
    assert TOKEN.startswith("1000:")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[de]\nname = 'x'", "[de] is none of the languages"),
        ("[en]\nname = 7", "name has to be a text of at most 64"),
        ("[en]\nabout = '" + "x" * 121 + "'", "about has to be a text of at most 120"),
        ("[en]\nmotto = 'x'", "has name, description and about, nothing else"),
        ("en = 'x'", "has name, description and about, nothing else"),
        ("photo = 'none.jpg'", "photo: "),
        ("photo = 'identity.toml'", "is no JPEG"),
        ("= 7", "identity.toml: "),
        ("bots = 7", "[bots] has a table for each bot"),
        ("[bots]\nmine = 7", "[bots] has a table for each bot"),
        ("[bots.mine.de]\nname = 'x'", "[bots.mine.de] is none of the languages"),
        ("[bots.mine.en]\nname = 7", "[bots.mine.en] name has to be a text of at most 64"),
    ],
)
def test_a_file_that_does_not_fit_says_what_and_where(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(IdentityError, match=r".") as wrong:
        identity(tmp_path, text)

    assert says in str(wrong.value)


def test_without_a_file_the_bot_stays_who_it_is() -> None:
    assert load(None) is None


OWN = (
    FILE
    + """
[bots."@Kitchen_Bot".en]
name = "The Kitchen"

[bots.77]
photo = "other.jpg"
"""
)


def test_what_is_different_for_one_bot_is_laid_over_what_is_so_for_all(tmp_path: Path) -> None:
    (tmp_path / "other.jpg").write_bytes(jpeg("red"))
    identity(tmp_path, OWN)
    found = load(tmp_path / "identity.toml")
    assert found is not None

    kitchen, numbered, other = found.of(5, "kitchen_bot"), found.of(77, "x"), found.of(5, "")
    assert kitchen.words["en"].name == "The Kitchen"
    assert kitchen.words["en"].description == "Ask me anything."
    assert kitchen.words["zh-CN"].name == "绿房间"
    assert kitchen.photo == other.photo == jpeg()
    assert numbered.photo == jpeg("red")
    assert numbered.words == other.words == found.everybody.words
    assert found.nobodys(["Kitchen_bot", "5"]) == ["77"]
