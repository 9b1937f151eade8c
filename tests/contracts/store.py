"""What every store promises, wherever it keeps things. Subclass, and give the fixture `stage`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, Protocol

import pytest

from actors.chat import Chat, apply
from actors.ports import Accepted, StoreFullError
from actors.ports import Store as Port
from fsm.data import Conversation
from fsm.events import Grew
from fsm.memory import Turn
from fsm.outbox import Answer, Outbox, Part, PartMoved, PartState, take
from fsm.states import State
from snapshots import Codec, Schema

KEY = "chat/telegram.1.42"
CODEC = Codec({"chat": Schema(value=Chat, deltas={"part": PartMoved, "grew": Grew}, apply=apply)})


class Stage(Protocol):
    """Where the store under test lives."""

    def opened(self) -> AbstractAsyncContextManager[Any]:
        """Open the store as it was left."""

    def kill(self) -> None:
        """Let the next one find what a kill would leave now."""

    def fill(self) -> None:
        """Let nothing more fit from now on."""

    def empty(self) -> None:
        """Let there be room again."""


def key_of(bot: str, update: Mapping[str, Any]) -> str:
    return f"chat/telegram.{bot}.{update['chat']}"


def updates(*ids: int, chat: int = 42) -> list[dict[str, Any]]:
    return [{"update_id": each, "chat": chat, "text": f"text {each}"} for each in ids]


def busy(**more: Any) -> Chat:
    conv = Conversation(state=State.GENERATING, turn=3, attempt=1, **more)
    outbox = take(Outbox(), Answer(id=0, turn=2, parts=(Part(body=b"\x00\xff"), Part(body=b"2"))))
    return Chat(key="telegram.1.42", conversation=conv, outbox=outbox)


class StoreContract:
    """The promises."""

    pytestmark = pytest.mark.anyio

    async def test_it_is_the_port_of_the_actors(self, stage: Stage) -> None:
        async with stage.opened() as store:
            port: Port = store
            accepted = await port.accept("1", updates(7), next_offset=8)
            assert [type(each) for each in accepted] == [Accepted]

    async def test_accepted_updates_and_the_offset_survive_a_kill(self, stage: Stage) -> None:
        async with stage.opened() as store:
            first = await store.accept("1", updates(7, 9), next_offset=10)
            stage.kill()
        async with stage.opened() as store:
            assert [each.n for each in first] == [1, 2]
            assert [each.update for each in store.unabsorbed()] == updates(7, 9)
            assert (store.offset("1"), store.offset("2")) == (10, None)

    async def test_an_update_is_accepted_once_whatever_the_order_of_ids(self, stage: Stage) -> None:
        async with stage.opened() as store:
            await store.accept("1", updates(70, 9), next_offset=71)
            assert await store.accept("1", updates(9, 70, 70), next_offset=71) == []
            assert [each.n for each in await store.accept("1", updates(3, 3), next_offset=4)] == [3]
            assert [each.n for each in await store.accept("2", updates(3), next_offset=4)] == [4]
            stage.kill()
        async with stage.opened() as store:
            assert await store.accept("1", updates(3, 9, 70), next_offset=71) == []
            assert [each.n for each in await store.accept("1", updates(4), next_offset=5)] == [5]

    async def test_a_thousand_ids_later_an_update_counts_as_new(self, stage: Stage) -> None:
        async with stage.opened() as store:
            await store.accept("1", updates(*range(1, 1002)), next_offset=1002)
            assert await store.accept("1", updates(2, 1001), next_offset=1002) == []
            assert [e.n for e in await store.accept("1", updates(1), next_offset=2)] == [1002]

    async def test_what_is_absorbed_does_not_come_back(self, stage: Stage) -> None:
        async with stage.opened() as store:
            mail = await store.accept("1", updates(1, 2, 3), next_offset=4)
            store.commit(KEY, busy(), absorbed=[mail[0].n], owes=0.0)
            store.absorb(mail[1].n)
            assert [each.n for each in store.unabsorbed()] == [3]
            assert (store.update(3), store.update(99)) == (updates(3)[0], None)
            await store.flush()
            stage.kill()
        async with stage.opened() as store:
            assert [each.n for each in store.unabsorbed()] == [3]

    async def test_a_full_store_accepts_nothing_and_says_so(self, stage: Stage) -> None:
        async with stage.opened() as store:
            await store.accept("1", updates(1), next_offset=2)
            stage.fill()
            with pytest.raises(StoreFullError):
                await store.accept("1", updates(2), next_offset=3)
            assert store.offset("1") == 2
            stage.empty()
            assert [
                e.update for e in await store.accept("1", updates(2), next_offset=3)
            ] == updates(2)
            assert len(store.unabsorbed()) == 2
            stage.kill()
        async with stage.opened() as store:
            assert [each.update for each in store.unabsorbed()] == updates(1, 2)

    async def test_mail_is_found_by_its_actor_in_order(self, stage: Stage) -> None:
        async with stage.opened() as store:
            mixed = [*updates(1, 2), *updates(3, chat=5), *updates(4)]
            await store.accept("1", mixed, next_offset=5)
            assert [each.n for each in store.pending(KEY, 2)] == [1, 2]
            store.absorb(1)
            assert [each.n for each in store.pending(KEY, 9)] == [2, 4]
            assert [each.n for each in store.pending(KEY, 9, after=2)] == [4]
            assert store.pending("chat/telegram.1.6", 9) == []

    async def test_an_update_that_nobody_understands_is_kept(self, stage: Stage) -> None:
        odd = {"update_id": 1, "surprise": {"half": "\ud83d", "big": 2**70, "bytes": [None, 1.5]}}
        async with stage.opened() as store:
            (mail,) = await store.accept("1", [odd], next_offset=2)
            assert mail.update == odd
            stage.kill()
        async with stage.opened() as store:
            assert [each.update["update_id"] for each in store.unabsorbed()] == [1]

    async def test_a_value_and_its_changes_survive_a_kill(self, stage: Stage) -> None:
        grew = Grew(turn=3, attempt=1, text="so far")
        moved = PartMoved(answer=1, part=0, state=PartState.SENT, message=77)
        async with stage.opened() as store:
            store.commit(KEY, busy(), owes=0.0)
            await store.flush()
            store.amend(KEY, grew, owes=0.0, soon=True)
            store.amend(KEY, moved, owes=5.0)
            await store.flush()
            assert await store.load(KEY) == apply(apply(busy(), grew), moved)
            stage.kill()
        async with stage.opened() as store:
            assert store.owing() == {KEY: 5.0}
            assert await store.load(KEY) == apply(apply(busy(), grew), moved)
            store.amend(KEY, Grew(turn=3, attempt=1, text="and on"), owes=None)
            await store.flush()
            stage.kill()
        async with stage.opened() as store:
            assert (await store.load(KEY)).conversation.partial == "and on"
            assert store.owing() == {}

    async def test_every_move_of_every_part_is_kept(self, stage: Stage) -> None:
        async with stage.opened() as store:
            store.commit(KEY, busy())
            await store.flush()
            expected = busy()
            for part in (0, 1):
                moved = PartMoved(answer=1, part=part, state=PartState.SENDING, repeats=part)
                store.amend(KEY, moved)
                expected = apply(expected, moved)
            await store.flush()
            stage.kill()
        async with stage.opened() as store:
            assert await store.load(KEY) == expected

    async def test_a_change_of_what_nobody_has_loaded_is_refused(self, stage: Stage) -> None:
        async with stage.opened() as store:
            with pytest.raises(LookupError, match="no value to change"):
                store.amend(KEY, Grew(turn=1, attempt=1, text=""))

    async def test_what_may_wait_is_read_at_once(self, stage: Stage) -> None:
        async with stage.opened() as store:
            store.commit(KEY, busy(), owes=0.0)
            await store.flush()
            for text in ("a", "ab", "abc"):
                store.amend(KEY, Grew(turn=3, attempt=1, text=text), owes=0.0, soon=True)
            assert (await store.load(KEY)).conversation.partial == "abc"

    async def test_a_ticket_is_kept_once_it_is_durable(self, stage: Stage) -> None:
        async with stage.opened() as store:
            heard: list[str] = []
            ticket = store.commit(KEY, busy())
            ticket.when_durable(lambda: heard.append("durable"))
            await store.flush()
            assert (heard, ticket.durable) == (["durable"], True)
            ticket.when_durable(lambda: heard.append("at once"))
            assert heard == ["durable", "at once"]

    async def test_a_retired_value_is_read_back(self, stage: Stage) -> None:
        async with stage.opened() as store:
            assert await store.load(KEY) is None
            store.commit(KEY, busy(), owes=7.5)
            await store.flush()
            await store.retire(KEY, busy())
            assert await store.load(KEY) == busy()
            stage.kill()
        async with stage.opened() as store:
            assert await store.load(KEY) == busy()
            assert store.owing() == {KEY: 7.5}

    async def test_what_comes_after_a_retirement_is_newer_than_it(self, stage: Stage) -> None:
        async with stage.opened() as store:
            for text in ("first", "second", "third"):  # nobody loads it in between
                store.commit(KEY, busy(partial=text))
                await store.retire(KEY, busy(partial=text))
            assert (await store.load(KEY)).conversation.partial == "third"
            stage.kill()
        async with stage.opened() as store:
            assert (await store.load(KEY)).conversation.partial == "third"

    async def test_it_is_so_for_a_value_of_an_earlier_life_that_was_often_changed(
        self, stage: Stage
    ) -> None:
        async with stage.opened() as store:
            for number in range(50):
                store.commit(KEY, busy(partial=f"first life {number}"))
                await store.flush()
            stage.kill()
        async with stage.opened() as store:
            old = await store.load(KEY)
            await store.retire(KEY, replace(old, key="left"))
            store.commit(KEY, busy(partial="came back"))  # and had no look at what it left
            await store.flush()
            stage.kill()
        async with stage.opened() as store:
            assert (await store.load(KEY)).conversation.partial == "came back"

    async def test_who_is_called_back_while_leaving_goes_on_with_the_newest(
        self, stage: Stage
    ) -> None:
        async with stage.opened() as store:
            for _ in range(3):
                store.commit(KEY, Chat(key="old"))
                await store.flush()
            await store.retire(KEY, Chat(key="old"))
            store.commit(KEY, busy(), owes=7.5)  # mail had come: its actor never went
            await store.flush()
            await store.retire(KEY, busy())
            assert await store.load(KEY) == busy()
            stage.kill()
        async with stage.opened() as store:
            assert await store.load(KEY) == busy()

    async def test_a_value_at_rest_is_read_back_and_can_be_changed(self, stage: Stage) -> None:
        moved = PartMoved(answer=1, part=0, state=PartState.SENT, message=77)
        async with stage.opened() as store:
            store.commit(KEY, busy(), owes=7.5)
            store.rest(KEY, busy())
            assert await store.load(KEY) == busy()
            store.amend(KEY, moved, owes=7.5)
            await store.flush()
            store.rest(KEY, apply(busy(), moved))
            stage.kill()
        async with stage.opened() as store:
            assert await store.load(KEY) == apply(busy(), moved)
            assert store.owing() == {KEY: 7.5}

    async def test_what_is_committed_or_changed_is_newer_than_what_rests(
        self, stage: Stage
    ) -> None:
        moved = PartMoved(answer=1, part=0, state=PartState.SENT, message=77)
        async with stage.opened() as store:
            store.commit(KEY, busy())
            store.rest(KEY, busy())
            store.commit(KEY, busy(partial="newer"))  # mail had come: its actor never went
            assert await store.load(KEY) == busy(partial="newer")
            store.rest(KEY, busy(partial="newer"))
            store.amend(KEY, moved)
            await store.flush()
            assert await store.load(KEY) == apply(busy(partial="newer"), moved)

    async def test_who_is_retired_rests_no_more(self, stage: Stage) -> None:
        async with stage.opened() as store:
            store.commit(KEY, busy())
            store.rest(KEY, busy())
            await store.retire(KEY, busy(partial="newer"))
            assert (await store.load(KEY)).conversation.partial == "newer"

    async def test_nothing_that_is_forgotten_rests(self, stage: Stage) -> None:
        async with stage.opened() as store:
            store.commit(KEY, busy())
            await store.flush()
            store.rest(KEY, busy())
            await store.forget(KEY)
            assert await store.load(KEY) is None

    async def test_a_clean_end_loses_nothing(self, stage: Stage) -> None:
        async with stage.opened() as store:
            await store.accept("1", updates(7, 8), next_offset=9)
            store.commit(KEY, busy(), absorbed=[1], owes=99.5, soon=True)
        async with stage.opened() as store:
            assert await store.load(KEY) == busy()
            assert store.owing() == {KEY: 99.5}
            assert [each.update for each in store.unabsorbed()] == updates(8)
            assert store.offset("1") == 9
            assert await store.accept("1", updates(7, 8), next_offset=9) == []

    async def test_the_archive_keeps_turns_in_order(self, stage: Stage) -> None:
        turns = [Turn(number=number, prompts=(), answer="a" * number) for number in range(1, 4)]
        async with stage.opened() as store:
            await store.flush()  # the journal has begun, as it has before any turn is over
            await store.archive(KEY, turns[:2])
            await store.archive(KEY, turns[2:])
            stage.kill()
        async with stage.opened() as store:
            assert await store.archived(KEY) == turns
            assert await store.archived("chat/telegram.1.9") == []

    async def test_dead_letters_are_kept(self, stage: Stage) -> None:
        async with stage.opened() as store:
            store.dead_letters.bury({"n": 1, "update": updates(1)[0]})
            store.dead_letters.bury({"n": 2})
            await store.flush()
            stage.kill()
        async with stage.opened() as store:
            letters = await store.dead_letters.read()
            assert [letter["n"] for letter in letters] == [1, 2]
            assert letters[0]["update"] == updates(1)[0]

    async def test_what_is_forgotten_is_gone_and_the_rest_is_not(self, stage: Stage) -> None:
        other = "chat/telegram.1.5"
        async with stage.opened() as store:
            await store.accept("1", [*updates(1, 2), *updates(3, chat=5)], next_offset=4)
            store.commit(KEY, busy(), absorbed=[1], owes=0.0)
            store.commit(other, busy(partial="of the other"), owes=0.0)
            await store.archive(KEY, [Turn(number=1, prompts=())])
            store.dead_letters.bury({"key": KEY, "n": 1})
            store.dead_letters.bury({"n": 3})
            store.dead_letters.bury({"raw": b"it might be anybody's"})
            await store.forget(KEY)
            assert await store.load(KEY) is None
            stage.kill()
        async with stage.opened() as store:
            assert await store.load(KEY) is None
            assert (await store.load(other)).conversation.partial == "of the other"
            assert [each.n for each in store.unabsorbed()] == [3]
            assert store.owing() == {other: 0.0}
            assert await store.archived(KEY) == []
            letters = await store.dead_letters.read()
            assert [(each["n"], each["key"]) for each in letters] == [(3, other)]
            store.commit(KEY, busy(partial="anew"))
            await store.flush()
            stage.kill()
        async with stage.opened() as store:
            assert (await store.load(KEY)).conversation.partial == "anew"
