"""The page opened in a browser, and a scripted bot that answers in it."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page

from service.playground.seed import seed
from service.playground.server import BotApi, serving
from tests.service.playground.bot import Bot
from tests.service.playground.conftest import Stand

Json = dict[str, Any]
_ids = itertools.count(1)
BUTTONS = {"inline_keyboard": [[{"text": "Again", "callback_data": "again"}]]}


def png(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def playground(anyio_backend: str) -> AsyncIterator[Stand]:
    """A stand-in on the real clock: here the browser's time passes."""
    api = BotApi()
    api.notes = {"en": "The offline model answers.", "zh-CN": "离线模型在回答。"}
    seed(api.world)
    async with serving(api) as address:
        yield Stand(api, address, None)  # type: ignore[arg-type]


class Script:
    """Answers like a model: says a draft in two steps, waits to be let go on, then ends."""

    def __init__(self) -> None:
        self.heard: list[Json] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def __call__(self, bot: Bot, update: Json) -> None:
        self.heard.append(update)
        if query := update.get("callback_query"):
            await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Heard you")
            return
        if "stopped_message_generation" in update:
            chat = update["stopped_message_generation"]["chat"]["id"]
            await bot.call("sendMessage", chat_id=chat, text="Half of it, then.")
            return
        if asked := update.get("inline_query"):
            content = {"message_text": f"{asked['query']} ..."}
            offer = {"type": "article", "id": "1", "title": "Ask this"}
            offer |= {"description": asked["query"], "input_message_content": content}
            offer["reply_markup"] = BUTTONS
            await bot.call("answerInlineQuery", inline_query_id=asked["id"], results=[offer])
            return
        if chosen := update.get("chosen_inline_result"):
            name, text = chosen["inline_message_id"], f"{chosen['query']} Yes."
            await bot.call("editMessageText", inline_message_id=name, text=text)
            return
        message = update.get("message")
        if message is None or (message.get("media_group_id") and "caption" not in message):
            return
        text = message.get("text") or message["caption"]
        chat, topic = message["chat"], message.get("message_thread_id")
        where = {"chat_id": chat["id"], **({"message_thread_id": topic} if topic else {})}
        if chat["type"] == "private":
            draft = next(_ids)
            for words in ("", "One moment", "One moment, please"):
                await bot.call(
                    "sendMessageDraft", **where, draft_id=draft, text=words, can_stop=True
                )
        await self.go_on.wait()
        await bot.call("sendMessage", **where, text=f"You said: {text}", reply_markup=BUTTONS)


@pytest.fixture
async def script(playground: Stand) -> AsyncIterator[Script]:
    async with Bot(playground.address, playground.api.token) as bot:
        script = Script()
        bot.follow(script)
        yield script


async def opened(page: Page, stand: Stand) -> Page:
    await page.goto(stand.address)
    await page.wait_for_selector("body[data-ready]")
    return page


async def write(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="Write a message").fill(text)
    await page.keyboard.press("Enter")
