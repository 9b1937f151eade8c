"""The control side: it obeys our page and our tests, and no other page in the world."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.service.playground.bot import Bot
from tests.service.playground.client import Shown, playing
from tests.service.playground.conftest import ADA, Stand

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


async def post(stand: Stand, path: str, **body: Any) -> Json:
    async with (
        aiohttp.ClientSession(headers=stand.key) as session,
        session.post(f"{stand.address}/_/{path}", json=body) as response,
    ):
        answer: Json = await response.json()
        return answer


async def get(stand: Stand, path: str) -> Json:
    async with (
        aiohttp.ClientSession(headers=stand.key) as session,
        session.get(f"{stand.address}/_/{path}") as response,
    ):
        answer: Json = await response.json()
        return answer


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Playground-Key": "guess"},
        {"X-Playground-Key": "KEY", "Origin": "https://evil.example"},
        {"X-Playground-Key": "KEY", "Host": "evil.example"},
        {"X-Playground-Key": "KEY", "Host": "127.0.0.1.evil.example:80"},
        {"X-Playground-Key": "KEY", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_strangers_are_turned_away(stand: Stand, headers: dict[str, str]) -> None:
    sent = {key: value.replace("KEY", stand.api.key) for key, value in headers.items()}
    body = {"person": ADA, "text": "do this"}

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{stand.address}/_/say", json=body, headers=sent) as response,
    ):
        assert response.status == 403

    assert stand.api.world.chat(ADA).messages == {}


async def test_a_foreign_name_for_this_machine_gets_no_page_and_so_no_key(stand: Stand) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(stand.address, headers={"Host": "rebound.example"}) as response,
    ):
        assert response.status == 403
        assert stand.api.key not in await response.text()


async def test_the_page_may_run_nothing_but_its_own_files(stand: Stand) -> None:
    async with aiohttp.ClientSession() as session, session.get(stand.address) as response:
        policy = response.headers["Content-Security-Policy"]
        page = await response.text()

    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "onclick" not in page
    assert "style=" not in page


async def test_a_whole_talk_over_http(stand: Stand, bot: Bot) -> None:
    person = (await post(stand, "people", name="Zoe", language="de"))["person"]["id"]
    chat = (await post(stand, "chats", title="Pair", members=[person], topics=["T"]))["ok"]
    assert chat is False  # a small group has no topics
    forum = await post(
        stand, "chats", title="Pair", members=[person], type="supergroup", topics=["T"]
    )
    topic = forum["chat"]["topics"][0]["id"]
    await post(stand, "privacy", on=False)
    said = await post(stand, "say", person=person, chat=forum["chat"]["id"], topic=topic, text="a")
    await post(stand, "edit", person=person, chat=forum["chat"]["id"], message_id=2, text="b")

    updates = await bot.updates(wait=0)

    assert said["message"]["message_id"] == 2
    assert [next(iter(update.keys() - {"update_id"})) for update in updates] == [
        "message",
        "edited_message",
    ]
    shown = await get(stand, f"chat?chat={forum['chat']['id']}")
    assert [message.get("text") for message in shown["messages"]] == [None, "b"]


async def test_files_are_sent_over_http(stand: Stand, bot: Bot) -> None:
    form = aiohttp.FormData()
    for key, value in {"person": str(ADA), "kind": "document", "caption": "two"}.items():
        form.add_field(key, value)
    for name in ("a.txt", "b.txt"):
        form.add_field("file", b"words", filename=name, content_type="text/plain")
    async with (
        aiohttp.ClientSession(headers=stand.key) as session,
        session.post(f"{stand.address}/_/send", data=form) as response,
    ):
        sent = (await response.json())["messages"]

    heard = [update["message"] for update in await bot.updates(wait=0)]
    assert heard == sent
    assert [message["document"]["file_name"] for message in heard] == ["a.txt", "b.txt"]
    assert heard[0]["media_group_id"] == heard[1]["media_group_id"]


async def test_faults_calls_and_updates_are_ordered_over_http(stand: Stand, bot: Bot) -> None:
    await post(stand, "faults", kind="429", chat=ADA, seconds=3)
    assert (await bot.refused("sendMessage", chat_id=ADA, text="x")).endswith("retry after 3")
    assert (await post(stand, "limits", clear=True))["penalties"] == {}
    await post(stand, "inject", update={"message": None})

    calls = await get(stand, "calls?method=sendMessage")

    assert [call["status"] for call in calls["calls"]] == [429]
    assert (await get(stand, f"calls?since={calls['last']}"))["calls"] == []
    assert (await bot.updates(wait=0))[0]["message"] is None


async def test_a_nonsensical_wish_is_refused_in_a_sentence(stand: Stand) -> None:
    missing = await post(stand, "say", person=ADA)
    unknown = await post(stand, "faults", kind="flood")

    assert missing["error_code"] == 400
    assert unknown["description"].startswith("Bad Request: a fault is one of 429")


async def test_without_a_parent_nothing_can_be_killed(stand: Stand) -> None:
    answer = await post(stand, "kill")

    assert answer["error_code"] == 409


async def test_a_file_with_script_in_it_is_never_shown_in_place(stand: Stand) -> None:
    form = aiohttp.FormData()
    form.add_field("person", str(ADA))
    form.add_field("kind", "document")
    form.add_field("file", b"<script>", filename="x.svg", content_type="image/svg+xml")
    async with aiohttp.ClientSession(headers=stand.key) as session:
        async with session.post(f"{stand.address}/_/send", data=form) as response:
            file_id = (await response.json())["messages"][0]["document"]["file_id"]
        async with session.get(f"{stand.address}/_/files/{file_id}") as response:
            assert response.headers["Content-Disposition"] == "attachment"
            assert response.content_type == "application/octet-stream"
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_process_says_where_it_is_and_takes_its_secrets_from_a_pipe() -> None:
    async with playing("--note", "Nobody answers.", token="77:secret", key="k") as playground:
        async with Bot(playground.address, "77:secret") as bot:
            me = await bot.call("getMe")
            await playground.say(ADA, "hi")
            update = (await bot.updates())[0]
            await bot.call("sendMessage", chat_id=ADA, text="hello")
            answer = await playground.until(ADA, Shown.finals)
        state = await playground.get("state")
        calls = await playground.calls(method="sendMessage")

    assert (me["id"], update["message"]["text"], answer) == (77, "hi", ["hello"])
    assert (state["notes"], len(state["people"])) == ({"": "Nobody answers."}, 3)
    assert [call["status"] for call in calls] == [200]


async def test_whoever_waits_in_vain_is_told_what_was_shown() -> None:
    async with playing() as playground:
        await playground.say(ADA, "anybody?")

        with pytest.raises(AssertionError, match=r"not within 0\.2 s; .*anybody"):
            await playground.until(ADA, Shown.finals, within=0.2)
