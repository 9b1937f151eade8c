"""The store on a real disk: what is kept, what is refused, what a restart finds."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from actors.chat import Chat, apply
from actors.ports import Accepted
from fsm.data import Conversation
from fsm.events import Grew
from fsm.memory import Turn
from fsm.outbox import Answer, Outbox, Part, PartMoved, PartState, take
from fsm.states import State
from snapshots import (
    Bounds,
    Codec,
    DamagedError,
    DataDirectoryInUseError,
    NewerDataError,
    Schema,
    Store,
    open_on,
    open_store,
)
from snapshots.files import archive_of, path_of
from snapshots.testing import MemoryDisk

pytestmark = pytest.mark.anyio
KEY = "chat/telegram.1.42"

SCHEMA = Schema(value=Chat, deltas={"part": PartMoved, "grew": Grew}, apply=apply)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Reports(list[tuple[str, str]]):
    def __call__(self, kind: str, detail: str) -> None:
        self.append((kind, detail))


@asynccontextmanager
async def opened(
    path: Path, schema: Schema = SCHEMA, reports: Reports | None = None, **more: Any
) -> AsyncIterator[Store]:
    def key_of(bot: str, update: Mapping[str, Any]) -> str:
        return f"chat/telegram.{bot}.{update['chat']}"

    async with open_store(
        path,
        Codec({"chat": schema}),
        key_of=key_of,
        accepted=Accepted,
        report=reports if reports is not None else Reports(),
        **more,
    ) as store:
        yield store


async def killed(path: Path, store: Store) -> Path:
    """Return a copy of the data directory as a kill would leave it now."""
    copy = path.with_name(path.name + "-after-kill")
    for _ in range(20):  # a file that is renamed while it is being copied spoils the copy
        process = await asyncio.create_subprocess_exec("cp", "-r", str(path), str(copy))
        if await process.wait() == 0:
            return copy
        shutil.rmtree(copy)
    raise AssertionError(f"{path} never stands still")


def updates(*ids: int, chat: int = 42) -> list[dict[str, Any]]:
    return [{"update_id": each, "chat": chat, "text": f"text {each}"} for each in ids]


def busy(**more: Any) -> Chat:
    conv = Conversation(state=State.GENERATING, turn=3, attempt=1, **more)
    outbox = take(Outbox(), Answer(id=0, turn=2, parts=(Part(body=b"\x00\xff"), Part(body=b"2"))))
    return Chat(key="telegram.1.42", conversation=conv, outbox=outbox)


async def test_accepted_updates_and_the_offset_survive_a_kill(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        first = await store.accept("1", updates(7, 9), next_offset=10)
        copy = await killed(tmp_path / "a", store)
    async with opened(copy) as store:
        assert [each.n for each in first] == [1, 2]
        assert [each.update["update_id"] for each in store.unabsorbed()] == [7, 9]
        assert (store.offset("1"), store.offset("2")) == (10, None)
        assert await store.accept("1", updates(9, 7), next_offset=10) == [], "seen before"
        assert [each.n for each in await store.accept("1", updates(3), next_offset=4)] == [3]


async def test_a_value_and_its_changes_survive_a_kill(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        (mail,) = await store.accept("1", updates(7), next_offset=8)
        store.commit(KEY, busy(), absorbed=[mail.n], owes=0.0)
        grew = Grew(turn=3, attempt=1, text="so far")
        store.amend(KEY, grew, owes=0.0)
        moved = PartMoved(answer=1, part=0, state=PartState.SENT, message=77)
        store.amend(KEY, moved, owes=0.0)
        await store.flush()
        copy = await killed(tmp_path / "a", store)
    async with opened(copy) as store:
        assert await store.load(KEY) == apply(apply(busy(), grew), moved)
        assert store.unabsorbed() == []
        assert store.owing() == {KEY: 0.0}


async def test_what_may_wait_is_written_soon_and_read_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        store.commit(KEY, busy(), owes=0.0)
        await store.flush()
        for text in ("a", "ab", "abc"):
            ticket = store.amend(KEY, Grew(turn=3, attempt=1, text=text), owes=0.0, soon=True)
        assert not ticket.durable
        loaded = await store.load(KEY)
        assert loaded.conversation.partial == "abc"


async def test_of_an_answer_that_grows_the_newest_words_alone_are_in_memory(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        store.commit(KEY, busy(), owes=0.0)
        await store.flush()
        for text in ("a", "ab", "abc"):
            store.amend(KEY, Grew(turn=3, attempt=1, text=text), owes=0.0, soon=True)
            await store.flush()
        layers = store._entries[KEY].layers
        assert layers is not None
        assert len(layers.changes) == 1
        assert (await store.load(KEY)).conversation.partial == "abc"
        copy = await killed(tmp_path / "a", store)
    async with opened(copy) as store:
        assert (await store.load(KEY)).conversation.partial == "abc"


async def test_what_is_not_alike_stays_in_memory_in_its_order(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        store.commit(KEY, busy(), owes=0.0)
        await store.flush()
        grew = [Grew(turn=3, attempt=1, text=text) for text in ("a", "ab")]
        moved = PartMoved(answer=1, part=0, state=PartState.SENT, message=77)
        for change, soon in ((grew[0], True), (moved, False), (moved, False), (grew[1], True)):
            store.amend(KEY, change, owes=0.0, soon=soon)
            await store.flush()
        layers = store._entries[KEY].layers
        assert layers is not None
        assert [each.name for each in layers.changes] == ["grew", "part", "part", "grew"]


async def test_a_ticket_is_kept_only_after_the_write(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        order = []
        ticket = store.commit(KEY, busy())
        ticket.when_durable(lambda: order.append(store.statistics().syncs))
        assert order == []
        before = store.statistics().syncs
        await store.flush()
        assert order == [before + 1]
        ticket.when_durable(lambda: order.append("at once"))
        assert order[-1] == "at once"


async def test_many_commits_share_one_sync(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        before = store.statistics().syncs
        for number in range(200):
            store.commit(f"chat/telegram.1.{number}", busy())
        await store.flush()
        assert store.statistics().syncs - before <= 2


async def test_a_clean_end_leaves_files_and_no_backlog(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        (mail,) = await store.accept("1", updates(7), next_offset=8)
        store.commit(KEY, busy(), absorbed=[mail.n], owes=99.5)
        await store.accept("1", updates(8), next_offset=9)
    assert (tmp_path / "a" / path_of(KEY)).exists()
    async with opened(tmp_path / "a") as store:
        assert await store.load(KEY) == busy()
        assert store.owing() == {KEY: 99.5}
        assert [each.update["update_id"] for each in store.unabsorbed()] == [8]
        assert store.offset("1") == 9
        assert await store.load("chat/telegram.1.9") is None


async def test_a_retired_value_is_read_back_from_its_file(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        await store.retire(KEY, busy())
        assert await store.load(KEY) == busy()
        moved = PartMoved(answer=1, part=0, state=PartState.SENT, message=77)
        store.amend(KEY, moved)
        assert await store.load(KEY) == apply(busy(), moved)


async def test_a_torn_tail_is_left_out_and_said(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        await store.accept("1", updates(7), next_offset=8)
        copy = await killed(tmp_path / "a", store)
    (segment,) = (copy / "journal").iterdir()
    segment.write_bytes(segment.read_bytes() + b"\xc1\xf5\x01\x02torn")
    reports = Reports()
    async with opened(copy, reports=reports) as store:
        assert len(store.unabsorbed()) == 1
        await store.accept("1", updates(8), next_offset=9)
        again = await killed(copy, store)
    assert [kind for kind, _ in reports] == ["torn-tail"]
    async with opened(again) as store:
        assert len(store.unabsorbed()) == 2, "what was written after the torn tail is found"


async def test_a_damaged_file_is_set_aside_and_the_previous_generation_used(tmp_path: Path) -> None:
    older, newer = busy(), busy(plain=True)
    async with opened(tmp_path / "a") as store:
        await store.retire(KEY, older)
        await store.retire(KEY, newer)
    path = tmp_path / "a" / path_of(KEY)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    reports = Reports()
    async with opened(tmp_path / "a", reports=reports) as store:
        assert await store.load(KEY) == older
    assert reports[0][0] == "damaged-file"
    assert len(list((tmp_path / "a" / "damaged").iterdir())) == 1


async def test_a_lost_index_is_rebuilt_from_the_files(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        store.commit(KEY, busy(), owes=5.0)
    (tmp_path / "a" / "owes").unlink()
    async with opened(tmp_path / "a") as store:
        assert store.owing() == {KEY: 5.0}


async def test_mail_is_found_by_its_actor_in_order(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        await store.accept("1", [*updates(1, 2), *updates(3, chat=5), *updates(4)], next_offset=5)
        assert [each.n for each in store.pending(KEY, 2)] == [1, 2]
        store.absorb(1)
        assert [each.n for each in store.pending(KEY, 9)] == [2, 4]
        assert [each.n for each in store.pending(KEY, 9, after=2)] == [4]


async def test_a_long_journal_is_compacted_and_forgets_nothing_unabsorbed(tmp_path: Path) -> None:
    bounds = Bounds(segment_bytes=10_000, segments=1)
    async with opened(tmp_path / "a", bounds=bounds) as store:
        await store.accept("1", updates(1, 2), next_offset=3)
        for number in range(100):
            store.commit(KEY, busy(partial="x" * 1000 + str(number)), owes=0.0)
            await store.flush()
        with anyio.fail_after(10):
            while store.statistics().journal_bytes > 40_000:  # noqa: ASYNC110
                await anyio.sleep(0.01)
        copy = await killed(tmp_path / "a", store)
    async with opened(copy) as store:
        assert [each.update["update_id"] for each in store.unabsorbed()] == [1, 2]
        assert (await store.load(KEY)).conversation.partial.endswith("x99")
        assert store.owing() == {KEY: 0.0}


async def test_the_archive_grows_beside_the_snapshot(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        await store.archive(KEY, [Turn(number=1, prompts=()), Turn(number=2, prompts=())])
        await store.archive(KEY, [Turn(number=3, prompts=())])
    sizes = [each.stat().st_size for each in (tmp_path / "a").rglob("*.archive")]
    assert len(sizes) == 1
    assert sizes[0] > 0


async def test_two_services_never_share_a_data_directory(tmp_path: Path) -> None:
    async with opened(tmp_path / "a"):
        with pytest.raises(DataDirectoryInUseError, match=r"in use by process \d+"):
            async with opened(tmp_path / "a"):
                pass


async def test_newer_data_are_refused_and_left_alone(tmp_path: Path) -> None:
    newer = Schema(value=Chat, deltas=SCHEMA.deltas, apply=apply, version=2)
    async with opened(tmp_path / "a", newer) as store:
        store.commit(KEY, busy())
    before = {each: each.read_bytes() for each in (tmp_path / "a").rglob("*") if each.is_file()}
    with pytest.raises(NewerDataError, match="newer version"):
        async with opened(tmp_path / "a"):
            pass
    after = {each: each.read_bytes() for each in (tmp_path / "a").rglob("*") if each.is_file()}
    assert {k: v for k, v in after.items() if k.name != "lock"} == {
        k: v for k, v in before.items() if k.name != "lock"
    }


async def test_old_data_are_upgraded_on_the_way_in(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        store.commit(KEY, busy())

    def upgrade(plain: dict[str, Any]) -> dict[str, Any]:
        plain["conversation"]["plain"] = True
        return plain

    newer = Schema(value=Chat, deltas=SCHEMA.deltas, apply=apply, version=2, upgrades={1: upgrade})
    async with opened(tmp_path / "a", newer) as store:
        assert (await store.load(KEY)).conversation.plain is True


async def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    async with opened(tmp_path / "a") as store:
        await store.accept("1", updates(7), next_offset=8)
        await store.retire(KEY, busy())
    modes = {each.name: each.stat().st_mode & 0o077 for each in (tmp_path / "a").rglob("*")}
    modes.pop("format", None)
    assert set(modes.values()) == {0}, modes


def test_bytes_that_are_no_value_are_damaged() -> None:
    codec = Codec({"chat": SCHEMA})
    for bad in (b"", b"\xc1", b"\x93\x01\x02\x03", codec.pack(busy())[:-3]):
        with pytest.raises(DamagedError):
            codec.unpack(KEY, 1, bad)
    with pytest.raises(DamagedError, match="newer"):
        codec.unpack(KEY, 2, codec.pack(busy()))
    with pytest.raises(DamagedError, match="nobody has registered"):
        codec.unpack("cat/1", 1, b"")


async def test_mail_of_a_chat_in_quarantine_outlasts_compaction_and_two_kills(
    tmp_path: Path,
) -> None:
    bounds = Bounds(segment_bytes=20_000, segments=2)
    path, most, others = tmp_path / "a", 0, 0
    for life in range(3):
        async with opened(path, bounds=bounds) as store:
            if life == 0:
                # Nobody absorbs these: the actor they are for does not run.
                for first in range(1, 201, 20):
                    ids = range(first, first + 20)
                    await store.accept("1", updates(*ids), next_offset=first + 20)
            before = store._parts.journal.current
            while life < 2 and store._parts.journal.current < before + 12:
                others += 1
                update = updates(1000 + others, chat=others % 7)
                (mail,) = await store.accept("1", update, next_offset=1001 + others)
                key = f"chat/telegram.1.{others % 7}"
                store.commit(key, busy(partial="x" * 2000), absorbed=[mail.n])
                if others % 10 == 0:
                    await store.flush()
                    while store._parts.compaction._is_long:
                        await store._parts.compaction.oldest()
                    most = max(most, store.statistics().journal_bytes)
            waiting = [each.n for each in store.pending(KEY, 500)]
            assert waiting == sorted(waiting)
            assert [each.update for each in store.pending(KEY, 500)] == updates(*range(1, 201))
            assert store.offset("1") == 1001 + others
            path = (await killed(path, store)).rename(tmp_path / f"life {life}")
            written = store._parts.journal.current * bounds.segment_bytes
    assert written > 4 * most, "the journal stays short, however much is written"


async def test_a_commit_costs_the_same_however_long_the_archive_is() -> None:
    disk, costs = MemoryDisk(), []
    async with open_on(
        disk,
        Codec({"chat": SCHEMA}),
        key_of=lambda *_: KEY,
        accepted=Accepted,
        report=Reports(),
    ) as store:
        for turns in (20, 980):
            await store.archive(
                KEY, [Turn(number=n, prompts=(), answer="a" * 150) for n in range(turns)]
            )
            store.commit(KEY, busy())
            await store.flush()
            size, calls = store.statistics().journal_bytes, len(disk.calls)
            store.commit(KEY, busy(partial="x"))
            await store.flush()
            costs.append((store.statistics().journal_bytes - size, disk.calls[calls:]))

    assert len(disk.read(archive_of(KEY))) > 150_000
    assert costs[0] == costs[1]
    assert [call for call, _ in costs[1][1]] == ["append", "fsync"]
