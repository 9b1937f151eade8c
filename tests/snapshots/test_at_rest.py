"""What can be read from the disk: without keys, with keys, after a change of keys, after forget."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from actors.chat import Chat, apply
from actors.ports import Accepted
from fsm.content import Prompt
from fsm.data import Conversation
from fsm.events import Grew
from fsm.flow.state import Flow, Flows, Form, Given
from fsm.memory import Turn
from fsm.outbox import PartMoved
from fsm.states import State
from snapshots import Cipher, Codec, KeyRing, MissingKeyError, Plain, Schema, Store, open_on
from snapshots.files import path_of
from snapshots.testing import MemoryDisk

pytestmark = pytest.mark.anyio

MARK = "the-sentence-that-nobody-else-may-read"
KEY, OTHER = "chat/telegram.1.42", "chat/telegram.1.5"
CODEC = Codec({"chat": Schema(value=Chat, deltas={"part": PartMoved, "grew": Grew}, apply=apply)})
OLD, NEW = b"o" * 32, b"n" * 32
PLACES = ("journal", "snapshot", "previous", "archive", "letter", "damaged")
ANSWERS = ("answer typed", "answer read", "answer kept")
"""Where the answers of a guided flow are: in the one in hand, on its way through a model, kept."""


@asynccontextmanager
async def opened(disk: MemoryDisk, cipher: Cipher) -> AsyncIterator[Store]:
    def key_of(bot: str, update: Mapping[str, Any]) -> str:
        return f"chat/telegram.{bot}.{update['chat']}"

    async with open_on(
        disk,
        CODEC,
        key_of=key_of,
        accepted=Accepted,
        report=lambda *_: None,
        cipher=cipher,
    ) as store:
        yield store


def said(text: str) -> Chat:
    prompt = Prompt(text=f"{MARK} {text}", at=1.0)
    typed, kept = (Given(step="where", value=f"{MARK} answer {how}") for how in ("typed", "kept"))
    read = Prompt(text=f"{MARK} answer read", at=1.0)
    flows = Flows(
        current=Flow(number=1, name="trip", given=(typed,), reading=read),
        forms=(Form(flow="trip", revision="1", person="5", given=(kept,)),),
    )
    conv = Conversation(state=State.GENERATING, turn=3, attempt=1, prompts=(prompt,), flows=flows)
    return Chat(key="telegram.1.42", conversation=conv)


async def fill(store: Store, key: str = KEY) -> None:
    """Leave the sentence wherever one can be left; the last word of each tells where."""
    number = int(key.rpartition(".")[2])
    update = {"update_id": number, "chat": number, "text": f"{MARK} journal"}
    await store.accept("1", [update], next_offset=None)
    store.dead_letters.bury({"key": key, "text": f"{MARK} letter"})
    await store.archive(key, [Turn(number=1, prompts=(), answer=f"{MARK} archive")])
    for text in ("previous", "snapshot"):
        store.commit(key, said(text))
        await store.retire(key, said(text))
    await store.load(key)
    store.amend(key, Grew(turn=3, attempt=1, text=f"{MARK} journal"))
    await store.flush()


def damage(disk: MemoryDisk) -> None:
    """Set aside a file whose content has the sentence."""
    disk.make_dir("damaged")
    disk.write(f"damaged/{path_of(KEY).replace('/', '_')}.1", f"{MARK} damaged".encode())


def found(disk: MemoryDisk) -> list[str]:
    content = disk.everything()
    return [place for place in (*PLACES, *ANSWERS) if f"{MARK} {place}".encode() in content]


async def test_without_keys_the_sentence_is_in_every_place() -> None:
    disk = MemoryDisk()
    async with opened(disk, Plain()) as store:
        await fill(store)
        damage(disk)

        assert found(disk) == [*PLACES, *ANSWERS]
    assert MARK.encode() in disk.everything()


async def test_with_keys_it_is_nowhere_and_everything_is_read_back() -> None:
    disk = MemoryDisk()
    async with opened(disk, KeyRing([OLD])) as store:
        await fill(store)

        assert MARK.encode() not in disk.everything()
    assert MARK.encode() not in disk.everything()
    async with opened(disk, KeyRing([NEW, OLD])) as store:
        conv = (await store.load(KEY)).conversation
        assert conv.partial == f"{MARK} journal"
        assert conv.flows == said("").conversation.flows
        assert (await store.archived(KEY))[0].answer == f"{MARK} archive"
        assert (await store.dead_letters.read())[0]["text"] == f"{MARK} letter"
        assert store.unabsorbed()[0].update["text"] == f"{MARK} journal"


@pytest.mark.parametrize("first", [Plain(), KeyRing([OLD])])
async def test_after_rekey_only_the_new_key_is_needed_for_everything(first: Cipher) -> None:
    disk, steps = MemoryDisk(), []
    async with opened(disk, first) as store:
        await fill(store)
        await fill(store, OTHER)
        damage(disk)
    async with opened(disk, KeyRing([NEW, OLD])) as store:
        done = await store.upkeep.rekey(lambda *step: steps.append(step))

        assert MARK.encode() not in disk.everything()
        assert (done.files, steps[-1]) == (2, (2, 2))
        assert (await store.upkeep.rekey(lambda *_: None)).changed == 0, "nothing is left to do"
    async with opened(disk, KeyRing([NEW])) as store:
        assert (await store.load(KEY)).conversation.partial == f"{MARK} journal"
        assert (await store.archived(OTHER))[0].answer == f"{MARK} archive"
        assert len(await store.dead_letters.read()) == 2
        assert len(store.unabsorbed()) == 2


@pytest.mark.parametrize("ring", [Plain(), KeyRing([NEW])])
async def test_a_key_that_was_dropped_too_early_is_missed_at_start(ring: Cipher) -> None:
    disk = MemoryDisk()
    async with opened(disk, KeyRing([OLD])) as store:
        await fill(store)
    before = disk.everything()

    with pytest.raises(MissingKeyError, match="not in GREENROOM_DATA_KEYS"):
        async with opened(disk, ring):
            pass

    assert disk.everything() == before


@pytest.mark.parametrize("cipher", [Plain(), KeyRing([OLD])])
async def test_after_forget_nothing_of_the_chat_is_left_and_everything_of_the_other(
    cipher: Cipher,
) -> None:
    disk = MemoryDisk()
    async with opened(disk, cipher) as store:
        await fill(store)
        damage(disk)
    async with opened(disk, cipher) as store:
        store.dead_letters.bury({"raw": f"{MARK} of nobody knows whom".encode()})
        store.commit(OTHER, Chat(conversation=Conversation(turn=9)))
        await store.forget(KEY)

        assert MARK.encode() not in disk.everything()
        assert not [path for path in disk.paths() if "1.42" in path]
        assert store.unabsorbed() == []
    async with opened(disk, cipher) as store:
        assert await store.load(KEY) is None
        assert (await store.load(OTHER)).conversation.turn == 9


async def test_a_forgetting_that_a_kill_cut_short_is_finished_at_the_next_start() -> None:
    disk = MemoryDisk()
    ends: list[MemoryDisk] = []
    async with opened(disk, Plain()) as store:
        await fill(store)
        disk.watch = lambda: ends.append(disk.killed())
        await store.forget(KEY)
        disk.watch = lambda: None
    chance = random.Random(1)
    for end in chance.sample(ends, min(12, len(ends))):
        async with opened(end, Plain()) as store:
            value = await store.load(KEY)
            if value is None:
                assert not [path for path in end.paths() if "1.42" in path]
                assert await store.archived(KEY) == []
            else:  # it had not begun, so all is there
                assert value.conversation.partial == f"{MARK} journal"
