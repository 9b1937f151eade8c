"""Starts that cannot work: one sentence that says what to do, no traceback, no secret."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from service import exits
from tests.stories.theatre import TOKEN, Process, StandIns, theatre

pytestmark = pytest.mark.anyio

WRONG_TOKEN = "123456:" + "A" * 35
NOBODY = "http://127.0.0.1:9"


async def said(process: Process) -> tuple[int, list[str]]:
    """Return the exit code and the lines of a process that ends by itself."""
    process.listen()
    code = await process.ended()
    return code, process.output.decode().strip().splitlines()


async def start(data: Path, **settings: str) -> Process:
    env = {"GREENROOM_DATA_DIR": str(data), "TELEGRAM_BOT_TOKEN": TOKEN, **settings}
    return await Process.start("-m", "service", "run", env=env)


async def test_a_token_that_telegram_refuses(places: StandIns, tmp_path: Path) -> None:
    wrong = await start(
        tmp_path / "data", TELEGRAM_BOT_TOKEN=WRONG_TOKEN, TELEGRAM_API_BASE=places.telegram
    )

    code, lines = await said(wrong)

    assert code == exits.MISCONFIGURED
    assert lines[-1].startswith("Telegram does not accept the bot token; copy it again")
    assert WRONG_TOKEN not in "".join(lines)
    assert len(lines) == 3, "two lines of introduction, and the sentence"


async def test_a_data_folder_that_cannot_be_made(places: StandIns, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    folder = tmp_path / "file" / "data"

    code, lines = await said(await start(folder, TELEGRAM_API_BASE=places.telegram))

    assert code == exits.MISCONFIGURED
    assert lines[-1].startswith(f"The folder {folder} cannot be written;")
    assert len(lines) == 3


async def test_a_second_copy_on_the_same_folder(places: StandIns, tmp_path: Path) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        first = await stage.start()

        code, lines = await said(await start(stage.data, TELEGRAM_API_BASE=places.telegram))

        assert code == exits.MISCONFIGURED
        assert str(stage.data) in lines[-1]
        assert str(first.child.pid) in lines[-1]


async def test_a_telegram_out_of_reach_is_tried_again_until_the_end_is_asked_for(
    tmp_path: Path,
) -> None:
    alone = await start(tmp_path / "data", TELEGRAM_API_BASE=NOBODY)
    assert alone.child.stdout is not None
    while b"asking again" not in (line := await alone.child.stdout.readline()):
        assert line, "it ended"

    alone.child.send_signal(signal.SIGTERM)

    code, _ = await said(alone)
    assert code == exits.WELL
