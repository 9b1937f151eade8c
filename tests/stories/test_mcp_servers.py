"""MCP servers through the whole service: a program and an address, of a settings file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.stories.theatre import ROOT, StandIns, theatre, words

pytestmark = pytest.mark.anyio

KEY = "a-key-of-the-shop-that-nobody-may-see"


@contextmanager
def shop(folder: Path) -> Iterator[str]:
    """Run the stand-in behind an address, with a key, as a process of its own."""
    argv = ["-m", "tests.stand_ins.mcp_server", str(folder), "0", f"KEY={KEY}"]
    child = subprocess.Popen([sys.executable, *argv], cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout is not None
    try:
        yield json.loads(child.stdout.readline())["address"]
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def servers(folder: Path, address: str) -> str:
    kitchen = {
        "command": sys.executable,
        "args": ["-m", "tests.stand_ins.mcp_server", str(folder / "kitchen")],
        "cwd": str(ROOT),
        "tools": ["shout", "die_once", "picture"],
    }
    headers = {"Authorization": f"Bearer {KEY}"}
    away = {"url": f"{address}/mcp", "headers": headers, "tools": ["note", "linger"]}
    return json.dumps({"mcpServers": {"kitchen": kitchen, "shop": away}})


async def test_tools_of_servers_are_asked_for_allowed_and_never_used_twice(
    places: StandIns, tmp_path: Path
) -> None:
    (tmp_path / "kitchen").mkdir()
    (tmp_path / "shop").mkdir()
    with shop(tmp_path / "shop") as address:
        (tmp_path / "mcp.json").write_text(servers(tmp_path, address))
        async with theatre(places, tmp_path / "data") as stage:
            ada, boss = await stage.person("Ada"), await stage.person("Boss")

            async def standing(*wanted: str) -> bool:
                before = len(await boss.sees())
                await boss.says("/debug")
                page = words((await boss.waits_for(before + 1))[-1])
                return all(each in page for each in wanted)

            async def sees(said: str) -> dict[str, Any]:
                async def seen() -> dict[str, Any] | None:
                    return next((m for m in await ada.sees() if said in words(m)), None)

                found: dict[str, Any] = await stage.until(seen, f"Ada sees {said!r}")
                return found

            async def notes() -> list[Path]:
                return list((tmp_path / "shop").glob("note-*"))

            await stage.start(
                GREENROOM_PACING="off",
                GREENROOM_PAUSE_SECONDS="0.1",
                GREENROOM_ADMINS=str(boss.id),
                GREENROOM_MCP_SERVERS=str(tmp_path / "mcp.json"),
            )
            await stage.until(partial(standing, "(3 tools)", "(2 tools)"), "both are there")

            await ada.says("[[tools:kitchen__shout(words=ah)+kitchen__die_once()]]")
            await sees("AH")
            await sees("answered by start 2")
            await ada.says("[[tools:kitchen__picture()]]")
            assert "photo" in await sees("goes to the person")

            await ada.says("[[tools:shop__linger(words=once)]]")
            offer = await sees("May I do this?")
            assert await notes() == [], "nothing is done before it is allowed"
            await ada.presses(offer, "Do it")
            await stage.until(notes, "the tool is at it")
            await stage.kill()
            await stage.start()

            await sees("may have been done already")
            assert len(await notes()) == 1, "what may have been done is not done again"
            assert KEY not in stage.printed()
            assert all(KEY not in words(each) for each in await ada.sees())
