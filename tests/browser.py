"""A Chromium for tests of pages; import the fixtures together into a module that uses them.

    from tests.browser import anyio_backend, browser, page  # noqa: F401

    pytestmark = [pytest.mark.anyio, pytest.mark.browser]

The browser lives as long as the module, each test has a fresh profile, and a test fails
when its page complains in the console. Where there is no Chromium, `tests.left_out` leaves
such tests out and says so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.left_out import chromium

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Playwright runs on asyncio alone."""
    return "asyncio"


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Start Debian's Chromium and end it again."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        try:
            yield started
        finally:
            await started.close()


@pytest.fixture(scope="module")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    async with running_browser() as started:
        yield started


@asynccontextmanager
async def fresh_page(
    browser: Browser, *, forgives: tuple[str, ...] = (), **options: Any
) -> AsyncIterator[Page]:
    """Open a page in a profile of its own; what it complains of is raised at its end.

    A server that ends before its page is no fault of the page, so that is forgiven.
    """
    complaints: list[str] = []
    context = await browser.new_context(**{"locale": "en-GB", **options})
    page = await context.new_page()
    page.set_default_timeout(10_000)

    def note(kind: str, text: str) -> None:
        if kind == "error" and not any(each in text for each in ("net::ERR_", *forgives)):
            complaints.append(text)

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: note(line.type, line.text))
    try:
        yield page
    finally:
        await context.close()
    assert not complaints, complaints


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    async with fresh_page(browser) as opened:
        yield opened
