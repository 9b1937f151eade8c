"""The chat page in a real browser, with a scripted bot behind it."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, FilePayload, Page, expect

from tests.browser import anyio_backend, browser, fresh_page, page
from tests.service.playground.bot import Bot
from tests.service.playground.conftest import ADA, FORUM, GROUP, Stand
from tests.service.playground.pages import Script, opened, playground, png, script, write

__all__ = ["anyio_backend", "browser", "page", "playground", "script"]

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

Json = dict[str, Any]


async def test_a_question_is_typed_and_its_answer_seen(
    page: Page, playground: Stand, script: Script
) -> None:
    await opened(page, playground)
    await expect(page.locator("#hero .model")).to_have_text("The offline model answers.")

    await write(page, "Is anybody there?")

    await expect(page.locator("article.own .text")).to_have_text("Is anybody there?")
    await expect(page.locator("article.bot:not(.draft) .text")).to_have_text(
        "You said: Is anybody there?"
    )
    await expect(page.locator("#hero")).to_be_hidden()
    await expect(page.locator(".draft")).to_have_count(0)


async def test_a_draft_grows_and_stop_is_heard(
    page: Page, playground: Stand, script: Script
) -> None:
    script.go_on.clear()
    await opened(page, playground)
    await write(page, "A long one")
    await expect(page.locator(".draft .text")).to_have_text("One moment, please")

    await page.get_by_role("button", name="Stop", exact=True).click()

    await expect(page.locator("article.bot .text")).to_have_text("Half of it, then.")
    await expect(page.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    stopped = [each for each in script.heard if "stopped_message_generation" in each]
    assert stopped[0]["stopped_message_generation"]["chat"]["id"] == ADA


async def test_an_album_goes_out_as_one_with_its_caption(
    page: Page, playground: Stand, script: Script
) -> None:
    await opened(page, playground)
    pictures: list[FilePayload] = [
        {"name": f"{colour}.png", "mimeType": "image/png", "buffer": png(colour)}
        for colour in ("teal", "salmon", "gold")
    ]
    await page.locator("#pick-photo").set_input_files(pictures)
    await expect(page.locator("#tray .item")).to_have_count(3)

    await write(page, "Which is warmest?")

    await expect(page.locator("article.own .album img")).to_have_count(3)
    await expect(page.locator("article.own")).to_have_count(1)
    await expect(page.locator("article.bot:not(.draft) .text")).to_contain_text("warmest")
    messages = [each["message"] for each in script.heard]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["Which is warmest?", None, None]


async def test_a_document_keeps_its_name(page: Page, playground: Stand, script: Script) -> None:
    await opened(page, playground)
    await page.locator("#pick-document").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"}
    )

    await write(page, "Read this")

    await expect(page.locator("article.own a.file")).to_contain_text("notes.txt")
    await expect(page.locator("article.bot:not(.draft)")).to_contain_text("Read this")
    assert script.heard[0]["message"]["document"]["file_name"] == "notes.txt"


async def test_a_button_is_pressed_and_its_answer_pops_up(
    page: Page, playground: Stand, script: Script
) -> None:
    await opened(page, playground)
    await write(page, "hi")

    await page.get_by_role("button", name="Again").click()

    await expect(page.locator(".toast")).to_have_text("Heard you")


async def test_groups_and_topics_keep_their_own_talk(
    page: Page, playground: Stand, script: Script
) -> None:
    await opened(page, playground)
    await page.get_by_role("button", name="# Ideas").click()
    await write(page, "@greenroom_bot in the topic")
    await expect(page.locator("article.bot .text")).to_contain_text("in the topic")

    await page.get_by_role("button", name="Weekend trip").click()
    await expect(page.locator("article")).to_have_count(0)
    await write(page, "not for the bot")
    await write(page, "@greenroom_bot in the group")

    await expect(page.locator("article.bot .text")).to_contain_text("in the group")
    heard = [(each["message"]["chat"]["id"], each["message"]["text"]) for each in script.heard]
    assert heard == [
        (FORUM, "@greenroom_bot in the topic"),
        (GROUP, "@greenroom_bot in the group"),
    ]


async def test_a_question_typed_behind_the_bots_name_is_offered_and_answered_in_place(
    page: Page, playground: Stand, script: Script
) -> None:
    await opened(page, playground)
    await page.get_by_role("button", name="Book club").click()
    await expect(page.locator("#hero")).to_contain_text("The bot is not in this chat")
    await page.get_by_role("textbox", name="Write a message").fill("@greenroom_bot Is it late?")

    await page.get_by_role("option", name="Ask this").click()

    await expect(page.locator("article.own .text")).to_have_text("Is it late? Yes.")
    await expect(page.locator("article.own .via")).to_have_text("via @greenroom_bot")
    await expect(page.get_by_role("textbox", name="Write a message")).to_have_value("")


async def test_a_reply_and_an_edit_are_told(page: Page, playground: Stand, script: Script) -> None:
    await opened(page, playground)
    await write(page, "first")
    answer = page.locator("article.bot:not(.draft)").first
    await answer.hover()
    await answer.get_by_role("button", name="Reply").click()
    await write(page, "about that")
    await expect(page.locator("article.own .quoted")).to_contain_text("You said: first")

    first = page.locator("article.own").first
    await first.hover()
    await first.get_by_role("button", name="Edit").click()
    await write(page, "first, better")

    await expect(first.locator(".when")).to_contain_text("edited")
    await expect(first.locator(".text")).to_have_text("first, better")
    assert script.heard[1]["message"]["reply_to_message"]["text"] == "You said: first"


async def test_everything_works_from_the_keyboard(
    page: Page, playground: Stand, script: Script
) -> None:
    await opened(page, playground)
    await page.locator(".person").nth(1).focus()
    await page.keyboard.press("Enter")
    await page.locator(".try").first.focus()
    await page.keyboard.press("Enter")

    await expect(page.locator("article.bot:not(.draft) .text")).to_contain_text("You said")
    assert script.heard[0]["message"]["from"]["id"] == 1002


async def test_the_page_speaks_chinese_to_a_chinese_browser(
    browser: Browser, playground: Stand
) -> None:
    async with fresh_page(browser, locale="zh-CN") as page:
        await opened(page, playground)

        await expect(page.get_by_role("textbox", name="写消息")).to_be_visible()
        assert await page.locator("html").get_attribute("lang") == "zh-CN"
        await expect(page.locator("#hero .model")).to_have_text("离线模型在回答。")
        await expect(page.locator("#note")).to_have_text("离线模型在回答。")


async def test_the_two_buttons_reach_the_parent_and_the_page_tells_of_it(
    page: Page, playground: Stand
) -> None:
    asked: list[tuple[str, str | None, Json]] = []

    async def parent(request: web.Request) -> web.Response:
        secret = request.headers.get("X-Greenroom-Control")
        asked.append((request.path, secret, await request.json()))
        return web.json_response({"ok": True})

    app = web.Application()
    app.router.add_post("/{what}", parent)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    playground.api.parent.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    playground.api.parent.secret = "s3cret"
    try:
        async with Bot(playground.address, playground.api.token) as bot:
            await opened(page, playground)
            await bot.updates(wait=0)
            await expect(page.locator("#pulse-text")).to_have_text("The service is running")

            await page.get_by_role("button", name="Crash this chat's actor").click()
            await expect(page.locator(".toast")).to_contain_text("The actor has crashed")
            await page.get_by_role("button", name="kill -9 the service").click()
            await expect(page.locator("#pulse-text")).to_contain_text("Service killed")
            await bot.updates(wait=0)
            await expect(page.locator("#pulse-text")).to_contain_text("The service is back after")
            await expect(page.locator("#pulse-text")).to_be_visible()
    finally:
        await runner.cleanup()

    assert asked == [
        ("/crash", "s3cret", {"chat": ADA, "topic": None}),
        ("/kill", "s3cret", {}),
    ]


async def test_what_cannot_be_crashed_is_told_in_plain_words(
    browser: Browser, playground: Stand
) -> None:
    playground.api.parent.url = "http://127.0.0.1:9"  # nobody lives there
    async with fresh_page(browser, forgives=("502 (Bad Gateway)",)) as page:
        await opened(page, playground)

        await page.get_by_role("button", name="Crash this chat's actor").click()

        await expect(page.locator(".toast")).to_contain_text("please try again in a moment")


async def test_a_message_from_before_the_page_was_opened_is_there(
    page: Page, playground: Stand
) -> None:
    playground.says("written earlier")

    await opened(page, playground)

    await expect(page.locator("article.own .text")).to_have_text("written earlier")


async def test_the_newest_message_stays_in_view_until_somebody_scrolls_up(
    page: Page, playground: Stand
) -> None:
    for number in range(40):
        playground.says(f"line {number}")
    await opened(page, playground)
    log = page.get_by_role("log")
    await expect(log.get_by_text("line 39", exact=True)).to_be_in_viewport()

    playground.says("the next one")
    await expect(log.get_by_text("the next one", exact=True)).to_be_in_viewport()
    await page.locator("#scroll").evaluate("(node) => node.scrollTo(0, 0)")
    await page.wait_for_function("document.getElementById('scroll').scrollTop === 0")
    playground.says("one more")

    await expect(page.get_by_role("button", name="To the newest message")).to_be_visible()
    await expect(log.get_by_text("line 0", exact=True)).to_be_in_viewport()


async def test_on_a_phone_the_list_and_the_chat_take_turns(
    browser: Browser, playground: Stand
) -> None:
    async with fresh_page(browser, viewport={"width": 375, "height": 667}) as page:
        await opened(page, playground)
        await page.get_by_role("button", name="All chats").click()
        await page.get_by_role("button", name="Weekend trip").click()

        await expect(page.locator("#title")).to_have_text("Weekend trip")
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= 375
