"""The router: everything accepted goes somewhere, and nothing blocks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from actors.messages import Gone, Inbound
from actors.ports import Accepted, Address, Routed
from actors.router import Arrived, Router, Routing, Unreadable
from actors.runtime import Kind
from actors.runtime.testing import TestSystem
from fsm.content import Prompt
from fsm.events import Asked, Left, Mood, Reacted, Wondered
from tests.actors.memory_store import MemoryStore

pytestmark = pytest.mark.anyio


class Reader:
    def read(self, bot: str, update: Mapping[str, Any]) -> Routed | None:
        match update["kind"]:
            case "noise":
                return None
            case "poison":
                raise KeyError("field")
            case "help":
                event: Any = Wondered(key="help", language="zh-CN")
            case _:
                event = Asked(prompt=Prompt(text=update["kind"], language="zh-CN"))
        address = Address(channel="telegram", bot=bot, chat=update["chat"])
        return Routed(address=address, event=event, callback=update.get("callback", ""))


async def test_each_update_reaches_its_actor_in_order_and_the_rest_is_absorbed() -> None:
    store = MemoryStore()
    heard: list[tuple[str, Inbound]] = []
    buried: list[Unreadable] = []
    acknowledged: list[tuple[str, str]] = []

    def chat(state: str, message: Inbound, now: float) -> tuple[str, tuple[()]]:
        heard.append((state, message))
        return state, ()

    router = Router(
        reader=Reader(),
        store=store,
        ref_of=lambda routed: system.ref("chat", routed.address.key),
        bury=buried.append,
        acknowledge=lambda address, callback: acknowledged.append((address.key, callback)),
    )
    kinds = {
        "router": Kind(behaviour=router.turn, initial=lambda _: Routing(), perform=router.perform),
        "chat": Kind(behaviour=chat, initial=lambda key: key),
    }
    updates = [
        {"kind": "one", "chat": 1},
        {"kind": "noise"},
        {"kind": "poison"},
        {"kind": "two", "chat": 1, "callback": "c9"},
        {"kind": "help", "chat": 2},
    ]
    batch: list[Accepted] = [store.take("", update) for update in updates]
    async with TestSystem(kinds) as system:
        system.ref("router", "").tell(Arrived(batch=tuple(batch), replayed=True))
        await system.settle()

        first = [m.event.prompt.text for key, m in heard if key == "telegram.1.1"]  # type: ignore[union-attr]
        assert first == ["one", "two"]
        assert all(message.replayed and message.language == "zh-CN" for _, message in heard)
        assert [each.accepted.n for each in buried] == [3]
        assert acknowledged == [("telegram.1.1", "c9")]
        assert sorted(store.mail) == [1, 4, 5], "noise and poison are dealt with"
        assert system.get_state(system.ref("router", "")) == Routing(
            routed=3, ignored=1, unreadable=1
        )


LIKED = Reacted(message=7, mood=Mood.LIKED)


@pytest.mark.parametrize(("event", "told"), [(Left(), Gone), (LIKED, Reacted)])
async def test_all_topics_of_a_group_hear_what_happens_to_it_as_a_whole(
    event: object, told: type
) -> None:
    """We were thrown out of all of them; and of a reaction nobody says in which topic it is."""
    heard: list[tuple[str, object]] = []

    def chat(state: str, message: object, now: float) -> tuple[str, tuple[()]]:
        heard.append((state, type(message)))
        return state, ()

    class Group:
        def read(self, bot: str, update: Mapping[str, Any]) -> Routed:
            return Routed(address=Address(channel="telegram", bot="1", chat=-5), event=event)

    router = Router(
        reader=Group(),
        store=MemoryStore(),
        ref_of=lambda routed: system.ref("chat", routed.address.key),
        bury=print,
        acknowledge=print,
        topics=lambda address: [
            system.ref("chat", key) for key in (address.key, f"{address.key}.9")
        ],
    )
    kinds = {
        "router": Kind(behaviour=router.turn, initial=lambda _: Routing(), perform=router.perform),
        "chat": Kind(behaviour=chat, initial=lambda key: key),
    }
    async with TestSystem(kinds) as system:
        batch = (Accepted(n=1, bot="1", update={}),)
        system.ref("router", "").tell(Arrived(batch=batch))
        await system.settle()

    again = [("telegram.1.-5", Gone)] if told is Gone else []
    expected = [("telegram.1.-5", Inbound), ("telegram.1.-5.9", told), *again]
    assert sorted(heard, key=str) == sorted(expected, key=str)


async def test_mail_that_did_not_fit_is_read_again_from_the_store() -> None:
    store = MemoryStore()
    router = Router(
        reader=Reader(), store=store, ref_of=lambda _: None, bury=print, acknowledge=print
    )  # type: ignore[arg-type, return-value]
    for text in ("one", "two", "three"):
        store.take("chat/telegram.1.1", {"kind": text, "chat": 1})
    found = router.refill("telegram.1.1", 2)
    assert [each.event.prompt.text for each in found] == ["one", "two"]  # type: ignore[union-attr]
