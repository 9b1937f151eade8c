"""Telegram posts updates to the service, which is killed as soon as it has said thank you."""

from __future__ import annotations

import socket
from pathlib import Path

import aiohttp
import pytest

from tests.stories.theatre import StandIns, theatre, words

pytestmark = pytest.mark.anyio


async def test_what_was_thanked_for_is_answered_after_a_kill(
    places: StandIns, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url, secret = "https://bot.example.org/telegram", "agreed-upon"
    async with theatre(places, tmp_path / "data") as stage, aiohttp.ClientSession() as telegram:
        settings = {
            "GREENROOM_WEBHOOK_URL": url,
            "GREENROOM_WEBHOOK_SECRET": secret,
            "GREENROOM_WEBHOOK_PORT": str(port),
        }
        await stage.start(asks="setWebhook", **settings)
        assert (await stage.calls("setWebhook"))[-1]["params"]["url"] == url
        ada = await stage.person("Ada")
        message = {
            "message_id": 900,
            "date": 1,
            "chat": {"id": ada.chat, "type": "private"},
            "from": {"id": ada.id, "is_bot": False, "first_name": "Ada"},
            "text": "posted and killed",
        }

        async with telegram.post(
            f"http://127.0.0.1:{port}/telegram",
            json={"update_id": 77, "message": message},
            headers={"X-Telegram-Bot-Api-Secret-Token": secret},
        ) as reply:
            assert reply.status == 200
        await stage.kill()
        await stage.start(asks="setWebhook")

        (answer,) = await ada.waits_for(1)
        assert "posted and killed" in words(answer)
        assert secret not in stage.printed()
        assert await stage.calls("getUpdates") == []
