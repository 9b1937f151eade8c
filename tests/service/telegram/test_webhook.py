"""Updates that Telegram posts: believed only with the secret, thanked for only when stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from actors.ports import Accepted, StoreFullError
from service.channels.telegram import webhook as webhooks
from service.channels.telegram.failures import BadTokenError, GarbledReplyError
from service.channels.telegram.poller import ALLOWED
from service.channels.telegram.webhook import SECRET_HEADER, Hook, Webhook
from tests.service.telegram.conftest import TOKEN, Memory, Stage
from tests.stories.theatre import breath

pytestmark = pytest.mark.anyio

HOOK = Hook(url="https://bot.example.org/telegram", secret="s3cret-of-ours")


@dataclass
class Posting:
    """Telegram's side of the post."""

    client: aiohttp.ClientSession
    address: str
    webhook: Webhook
    store: Memory
    arrived: list[Accepted] = field(default_factory=list)
    poison: list[bytes] = field(default_factory=list)

    async def post(self, body: Any, secret: str = HOOK.secret, path: str = "/telegram") -> int:
        data = body if isinstance(body, bytes) else None
        async with self.client.post(
            self.address + path,
            data=data,
            json=None if data is not None else body,
            headers={SECRET_HEADER: secret},
        ) as reply:
            return reply.status


@pytest.fixture
async def posting(stage: Stage) -> AsyncIterator[Posting]:
    arrived: list[Accepted] = []
    poison: list[bytes] = []
    webhook = Webhook(
        stage.telegram._bot,
        stage.store,
        HOOK,
        name="1000",
        on_batch=arrived.extend,
        on_poison=poison.append,
    )
    async with webhook.listening() as port, aiohttp.ClientSession() as client:
        address = f"http://127.0.0.1:{port}"
        yield Posting(client, address, webhook, stage.store, arrived, poison)


async def test_an_update_with_the_secret_is_stored_and_passed_on(posting: Posting) -> None:
    assert await posting.post({"update_id": 5, "message": {}}) == 200

    assert [each.update["update_id"] for each in posting.store.accepted] == [5]
    assert posting.arrived == posting.store.accepted
    assert posting.store.next_offset is None, "whoever fetches next goes on where he was"


@pytest.mark.parametrize("secret", ["", "wrong", HOOK.secret + "x", "säcret"])
async def test_whoever_does_not_know_the_secret_is_not_believed(
    posting: Posting, secret: str
) -> None:
    assert await posting.post({"update_id": 5}, secret) == 403
    assert posting.store.calls == 0


async def test_thanks_are_said_only_once_the_store_has_it(posting: Posting) -> None:
    written = asyncio.Event()
    accept = posting.store.accept

    async def slow(*args: Any, **more: Any) -> list[Accepted]:
        await written.wait()
        return await accept(*args, **more)

    posting.store.accept = slow  # type: ignore[method-assign]
    post = asyncio.get_running_loop().create_task(posting.post({"update_id": 6}))
    assert await posting.post(b"no json") == 200, "another one is answered meanwhile"
    assert not post.done()
    written.set()
    assert await post == 200


async def test_a_full_store_and_a_pause_let_telegram_keep_it(posting: Posting) -> None:
    posting.store.failures = [StoreFullError()]
    assert await posting.post({"update_id": 7}) == 503
    posting.webhook.pause()
    assert await posting.post({"update_id": 7}) == 503
    posting.webhook.resume()
    assert await posting.post({"update_id": 7}) == 200


@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"message": {}}', b'{"update_id": true}'])
async def test_what_cannot_be_read_is_a_dead_letter_and_not_posted_again(
    posting: Posting, body: bytes
) -> None:
    assert await posting.post(body) == 200
    assert posting.poison == [body]
    assert posting.store.accepted == []


async def test_only_the_path_of_the_address_is_listened_at(posting: Posting) -> None:
    assert await posting.post({"update_id": 5}, path="/") == 404


@asynccontextmanager
async def running(stage: Stage, hook: Hook) -> AsyncIterator[asyncio.Event]:
    opened = asyncio.Event()
    webhook = Webhook(stage.telegram._bot, stage.store, hook, name="1000", on_batch=print)
    task = asyncio.get_running_loop().create_task(webhook.run(opened.set))
    try:
        yield opened
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_telegram_is_told_the_address_the_secret_and_what_we_want_to_hear(
    stage: Stage,
) -> None:
    async with running(stage, HOOK) as opened, asyncio.timeout(10):
        await opened.wait()

    (call,) = stage.calls("setWebhook")
    assert call["params"]["url"] == HOOK.url
    assert call["params"]["secret_token"] == HOOK.secret
    assert call["params"]["allowed_updates"] == list(ALLOWED)
    assert HOOK.secret not in repr(HOOK)


async def test_a_wrong_token_ends_it_with_a_sentence(stage: Stage) -> None:
    stage.fail("refuse", method="setWebhook", description="not now")
    webhook = Webhook(stage.telegram._bot, stage.store, HOOK, name="1000", on_batch=print)
    other = Webhook(
        stage.telegram._bot.__class__(TOKEN[:-1] + "x", session=stage.telegram._sending),
        stage.store,
        HOOK,
        name="1000",
        on_batch=print,
    )
    with pytest.raises(BadTokenError):
        await other.run()
    async with asyncio.timeout(10):
        opened = asyncio.Event()
        task = asyncio.get_running_loop().create_task(webhook.run(opened.set))
        await opened.wait()  # the second time it is taken
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert len(stage.calls("setWebhook")) >= 2


async def test_a_reply_that_cannot_be_read_is_waited_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bot:
        calls = 0

        async def __call__(self, *_: object, **__: object) -> bool:
            self.calls += 1
            if self.calls == 1:
                raise GarbledReplyError("setWebhook", b"<html>", ValueError())
            return True

    monkeypatch.setattr(webhooks.random, "random", lambda: -0.5)
    bot, opened = Bot(), asyncio.Event()
    webhook = Webhook(bot, stage.store, HOOK, name="1000", on_batch=print)  # type: ignore[arg-type]
    task = asyncio.ensure_future(webhook.run(opened.set))
    async with asyncio.timeout(10):
        await opened.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert bot.calls == 2


async def test_a_token_that_is_revoked_or_a_webhook_that_is_changed_is_found_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "LOOK_EVERY", 0.05)
    webhook = Webhook(stage.telegram._bot, stage.store, HOOK, name="1000", on_batch=print)
    task = asyncio.ensure_future(webhook.run())
    async with asyncio.timeout(10):
        while not stage.api.world.webhook:
            await breath()
        stage.fail("5xx", method="getWebhookInfo")
        stage.api.world.webhook = "https://elsewhere.example.org"
        while stage.api.world.webhook != HOOK.url:
            await breath()
        assert webhook.is_open
        stage.api.is_revoked = True
        with pytest.raises(BadTokenError):
            await task
    assert not webhook.is_open


async def test_each_of_several_bots_has_a_path_and_a_secret_of_its_own(stage: Stage) -> None:
    stores = {bot: Memory() for bot in ("1000", "2000")}
    hooks = {bot: HOOK.of(bot) for bot in stores}
    hung = {
        bot: Webhook(stage.telegram._bot, stores[bot], hooks[bot], name=bot, on_batch=print)
        for bot in stores
    }
    assert HOOK.secret not in hooks["1000"].secret + hooks["2000"].secret
    async with AsyncExitStack() as stack, aiohttp.ClientSession() as client:

        async def post(bot: str, secret: str) -> int:
            url = f"http://127.0.0.1:{port}/telegram/{bot}"
            headers = {SECRET_HEADER: secret}
            async with client.post(url, json={"update_id": 5}, headers=headers) as reply:
                return reply.status

        port = await stack.enter_async_context(hung["1000"].listening())
        async with hung["2000"].listening() as same:
            assert port == same
            assert await post("2000", hooks["1000"].secret) == 403
            assert await post("2000", hooks["2000"].secret) == 200
            assert await post("1000", hooks["1000"].secret) == 200
        assert await post("2000", hooks["2000"].secret) == 404, "it has gone"
        assert await post("1000", hooks["1000"].secret) == 200, "the other has not"

    assert [each.bot for each in stores["2000"].accepted] == ["2000"]
    assert [each.bot for each in stores["1000"].accepted] == ["1000", "1000"]
    async with hung["1000"].listening() as port:  # and it can be opened again
        assert port
