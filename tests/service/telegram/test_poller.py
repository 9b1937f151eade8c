"""Fetching: nothing is confirmed before it is stored, and nothing blocks the bot."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from actors.ports import Accepted, StoreFullError
from service.channels.telegram.aiogram_light import (
    TelegramConflictError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from service.channels.telegram.failures import BadTokenError, GarbledReplyError
from service.channels.telegram.poller import ALLOWED, LIMIT, Poller, WedgedError
from service.channels.telegram.salvage import salvaged
from tests.service.telegram.conftest import Memory, Stage

pytestmark = pytest.mark.anyio


class Script:
    """Stands for the bot and its session: answers getUpdates as it was told, then hangs."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Any] = []
        self.rebuilt = 0
        self.done = asyncio.Event()

    async def __call__(self, call: Any, request_timeout: int) -> Any:
        self.asked.append(call)
        if not self.answers:
            self.done.set()
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if answer == "hang":
            await asyncio.Event().wait()
        return answer

    async def rebuild(self) -> None:
        self.rebuilt += 1


class Run:
    """One run of a poller over a script; pauses are noted and not slept."""

    def __init__(self, *answers: Any, **options: Any) -> None:
        self.script = Script(*answers)
        self.store = options.pop("store", Memory())
        self.pauses: list[float] = []
        self.arrived: list[Accepted] = []
        self.caught_up = 0
        self.poison: list[bytes] = []

        async def sleep(seconds: float) -> None:
            self.pauses.append(seconds)
            await asyncio.sleep(0)

        def catch_up() -> None:
            self.caught_up += 1

        self.poller = Poller(
            self.script,  # type: ignore[arg-type]
            self.script,  # type: ignore[arg-type]
            self.store,
            name="7",
            on_batch=self.arrived.extend,
            on_caught_up=catch_up,
            on_poison=self.poison.append,
            sleep=sleep,
            **options,
        )

    async def to_the_end(self) -> Run:
        """Run until the script has nothing more to say."""
        task = asyncio.get_running_loop().create_task(self.poller.run())
        ended = asyncio.get_running_loop().create_task(self.script.done.wait())
        await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        ended.cancel()
        if task.done():
            await task
        task.cancel()
        return self


def updates(*ids: int) -> list[dict[str, Any]]:
    return [{"update_id": number, "message": {"chat": {"id": 1}}} for number in ids]


def method(kind: type[Exception], *more: Any) -> Exception:
    return kind(None, "said Telegram", *more)


async def test_a_batch_is_stored_before_its_offset_is_named() -> None:
    run = await Run(updates(5, 6), updates(9), offset=5).to_the_end()

    assert [call.offset for call in run.script.asked] == [5, 7, 10]
    assert [accepted.update["update_id"] for accepted in run.arrived] == [5, 6, 9]
    assert run.store.next_offset == 10


async def test_a_batch_on_its_way_to_the_disk_is_passed_on_whoever_ends_the_fetching() -> None:
    class Slow(Memory):
        def __init__(self) -> None:
            super().__init__()
            self.begun, self.written = asyncio.Event(), asyncio.Event()

        async def accept(self, *batch: Any, **more: Any) -> list[Accepted]:
            self.begun.set()
            await self.written.wait()
            return await super().accept(*batch, **more)

    store = Slow()
    run = Run(updates(5), store=store)
    task = asyncio.get_running_loop().create_task(run.poller.run())
    await store.begun.wait()

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    store.written.set()
    for _ in range(3):
        await asyncio.sleep(0)

    assert [accepted.update["update_id"] for accepted in run.arrived] == [5]


async def test_the_first_questions_of_a_life_do_not_wait_until_nothing_is_left() -> None:
    full = updates(*range(1, LIMIT + 1))

    run = await Run(full, updates(LIMIT + 1), []).to_the_end()

    assert [call.timeout for call in run.script.asked] == [0, 0, 45, 45]
    assert run.caught_up == 1
    assert list(run.script.asked[0].allowed_updates) == list(ALLOWED)


@pytest.mark.parametrize(
    ("problem", "least", "most"),
    [
        (method(TelegramRetryAfter, 9), 9, 10),
        (method(TelegramServerError), 0.2, 1),
        (method(TelegramNetworkError), 0.2, 1),
        (
            GarbledReplyError("getUpdates", b"<html>Sign in to the wifi</html>", ValueError()),
            0.2,
            1,
        ),
    ],
)
async def test_trouble_is_waited_out(problem: Exception, least: float, most: float) -> None:
    run = await Run(problem, updates(1)).to_the_end()

    (pause,) = run.pauses
    assert least <= pause <= most
    assert len(run.arrived) == 1
    assert run.poison == []


async def test_pauses_grow_while_trouble_lasts_and_start_anew_after_it() -> None:
    run = await Run(
        *[method(TelegramServerError)] * 12, [], method(TelegramServerError)
    ).to_the_end()

    assert max(run.pauses[:3]) <= 3
    assert min(run.pauses[8:12]) >= 10
    assert max(run.pauses) <= 45
    assert run.pauses[12] <= 1


async def test_a_conflict_is_explained_once(caplog: pytest.LogCaptureFixture) -> None:
    looked = []

    async def look() -> None:
        looked.append(1)
        raise RuntimeError("no")

    run = await Run(*[method(TelegramConflictError)] * 3, updates(1), on_conflict=look).to_the_end()

    told = [line for line in caplog.records if line.levelno == logging.ERROR]
    assert len(told) == 1
    assert "Somebody else" in told[0].message
    assert looked == [1]
    assert len(run.arrived) == 1


async def test_a_wrong_token_ends_it_with_a_sentence() -> None:
    with pytest.raises(BadTokenError, match="BotFather"):
        await Run(method(TelegramUnauthorizedError)).to_the_end()


async def test_a_full_store_is_asked_again_and_nothing_is_confirmed_meanwhile() -> None:
    store = Memory()
    store.failures = [StoreFullError("full"), StoreFullError("full")]

    run = await Run(updates(1), updates(1, 2), updates(1, 2), store=store).to_the_end()

    assert store.calls == 3
    assert len(run.pauses) == 2
    assert [call.offset for call in run.script.asked] == [None, None, None, 3]
    assert len(run.arrived) == 2, "whoever writes meanwhile is seen, too"


async def test_what_has_no_id_goes_to_the_dead_letters_and_the_rest_arrives() -> None:
    run = await Run([{"message": {}}, *updates(4), {"update_id": "5"}]).to_the_end()

    assert [accepted.update["update_id"] for accepted in run.arrived] == [4]
    assert len(run.poison) == 2
    assert run.poller.offset == 5


async def test_broken_json_is_salvaged() -> None:
    body = (
        b'{"ok":true,"result":[{"update_id":5,"message":{"text":"\\ud83d"}},'
        b'{"update_id":6,"message":{"text":\xff"x}},{"update_id":7,"message":{"text":"ok"}}]}'
    )

    run = await Run(GarbledReplyError("getUpdates", body, ValueError())).to_the_end()

    assert [accepted.update["update_id"] for accepted in run.arrived] == [5, 6, 7]
    assert run.arrived[0].update["message"]["text"] == "?"
    assert run.arrived[1].update == {"update_id": 6}
    assert len(run.poison) == 1
    assert run.poller.offset == 8


def test_an_update_that_quotes_an_update_is_one_update() -> None:
    text = '{"update_id": 99} {"update_id": 98}'
    body = json.dumps({"ok": True, "result": [{"update_id": 1, "message": {"text": text}}]})

    found = salvaged(body.encode() + b"\xff")

    assert [update["update_id"] for update in found.updates] == [1]
    assert found.lost == []


async def test_a_hanging_request_gets_new_connections_and_then_gives_up() -> None:
    run = Run("hang", updates(1), "hang", "hang", wedged=0.01)

    with pytest.raises(WedgedError):
        await run.to_the_end()

    assert run.script.rebuilt == 2
    assert len(run.arrived) == 1


async def test_a_paused_poller_asks_nothing_until_it_is_resumed() -> None:
    run = Run(updates(1))
    run.poller.pause()
    task = asyncio.get_running_loop().create_task(run.poller.run())
    for _ in range(5):
        await asyncio.sleep(0)
    assert run.poller.paused
    assert run.script.asked == []

    run.poller.resume()
    await asyncio.wait_for(run.script.done.wait(), 5)

    assert len(run.arrived) == 1
    task.cancel()


# -- over HTTP --------------------------------------------------------------------------------


async def polling(stage: Stage, until: Callable[[list[Accepted]], bool]) -> list[Accepted]:
    arrived: list[Accepted] = []
    enough = asyncio.Event()

    def take(batch: Any) -> None:
        arrived.extend(batch)
        if until(arrived):
            enough.set()

    task = asyncio.get_running_loop().create_task(stage.telegram.poll(stage.store, on_batch=take))
    try:
        await asyncio.wait_for(enough.wait(), 10)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return arrived


async def test_what_people_say_arrives_once_though_the_poller_is_started_twice(
    stage: Stage,
) -> None:
    stage.say("one")
    first = await polling(stage, lambda arrived: len(arrived) == 1)
    stage.say("two")
    second = await polling(stage, lambda arrived: len(arrived) == 1)

    assert [accepted.update["message"]["text"] for accepted in (*first, *second)] == ["one", "two"]


async def test_a_batch_that_was_not_stored_comes_again(stage: Stage) -> None:
    stage.say("one")
    stage.store.failures = [RuntimeError("the disk is on fire")]
    with pytest.raises(RuntimeError):
        await stage.telegram.poll(stage.store, on_batch=lambda _: None)

    again = await polling(stage, lambda arrived: len(arrived) == 1)

    assert again[0].update["message"]["text"] == "one"


async def test_a_foreign_button_is_acknowledged_while_ours_waits_for_its_chat(
    stage: Stage,
) -> None:
    query = {"id": "77", "from": {"id": 1001}, "data": "alien:1", "chat_instance": "1"}
    stage.api.world.updates.put_raw({"callback_query": query})
    mine = {**query, "id": "78", "data": "g:stop:1", "message": {"chat": {"id": 1001}}}
    stage.api.world.updates.put_raw({"callback_query": mine})

    await polling(stage, lambda arrived: len(arrived) == 2)
    await asyncio.gather(*stage.telegram._acknowledger._tasks)

    calls = stage.calls("answerCallbackQuery")
    assert [call["params"]["callback_query_id"] for call in calls] == ["77"]
    assert "earlier answer" in calls[0]["params"]["text"]
