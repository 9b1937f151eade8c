"""The console in a real browser: every page, every action, on a desk and on a phone."""

from __future__ import annotations

import json
from datetime import date

import pytest
from playwright.async_api import Browser, Page, expect

from actors.messages import CrashAsked
from fsm.data import Rules
from fsm.flow_events import FlowCancelled, FlowStarted
from fsm.usage import Day, Spending, Usage
from service.audience import DAY
from service.flows import Library
from service.models.retirement import Retirement
from service.observe import levels
from tests.actors.world import PRIVATE, Script
from tests.browser import anyio_backend, browser, fresh_page, page
from tests.service.console.stand import Stand, stand
from tests.service.operators.house import Bot
from tests.service.operators.test_silence import Deadly

__all__ = ["anyio_backend", "browser", "page"]

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

EVIL = "<img src=x onerror=window.pwned=1>"
SECRET = f"somebody wrote this {EVIL}"


async def busy(opened: Stand) -> None:
    house = opened.house
    house.says(SECRET)
    await house.until(lambda: house.facts().moves)


async def confirmed(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()
    await page.get_by_role("button", name="Yes, do it").click()


async def test_from_the_house_to_a_chat_and_everything_that_can_be_done_to_it(page: Page) -> None:
    async with stand(Script(gap=999)) as opened:
        house = opened.house
        await busy(opened)
        ref = house.system.ref("chat", PRIVATE)
        house.system.suspend(ref)
        await page.goto(f"{opened.address}/console")
        await expect(page.get_by_text("An operator has suspended it.").first).to_be_visible()
        await expect(page.locator(".tree .node").first).to_contain_text("greenroom")

        await page.locator(".chats a").click()
        await expect(page.locator(".why strong")).to_have_text("An operator has suspended it.")
        await page.get_by_role("button", name="Resume").click()
        await expect(page.locator(".why strong")).to_contain_text("waiting for the model")
        await expect(page.locator(".box.live")).to_have_attribute("data-state", "generating")
        await expect(page.locator("[data-fact=running]")).to_contain_text("generate")
        assert SECRET not in await page.content()

        await page.get_by_role("button", name="Trace on").click()
        await expect(page.get_by_role("button", name="Trace off")).to_be_visible()
        await confirmed(page, "Suspend")
        await expect(page.get_by_role("button", name="Resume")).to_be_visible()
        house.model.gap = 0.05
        await confirmed(page, "Restart")
        await expect(page.locator(".box.live")).to_have_attribute("data-state", "idle")
        await expect(page.locator(".moves li").first).to_contain_text("cooling")

        async with page.expect_download() as download:
            await page.get_by_role("button", name="Export").click()
        path = await (await download.value).path()
        saved = json.loads(path.read_text())
        assert saved["state"] == "idle"

        await confirmed(page, "Passivate")
        await expect(page.locator(".why .chip").first).to_have_text("idle")


async def test_text_is_revealed_in_a_second_step_and_cannot_run(page: Page) -> None:
    async with stand(Script(gap=999)) as opened:
        await busy(opened)
        await page.goto(f"{opened.address}/console#/chat/{PRIVATE}")
        await confirmed(page, "Reveal text")

        await expect(page.locator("#reader pre")).to_contain_text(SECRET)
        assert await page.evaluate("window.pwned") is None
        assert await page.locator("#reader img").count() == 0


async def test_quarantine_is_seen_and_released(page: Page) -> None:
    async with stand() as opened:
        house = opened.house
        for _ in range(4):
            house.system.ref("chat", PRIVATE).tell_system(CrashAsked())
        await house.until(lambda: house.cause() == "quarantined", within=20)
        await page.goto(f"{opened.address}/console#/chat/{PRIVATE}")
        await expect(page.locator("#pulse")).to_have_text("Something needs you")
        await page.locator("summary", has_text="Last crash").click()
        await expect(page.locator("details pre")).to_contain_text("CrashOnRequestError")

        await page.get_by_role("button", name="Release").click()
        await expect(page.locator(".why strong")).to_contain_text("waiting for the person")
        await expect(page.locator("#pulse")).to_contain_text("All is well")


async def test_dead_letters_are_read_replayed_and_removed(page: Page) -> None:
    async with stand() as opened:
        house = opened.house
        for chat in (PRIVATE, "telegram.1.43"):
            house.does(Deadly(), chat)  # type: ignore[arg-type]
        await house.until(lambda: len(house.store.dead_letters.records) == 2)
        first, second = house.store.dead_letters.records
        first["update"] = {"event": EVIL}
        second["update"] = {"event": house.asked("again")}  # the newer one, so it stands first
        told = len(house.channel.texts())
        await page.goto(f"{opened.address}/console#/dead")
        await expect(page.locator(".letter")).to_have_count(2)
        await expect(page.locator("#dead-count")).to_have_text("2")

        await page.get_by_role("button", name="Replay").first.click()
        await expect(page.locator(".letter")).to_have_count(1)
        await house.until(lambda: len(house.channel.texts()) > told)
        await confirmed(page, "Read")
        await expect(page.locator("#reader pre")).to_contain_text(EVIL)
        await page.get_by_role("button", name="Close").click()
        await confirmed(page, "Remove")
        await expect(page.locator("#view")).to_contain_text("There are none.")
        assert await page.evaluate("window.pwned") is None


async def test_a_chat_is_found_by_keyboard_alone_and_plots_are_drawn(page: Page) -> None:
    async with stand(Script(gap=0.02)) as opened:
        house = opened.house
        for number in (42, 777):
            house.says("hi", f"telegram.1.{number}")
        await house.until(lambda: house.channel.texts("telegram.1.777"))
        for _ in range(3):
            house.office.series.take()
        await page.goto(f"{opened.address}/console")
        await expect(page.locator("#pulse")).to_contain_text("All is well")
        await page.keyboard.press("/")
        await page.keyboard.type("777")
        await page.keyboard.press("Enter")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.locator("tbody a").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".sub code")).to_have_text("telegram.1.777")

        await page.get_by_role("link", name="Plots").click()
        await expect(page.locator(".plot").first).to_contain_text("Until the first text")
        assert await page.locator(".plot .line").evaluate_all(
            "(lines) => lines.filter((line) => line.getAttribute('d')).length >= 6"
        )


async def test_flows_show_where_people_leave_and_days_what_they_took(page: Page) -> None:
    async with stand(rules=Rules(flows=Library().flows)) as opened:
        house = opened.house
        today = int(house.clock.now() // DAY)
        house.used = Usage(days=(Day(number=today, spent=Spending(output=1500, cost=2_500_000)),))
        await page.goto(f"{opened.address}/console#/flows")
        await expect(page.locator(".unused code")).to_have_count(len(Library().flows))
        for chat in ("telegram.1.1", "telegram.1.2"):
            house.does(FlowStarted(name="trip"), chat)
        await expect(page.locator("[data-flow=trip] .here")).to_have_text("2 here now")
        house.does(FlowCancelled(), "telegram.1.2")
        first = page.locator("[data-flow=trip] [data-step=place]")
        await expect(first.locator(".told")).to_have_text("1 here now1 left here 50 %")
        await expect(first.locator(".count")).to_have_text("2")
        await expect(page.locator("[data-flow=trip] .unseen")).not_to_have_count(0)

        await page.get_by_role("link", name="Plots").click()
        await expect(page.locator("[data-plot=plot-cost] .keys")).to_have_text(
            "today$2.5030 days$2.50"
        )
        tokens = page.locator("[data-plot=plot-day-tokens] .day")
        await expect(tokens).to_have_count(30)
        await expect(tokens.last.locator("title")).to_contain_text("1.5K")
        heights = await tokens.evaluate_all("(bars) => bars.map((bar) => bar.height.baseVal.value)")
        assert heights[-1] > 50
        assert set(heights[:-1]) == {0}


async def test_the_log_is_turned_up_by_a_slow_finger(page: Page) -> None:
    """The page is drawn anew each second; a press that lasts longer is a press all the same."""
    before = levels.chosen()
    try:
        async with stand() as opened:
            levels.choose("info")
            await page.goto(f"{opened.address}/console")
            await expect(page.get_by_role("button", name="info")).to_have_attribute(
                "aria-pressed", "true"
            )
            await page.get_by_role("button", name="debug").hover()
            await page.mouse.down()
            opened.house.polling.paused = True
            await expect(page.locator("#pulse")).to_have_text("Something needs you")
            await page.mouse.up()
            await expect(page.get_by_role("button", name="debug")).to_have_attribute(
                "aria-pressed", "true"
            )
            assert levels.chosen() == "debug"
    finally:
        levels.choose(before)


async def test_a_model_that_is_given_up_is_told_with_its_day(page: Page) -> None:
    gone = Retirement(model="old-flash", day=date(2026, 12, 1), successor="new-flash")
    async with stand() as opened:
        opened.house.office.sources.retiring = lambda: (gone,)  # type: ignore[method-assign]
        await page.goto(f"{opened.address}/console")
        await expect(page.locator(".retiring").first).to_have_text(
            "old-flash: given up on 2026-12-01→ new-flash"
        )


async def test_several_bots_are_told_apart_and_one_that_is_out_is_named(page: Page) -> None:
    bots = [Bot(), Bot(id="2", name="@other_bot", state="refused")]
    async with stand(Script(gap=999), bots=bots) as opened:
        await busy(opened)
        await page.goto(f"{opened.address}/console")
        await expect(page.locator(".trouble")).to_contain_text("@other_bot is out: Telegram does")
        await expect(page.locator("#pulse")).to_have_text("Something needs you")
        card = page.locator(".card", has_text="Bots and their chats")
        await expect(card.locator("li").first).to_contain_text("@green_bot")
        await expect(card.locator(".dot.bot-refused")).to_be_visible()
        await page.goto(f"{opened.address}/console#/chats/")
        await expect(page.locator("td", has_text=PRIVATE)).to_contain_text("@green_bot")


async def test_no_page_is_wider_than_a_phone(browser: Browser) -> None:
    size = {"width": 390, "height": 844}
    async with (
        stand(Script(gap=999)) as opened,
        fresh_page(browser, viewport=size, color_scheme="dark", locale="zh-CN") as phone,
    ):
        await busy(opened)
        opened.house.office.series.take()
        for place in ("", "#/chats/", f"#/chat/{PRIVATE}", "#/flows", "#/plots", "#/dead"):
            await phone.goto(f"{opened.address}/console{place}")
            await phone.reload()
            await expect(phone.locator("#view .card").first).to_be_visible()
            wide = await phone.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390, place
        assert await phone.locator("html").get_attribute("lang") == "zh-CN"


async def test_the_token_is_asked_for_and_a_wrong_one_is_told(browser: Browser) -> None:
    async with (
        stand(host="0.0.0.0", token="a-long-token") as opened,
        fresh_page(browser, forgives=("401",)) as page,
    ):
        await page.goto(f"{opened.address}/console")
        await page.locator("#token").fill("wrong")
        await page.get_by_role("button", name="Enter").click()
        await expect(page.get_by_text("That is not the token.")).to_be_visible()
        await page.locator("#token").fill("a-long-token")
        await page.get_by_role("button", name="Enter").click()
        await expect(page.locator(".tree .node").first).to_contain_text("greenroom")
        await page.reload()
        await expect(page.locator(".tree .node").first).to_contain_text("greenroom")
