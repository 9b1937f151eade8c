"""The beginning and the end of a bot, its menu, its files and its acknowledgements."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from actors.ports import Channel, FetchError
from fsm.content import Media, MediaKind
from service.channels.telegram import BadTokenError, Telegram, commands
from service.channels.telegram.contents import MAX_BYTES
from service.channels.telegram.files import Files
from service.flows import Library
from service.playground import people
from service.playground.files import Upload
from service.texts import Texts
from tests.service.telegram.conftest import ADA, TOKEN, Stage, introduced

pytestmark = pytest.mark.anyio


async def test_the_bot_knows_who_it_is(stage: Stage) -> None:
    assert (stage.telegram.me.id, stage.telegram.me.username) == (1000, "greenroom_bot")
    assert TOKEN not in repr(stage.telegram)
    channel: Channel = stage.telegram
    assert channel is stage.telegram


@pytest.mark.parametrize("token", ["1000:wrong", "nonsense", "", "1000:" + "x" * 35])
async def test_a_wrong_token_is_one_sentence(stage: Stage, token: str) -> None:
    with pytest.raises(BadTokenError) as caught:
        async with introduced(Telegram(token, stage.base, voice=Texts())):
            pass

    assert "BotFather" in str(caught.value)
    assert "x" * 35 not in str(caught.value)


async def test_a_server_that_is_late_is_waited_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None:
        return None

    monkeypatch.setattr("service.channels.telegram.channel.asyncio.sleep", at_once)
    stage.fail("5xx", method="getMe", times=3)

    async with introduced(Telegram(TOKEN, stage.base, voice=Texts())) as telegram:
        assert telegram.me.id == 1000


# -- menu -------------------------------------------------------------------------------------


async def test_the_menu_speaks_both_languages_and_is_set_only_when_it_changes(
    stage: Stage,
) -> None:
    assert len(stage.calls("setMyCommands")) == 2
    english, chinese = (call["params"] for call in stage.calls("setMyCommands"))
    assert [command["command"] for command in english["commands"]] == list(commands.EVERYBODY)
    assert "debug" not in str(english)
    assert chinese["language_code"] == "zh"
    assert chinese["commands"][0]["description"] == "打个招呼"

    assert await commands.publish(stage.telegram._bot, Texts()) == 0


async def test_the_menu_ends_with_the_guides_and_the_button_beside_the_text_field_opens_it(
    stage: Stage,
) -> None:
    bot = stage.telegram._bot
    assert await commands.publish(bot, Texts(), flows=Library().commands) == 2

    chinese = stage.calls("setMyCommands")[-1]["params"]["commands"]
    assert {"command": "trip", "description": "为您的下一次旅行做计划"} in chinese
    button = stage.calls("setChatMenuButton")[-1]["params"]["menu_button"]
    assert button["type"] == "commands"


async def test_admins_see_debug_in_their_own_chat(stage: Stage) -> None:
    changed = await commands.publish(stage.telegram._bot, Texts(), {1001, 999})

    calls = [call["params"] for call in stage.calls("setMyCommands") if "scope" in call["params"]]
    ours = [call for call in calls if call["scope"].get("chat_id") == 1001]
    assert changed >= 2
    assert ours
    for call in ours:
        assert [each["command"] for each in call["commands"][-2:]] == ["debug", "stats"]


async def test_a_menu_that_cannot_be_set_is_no_trouble(stage: Stage) -> None:
    stage.fail("5xx", method="getMyCommands", times=2)

    assert await commands.publish(stage.telegram._bot, Texts()) == 0


async def test_a_webhook_is_taken_away_when_it_is_in_the_way(stage: Stage) -> None:
    await stage.telegram._receiving._drop_webhook()

    assert len(stage.calls("getWebhookInfo")) == 1
    assert stage.calls("deleteWebhook") == []


# -- files ------------------------------------------------------------------------------------


class Shelf:
    """A cache in a dict."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def get(self, unique: str) -> bytes | None:
        return self.kept.get(unique)

    async def put(self, unique: str, data: bytes) -> None:
        self.kept[unique] = data


def sent_file(stage: Stage, data: bytes) -> Media:
    where = people.place(stage.api.world, 1001)
    upload = Upload(name="a.bin", type="application/pdf", data=data)
    (message,) = people.send_files(stage.api.world, where, "document", [upload])
    file = message["document"]
    return Media(
        kind=MediaKind.DOCUMENT, ref=file["file_id"], unique=file["file_unique_id"], size=len(data)
    )


async def test_a_file_is_fetched_once(stage: Stage) -> None:
    media = sent_file(stage, b"bytes" * 50_000)
    shelf = Shelf()
    stage.telegram._files._cache = shelf

    first = await stage.telegram.fetch(ADA, media)
    second = await stage.telegram.fetch(ADA, media)

    assert first == second == b"bytes" * 50_000
    assert len(stage.calls("getFile")) == 1
    assert list(shelf.kept) == [media.unique]


async def test_what_telegram_no_longer_has_cannot_be_fetched(stage: Stage) -> None:
    with pytest.raises(FetchError):
        await stage.telegram.fetch(ADA, Media(kind=MediaKind.VOICE, ref="gone"))


async def test_a_large_file_is_not_even_asked_for(stage: Stage) -> None:
    with pytest.raises(FetchError, match="too big"):
        await stage.telegram.fetch(ADA, Media(kind=MediaKind.VIDEO, ref="x", size=MAX_BYTES + 1))

    assert stage.calls("getFile") == []


async def test_a_file_that_is_larger_than_it_said_is_cut_off() -> None:
    class Endless:
        api: Any = type("Api", (), {"file_url": lambda *_: "http://nowhere"})()
        served = 0

        async def stream_content(self, url: str, **_: Any) -> Any:
            while True:
                self.served += 1 << 20
                yield bytes(1 << 20)

    class Bot:
        token = TOKEN

        async def __call__(self, *_: Any, **__: Any) -> Any:
            return type("File", (), {"file_path": "a", "file_size": 5})()

    session = Endless()
    files = Files(Bot(), session)  # type: ignore[arg-type]

    with pytest.raises(FetchError):
        await files.fetch(Media(kind=MediaKind.VIDEO, ref="x"))
    assert session.served <= MAX_BYTES + (1 << 20)


def left_on_disk(stage: Stage, path: Path, size: int = 0) -> Media:
    """Let the server behave as with `--local`: it says where on the disk it has the file."""
    about = {"file_id": "l", "file_unique_id": "u", "file_path": str(path)}
    stage.api.world.files.describe = lambda _: about  # type: ignore[method-assign]
    return Media(kind=MediaKind.VIDEO, ref="l", unique="u", size=size or path.stat().st_size)


async def test_a_server_of_ones_own_leaves_files_on_the_disk(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    small, large = tmp_path / "videos" / "s.mp4", tmp_path / "videos" / "l.mp4"
    small.write_bytes(b"a film")
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    stage.telegram._files._folder = tmp_path

    assert await stage.telegram.fetch(ADA, left_on_disk(stage, small)) == b"a film"
    assert await stage.telegram.fetch(ADA, left_on_disk(stage, large)) == large


async def test_nothing_outside_that_folder_is_read(
    stage: Stage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"a key")
    (tmp_path / "files").mkdir()
    link = tmp_path / "files" / "link"
    link.symlink_to(secret)
    stage.telegram._files._folder = tmp_path / "files"

    for path in (secret, link, tmp_path / "files" / ".." / "secret"):
        for size in (5, MAX_BYTES + 1):
            with pytest.raises(FetchError):
                await stage.telegram.fetch(ADA, left_on_disk(stage, path, size))
    assert "outside GREENROOM_TELEGRAM_FILES" in caplog.text


async def test_the_operator_is_told_which_setting_such_a_server_needs(
    stage: Stage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"a film")

    with pytest.raises(FetchError):
        await stage.telegram.fetch(ADA, left_on_disk(stage, film))
    assert "GREENROOM_TELEGRAM_FILES has to name its folder" in caplog.text


async def test_a_failed_download_shows_no_address(stage: Stage) -> None:
    media = sent_file(stage, b"x")
    stage.api.world.files._by_path = {}

    with pytest.raises(FetchError) as caught:
        await stage.telegram.fetch(ADA, media)

    assert TOKEN not in str(caught.value)


# -- acknowledgements -------------------------------------------------------------------------


async def test_an_acknowledgement_never_fails(stage: Stage) -> None:
    await stage.telegram.acknowledge(ADA, "unknown", "Hello")

    (call,) = stage.calls("answerCallbackQuery")
    assert call["status"] == 400


async def test_acknowledgements_are_bounded_and_end_with_the_bot(stage: Stage) -> None:
    stage.fail("slow", method="answerCallbackQuery", times=500, seconds=30)
    for number in range(500):
        stage.telegram.acknowledge_soon(ADA, str(number))

    tasks = stage.telegram._acknowledger._tasks
    assert len(tasks) == 64
    began = time.monotonic()
    await stage.telegram._acknowledger.close()
    assert not tasks
    assert time.monotonic() - began < 5
    await asyncio.sleep(0)
