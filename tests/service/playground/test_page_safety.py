"""Nothing that a model, a name or a file name says can run on the page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser import anyio_backend, browser, page
from tests.service.playground.bot import Bot
from tests.service.playground.conftest import ADA, Stand
from tests.service.playground.pages import opened, playground, write

__all__ = ["anyio_backend", "browser", "page", "playground"]

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

Json = dict[str, Any]

EVIL = [
    "<img src=x onerror=window.pwned=1>",
    "<script>window.pwned=1</script>",
    "'\"><svg onload=window.pwned=1>",
    "</textarea><script>window.pwned=1</script>",
    "javascript:window.pwned=1",
    "{{constructor.constructor('window.pwned=1')()}}",
    "${window.pwned=1}",
    "<iframe srcdoc='<script>parent.pwned=1</script>'>",
    "<a href=javascript:window.pwned=1>x</a>",
    "<math><mtext></p><style><img src=x onerror=window.pwned=1>",
    "\u202e<b onmouseover=window.pwned=1>\u2066",
]
EVIL_LINKS = [
    "javascript:window.pwned=1",
    "JaVaScRiPt:window.pwned=1",
    " javascript:window.pwned=1",
    "java\nscript:window.pwned=1",
    "data:text/html,<script>opener.pwned=1</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:http://127.0.0.1/x",
]


def evil_blocks() -> list[Json]:
    """Every place of a rich message that text can stand in, filled with the corpus."""
    blocks: list[Json] = []
    for evil in EVIL:
        inner = {"type": "paragraph", "text": [evil, {"type": "bold", "text": evil}]}
        blocks += [
            inner,
            {"type": "heading", "text": evil, "size": 1},
            {"type": "pre", "text": evil, "language": evil},
            {"type": "mathematical_expression", "expression": evil},
            {"type": "list", "items": [{"blocks": [inner]}]},
            {"type": "blockquote", "blocks": [inner], "credit": evil},
            {"type": "details", "summary": evil, "blocks": [inner], "is_open": True},
            {"type": "table", "cells": [[{"text": evil, "align": "left", "valign": "top"}]]},
        ]
    links = [{"type": "url", "text": "press", "url": link} for link in EVIL_LINKS]
    return [*blocks, {"type": "paragraph", "text": links}]


async def test_nothing_that_is_written_can_run(page: Page, playground: Stand) -> None:
    await page.add_init_script("window.pwned = 0")
    api = playground.api
    numbers = []
    for evil in EVIL:
        person = api.world.add_person(evil)
        group = api.world.add_chat(evil, [ADA, person.id])
        numbers.append(playground.says(evil))
        playground.says(evil, person=person.id, chat=group.id)
    evil_file = {"name": EVIL[0] + ".html", "mimeType": "text/html", "buffer": EVIL[1].encode()}
    async with Bot(playground.address, api.token) as bot:
        words = [{"type": "text_link", "offset": 0, "length": 4, "url": url} for url in EVIL_LINKS]
        for word in words:
            await bot.call("sendMessage", chat_id=ADA, text="press", entities=[word])
        for number, evil in zip(numbers, EVIL, strict=True):
            keys = {"inline_keyboard": [[{"text": evil, "callback_data": "x"}]]}
            await bot.call("sendMessage", chat_id=ADA, text=evil, reply_markup=keys)
            code = [{"type": "pre", "offset": 0, "length": len(evil), "language": evil}]
            answer = {"message_id": number}
            await bot.call(
                "sendMessage", chat_id=ADA, text=evil, entities=code, reply_parameters=answer
            )
        rich = {"blocks": evil_blocks()}
        await bot.call("sendRichMessage", chat_id=ADA, rich_message=rich)
        await bot.call("setMyDescription", description=EVIL[0])
        await bot.call("setMyCommands", commands=[{"command": "x", "description": EVIL[0]}])
        await bot.call("setMyName", name=EVIL[0])
        await opened(page, playground)
        await page.locator("#pick-document").set_input_files([evil_file])  # type: ignore[list-item]
        await write(page, EVIL[1])
        await expect(page.locator("article.own a.file")).to_be_visible()
        await bot.call("sendRichMessageDraft", chat_id=ADA, draft_id=1, rich_message=rich)
        await expect(page.locator(".draft")).to_be_visible()
        await page.locator("#text").fill("/")
        for button in await page.locator(".keys button, a, summary").all():
            await button.dispatch_event("mouseover")
        for nolink in await page.locator(".nolink").all():
            await nolink.dispatch_event("click")
        await page.get_by_role("button", name=EVIL[0]).first.click()

    assert await page.evaluate("window.pwned") == 0
    schemes = await page.evaluate("[...document.links].map((link) => link.protocol)")
    assert set(schemes) <= {"http:", "https:"}
    assert await page.locator("#app :is(script, iframe, math, style)").count() == 0
    assert await page.locator("#app *").evaluate_all(
        "(all) => all.every((node) => ![...node.attributes].some((a) => a.name.startsWith('on')))"
    )
