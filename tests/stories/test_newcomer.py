"""A newcomer's first five minutes: one command, a real browser, and two buttons to break it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from tests.browser import anyio_backend, browser, fresh_page
from tests.service.playground.pages import png, write
from tests.stories.theatre import ROOT

__all__ = ["anyio_backend", "browser"]

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

FINAL = "article.bot:not(.draft)"


@asynccontextmanager
async def one_command(folder: Path) -> AsyncIterator[str]:
    """Do what `make run` does, without any credentials; yield the address it prints."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "service",
        cwd=ROOT,
        env={**kept, "GREENROOM_DATA_DIR": str(folder), "GREENROOM_OFFLINE_PACE": "0.08"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert child.stdout is not None
    said = bytearray()
    reading: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(60):
            while not (found := re.search(rb"http://127\.0\.0\.1:\d+", said)):
                line = await child.stdout.readline()
                assert line, said.decode()
                said += line
        reading = asyncio.create_task(_drain(child.stdout, said))
        yield found.group().decode()
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            code = await child.wait()
            if reading is not None:
                await reading
    assert code == 0, said.decode()
    assert b"Traceback" not in said, said.decode()


async def _drain(stream: asyncio.StreamReader, into: bytearray) -> None:
    while chunk := await stream.read(65536):
        into += chunk


async def answers(page: Page, count: int) -> None:
    """Wait until the bot has finished *count* messages and nothing is growing any more."""
    await expect(page.locator(FINAL)).to_have_count(count, timeout=30_000)
    await expect(page.locator(".draft")).to_have_count(0)


async def test_type_send_pictures_stop_kill_and_be_remembered(
    browser: Browser, tmp_path: Path
) -> None:
    async with (
        one_command(tmp_path / "data") as address,
        fresh_page(browser, forgives=("423 (Locked)", "502 (Bad Gateway)")) as page,
    ):
        await page.goto(address)
        await page.wait_for_selector("body[data-ready]")
        # The page knows who answers, and suggests what the offline model is good at.
        await expect(page.locator(".try")).to_have_count(6)

        await write(page, "My name is Ada Lovelace")
        await expect(page.locator(".draft")).to_have_count(1, timeout=30_000)
        await answers(page, 1)

        pictures: list[FilePayload] = [
            {"name": f"{colour}.png", "mimeType": "image/png", "buffer": png(colour)}
            for colour in ("teal", "salmon", "gold")
        ]
        await page.locator("#pick-photo").set_input_files(pictures)
        await write(page, "Look at these")
        await answers(page, 2)
        await expect(page.locator(FINAL).last).to_contain_text("3")

        await write(page, "!long")
        await expect(page.locator(".draft .text")).not_to_be_empty(timeout=30_000)
        await page.get_by_role("button", name="Stop", exact=True).click()
        await answers(page, 3)

        await page.locator("#crash").click()
        await expect(page.locator(".toast").last).to_contain_text("as if nothing had happened")
        ends = page.locator(".toast", has_text="in quarantine")
        for _ in range(300):  # whoever wants to see how much it bears is told where that ends
            if await ends.count():
                break
            await page.locator("#crash").click()
        await expect(ends.first).to_be_visible()
        await page.locator("#kill").click()
        await write(page, "What is my name?")
        await answers(page, 4)
        await expect(page.locator(FINAL).last).to_contain_text("Ada Lovelace")
