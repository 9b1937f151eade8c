from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from actors.chat import Chat
from service.doctor import Grade, examine
from service.playground.server import BotApi, serving
from service.settings import load
from service.storing import opened_store
from snapshots.directory import Claim

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def telegram(
    bot: dict[str, Any] | None, hook: str = "", date: str | None = None
) -> AsyncIterator[str]:
    """A Bot API server that knows *bot*, if it is given one."""

    async def answer(request: web.Request) -> web.Response:
        headers = {"Date": date} if date else {}
        if bot is None:
            return web.json_response({"ok": False, "error_code": 401}, status=401)
        result = bot if request.path.endswith("getMe") else {"url": hook}
        return web.json_response({"ok": True, "result": result}, headers=headers)

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def found(data: Path, **given: Any) -> dict[str, Grade]:
    settings = load(env_file=None, data_dir=data, **given)
    return {finding.key: finding.grade async for finding in examine(settings)}


async def test_a_copy_without_credentials_is_odd_but_not_broken(tmp_path: Path) -> None:
    grades = await found(tmp_path)

    assert {"doctor-no-token", "doctor-no-key", "doctor-no-admins"} <= grades.keys()
    assert Grade.BROKEN not in grades.values()
    assert not any(tmp_path.glob(".doctor-*"))  # noqa: ASYNC240


async def test_what_telegram_says_is_told(tmp_path: Path) -> None:
    bot = {"id": 1, "username": "b", "can_read_all_group_messages": True}
    old = "Mon, 01 Jan 2024 00:00:00 GMT"
    async with telegram(bot, hook="https://x.example", date=old) as base:
        grades = await found(tmp_path, telegram_bot_token="1:x", telegram_api_base=base)

    assert grades["doctor-telegram"] is Grade.FINE
    assert grades["doctor-privacy"] is grades["doctor-webhook"] is Grade.ODD
    assert grades["doctor-clock"] is Grade.BROKEN


async def test_a_model_that_is_given_up_soon_is_odd(tmp_path: Path) -> None:
    grades = await found(
        tmp_path,
        gemini_api_key="k",
        gemini_base_url="http://127.0.0.1:1",
        gemini_model="gemini-3-pro-preview",
    )

    assert grades["alert-retiring"] is Grade.ODD


async def test_a_wrong_token_is_broken(tmp_path: Path) -> None:
    async with telegram(None) as base:
        grades = await found(tmp_path, telegram_bot_token="1:x", telegram_api_base=base)

    assert grades["problem-token"] is Grade.BROKEN


async def test_a_server_out_of_reach_is_broken(tmp_path: Path) -> None:
    base = "http://127.0.0.1:1"
    grades = await found(tmp_path, telegram_bot_token="1:x", telegram_api_base=base)

    assert grades["doctor-telegram-away"] is Grade.BROKEN


async def said(data: Path, **given: Any) -> dict[str, dict[str, str]]:
    settings = load(env_file=None, data_dir=data, **given)
    return {finding.key: dict(finding.args) async for finding in examine(settings)}


async def test_the_process_that_owns_the_data_is_named_and_left_alone(tmp_path: Path) -> None:
    assert "doctor-lock-free" in await found(tmp_path)
    claim = Claim(tmp_path, {})
    try:
        args = (await said(tmp_path))["doctor-lock"]
    finally:
        claim.release()

    assert args["process"] == str(os.getpid())
    assert "doctor-lock-free" in await found(tmp_path)
    Claim(tmp_path, {}).release()


async def test_flows_are_checked_and_the_first_mistake_is_told(tmp_path: Path) -> None:
    own = tmp_path / "flows"
    assert (await found(tmp_path, flows_dir=own))["doctor-flows-away"] is Grade.BROKEN
    own.mkdir()
    assert (await found(tmp_path, flows_dir=own))["doctor-flows"] is Grade.FINE
    (own / "bad.yaml").write_text("flow: bad\nsteps: nonsense\n")

    assert (await found(tmp_path, flows_dir=own))["doctor-flows-broken"] is Grade.BROKEN
    assert "bad.yaml" in (await said(tmp_path, flows_dir=own))["doctor-flows-broken"]["what"]


async def test_a_folder_that_cannot_be_one_is_broken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    assert (await found(tmp_path / "file"))["doctor-disk-broken"] is Grade.BROKEN


async def findings(data: Path, **given: Any) -> list[tuple[str, str]]:
    """Return each finding with the bot it is about."""
    settings = load(env_file=None, data_dir=data, **given)
    return [
        (finding.key, finding.args.get("bot") or finding.args.get("name", ""))
        async for finding in examine(settings)
    ]


async def test_each_of_several_bots_is_looked_at(tmp_path: Path) -> None:
    one, two = BotApi("1000:one"), BotApi("2000:two", username="other_bot")
    two.is_revoked = True
    async with serving(one, others=[two]) as base:
        given = {"telegram_bot_token": "1000:one, 2000:two", "telegram_api_base": base}
        found = await findings(tmp_path, **given)
        assert ("doctor-telegram", "@greenroom_bot") in found
        assert ("doctor-bot-token", "2000") in found

        two.is_revoked = False
        found = await findings(tmp_path, **given)
    assert ("doctor-telegram", "@other_bot") in found
    assert not any(key == "doctor-bot-token" for key, _ in found)


async def test_what_a_bot_that_is_gone_has_left_undone_is_counted(tmp_path: Path) -> None:
    settings = load(env_file=None, data_dir=tmp_path)
    async with opened_store(settings, lambda bot, _: f"chat/telegram.{bot}.5") as store:
        await store.accept("2000", [{"update_id": 1}, {"update_id": 2}], next_offset=3)
        await store.accept("1000", [{"update_id": 1}], next_offset=2)
        (first, *_) = store.unabsorbed()
        ticket = store.commit("chat/telegram.2000.5", Chat(key="x"), absorbed=[first.n], owes=0.0)
        await asyncio.wait_for(_durable(ticket), 5)

    async with serving(BotApi("1000:one")) as base:
        given = {"telegram_bot_token": "1000:one", "telegram_api_base": base}
        async for finding in examine(load(env_file=None, data_dir=tmp_path, **given)):
            if finding.key == "debug-bot-away":
                break
        else:
            raise AssertionError("nothing is said of the other bot")

    assert dict(finding.args) == {"bot": "2000", "chats": "1", "mail": "1"}


async def _durable(ticket: Any) -> None:
    written = asyncio.Event()
    ticket.when_durable(written.set)
    await written.wait()
