"""Values that rest in memory: small, bounded, never older than the newest, and free of the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from fsm.content import Prompt
from fsm.data import Conversation
from fsm.events import Grew
from fsm.memory import Turn
from snapshots import Bounds, Codec, Store, open_on
from snapshots.codec import encode
from snapshots.resting import OVERHEAD, Resting, words_of
from snapshots.testing import MemoryDisk
from tests.contracts.store import CODEC, KEY, Accepted, Chat, key_of

pytestmark = pytest.mark.anyio
OTHER = "chat/telegram.1.43"


@asynccontextmanager
async def opened(disk: MemoryDisk, **bounds: int) -> AsyncIterator[Store]:
    async with open_on(
        disk,
        CODEC,
        key_of=key_of,
        accepted=Accepted,
        report=lambda kind, detail: pytest.fail(f"{kind}: {detail}"),
        bounds=Bounds(**bounds),
    ) as store:
        yield store


def talk(turns: int = 10) -> Chat:
    memory = tuple(
        Turn(
            number=number,
            prompts=(Prompt(text=f"question {number}", person="telegram.42", at=number),),
            answer=f"This is what there is to say about question {number}.",
        )
        for number in range(1, turns + 1)
    )
    return Chat(key="telegram.1.42", conversation=Conversation(turn=turns, memory=memory))


def test_twenty_short_messages_take_a_quarter_of_their_bytes() -> None:
    shelf = Resting(CODEC, 1 << 20)
    shelf.keep(KEY, talk())
    assert shelf.look(KEY) == talk()
    assert shelf.bytes - OVERHEAD < len(encode(talk())) / 4


def test_what_every_value_says_is_known_beforehand() -> None:
    words = words_of(Chat)
    assert all(word in words for word in (b"conversation", b"prompts", b"telegram"[:0], b"outbox"))
    shelf = Resting(CODEC, 1 << 20)
    shelf.keep(KEY, Chat(key="telegram.1.42"))
    assert shelf.bytes - OVERHEAD < len(encode(Chat())) / 8


def test_the_least_recently_used_are_let_go_for_the_newest() -> None:
    shelf = Resting(CODEC, 3 * OVERHEAD)
    assert [shelf.keep(f"chat/{number}", Chat()) for number in (1, 2)] == [[], []]
    assert shelf.keep("chat/1", Chat()) == []
    assert shelf.keep("chat/3", Chat()) == ["chat/2"]
    assert (list(shelf), len(shelf)) == (["chat/1", "chat/3"], 2)
    for key in ("chat/1", "chat/3", "chat/2"):
        shelf.drop(key)
    assert (shelf.bytes, len(shelf)) == (0, 0)


def test_without_room_nothing_rests() -> None:
    shelf = Resting(CODEC, 0)
    assert shelf.keep(KEY, Chat()) == [KEY]
    assert shelf.look(KEY) is None


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_going_to_rest_and_coming_back_touches_no_disk() -> None:
    disk = MemoryDisk()
    async with opened(disk) as store:
        store.commit(KEY, talk())
        await store.flush()
        calls: list[str] = []
        disk.fault = lambda call, path: calls.append(f"{call} {path}")
        store.rest(KEY, talk())
        assert store.resting.look(KEY) == talk()
        assert await store.load(KEY) == talk()
        assert KEY not in store.resting, "it is in memory as it was"
        await store.flush()
        assert calls == []


async def test_a_kill_loses_nothing_that_rests() -> None:
    disk = MemoryDisk()
    async with opened(disk) as store:
        store.commit(KEY, talk())
        await store.flush()
        store.rest(KEY, talk())
        left = disk.killed()
    async with opened(left) as store:
        assert await store.load(KEY) == talk()


async def test_who_is_let_go_is_read_from_the_journal_or_its_file() -> None:
    disk = MemoryDisk()
    async with opened(disk, resting_bytes=0) as store:
        store.commit(KEY, talk(), soon=True)
        store.rest(KEY, talk())
        assert await store.load(KEY) == talk(), "nothing of it is written yet"
        store.amend(KEY, Grew(turn=0, attempt=0, text="of another turn"))  # who is back may go on
        store.rest(KEY, talk())
        await store.flush()
        assert await store.load(KEY) == talk()
        store.rest(KEY, talk())
    async with opened(disk, resting_bytes=0) as store:
        assert await store.load(KEY) == talk()
        store.commit(KEY, talk(11))
        store.rest(KEY, talk(11))
        await store.flush()
        assert await store.load(KEY) == talk(11), "its file has an older one"


async def test_nothing_is_left_in_memory_of_who_is_let_go() -> None:
    async with opened(MemoryDisk(), resting_bytes=2 * OVERHEAD) as store:
        for number in range(50):
            store.commit(f"chat/{number}", Chat(key=str(number)))
            store.rest(f"chat/{number}", Chat(key=str(number)))
            if number % 2:  # whether the journal or a file has it
                await store.flush()
                await store._parts.compaction.everything()
        assert list(store._entries) == list(store.resting) == ["chat/49"]
        assert (store.statistics().resting, store.statistics().resting_bytes) == (
            1,
            store.resting.bytes,
        )


async def test_compaction_writes_the_file_of_who_rests_and_leaves_them_at_rest() -> None:
    disk = MemoryDisk()
    async with opened(disk) as store:
        store.commit(KEY, talk())
        store.commit(OTHER, Chat(key="other"))
        store.rest(KEY, talk())
        await store.flush()
        await store._parts.compaction.everything()
        assert list(store.resting) == [KEY]
        assert any(path.startswith("chat/") and "43" in path for path in disk.paths())
        left = disk.killed()
    async with opened(left) as store:
        assert await store.load(KEY) == talk()


def test_the_codec_knows_of_what_type_a_value_is() -> None:
    assert Codec({}).type_of("archived/x") is Turn
