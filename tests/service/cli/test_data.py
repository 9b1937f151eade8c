"""`greenroom snapshots` and `greenroom journal`, on a data directory as the service leaves it."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from actors.chat import Chat
from fsm.content import Prompt
from fsm.data import Conversation
from fsm.memory import Turn
from service import cli, exits, settings
from service.channels.telegram.addresses import key_of
from service.penalties import Penalty
from service.settings import Settings
from service.storing import media_of, opened_store
from snapshots import Store
from snapshots.files import path_of

MARK = "the-sentence-that-nobody-else-may-read"
KEY, OTHER, PEER = "chat/telegram.1.42", "chat/telegram.1.43", "peer/telegram.1.42"
OLD, NEW = (letter * 43 for letter in "oN")

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for field in Settings.model_fields:
        monkeypatch.delenv(settings.variable(field), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "var"


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*arguments: str, **env: str) -> tuple[int, str, str]:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["greenroom", *arguments])
        capsys.readouterr()
        code = cli.main()
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def chat(text: str) -> Chat:
    turn = Turn(number=1, prompts=(Prompt(text=f"{MARK} {text}"),), answer=f"{MARK} answer")
    return Chat(key="telegram.1.42", conversation=Conversation(memory=(turn,), turn=1))


@asynccontextmanager
async def served() -> AsyncIterator[Store]:
    """The store as the service has it open."""
    async with opened_store(settings.load(), key_of) as store:
        for number, key in ((42, KEY), (43, OTHER)):
            message = {"message_id": 1, "chat": {"id": number}, "text": f"{MARK} mail"}
            update = {"update_id": number, "message": message}
            (mail,) = await store.accept("1", [update], next_offset=number + 1)
            store.dead_letters.bury({"n": mail.n, "update": update})
            await store.archive(key, [Turn(number=0, prompts=(), answer=f"{MARK} archive")])
            store.commit(key, chat("first"))
            await store.retire(key, chat("first"))
            store.commit(key, chat("second"))
            await store.retire(key, chat("second"))
        store.commit(PEER, Penalty(until=5.0))
        await store.flush()
        media_of(settings.load()).put("file", f"{MARK} picture".encode())
        yield store


async def _lived() -> None:
    async with served():
        pass


def lived() -> None:
    anyio.run(_lived)


def everything(folder: Path) -> bytes:
    return b"\n".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_looking_works_beside_a_running_service_and_changing_is_refused(
    call: Call, data: Path, anyio_backend: str
) -> None:
    async def aside(*arguments: str) -> tuple[int, str, str]:
        return await anyio.to_thread.run_sync(lambda: call(*arguments))

    async with served():
        before = await anyio.to_thread.run_sync(everything, data)
        for looking in (["ls"], ["show", "42"], ["export", "42"], ["verify"]):
            code, _, err = await aside("snapshots", *looking)
            assert (code, err) == (0, "")
        for looking in ("stat", "show"):
            code, _, err = await aside("journal", looking)
            assert (code, err) == (0, "")
        for changing in (["forget", "--yes", "42"], ["repair"], ["rekey"]):
            code, _, err = await aside("snapshots", *changing)
            assert code == exits.MISCONFIGURED
            assert f"(process {os.getpid()})" in err
        assert await anyio.to_thread.run_sync(everything, data) == before


def test_everything_that_is_kept_is_listed(call: Call) -> None:
    lived()

    code, out, _ = call("snapshots", "ls")

    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["key", KEY, OTHER, PEER]
    assert call("snapshots", "ls", "peer/")[1].splitlines()[1].split()[0] == PEER
    assert call("snapshots", "ls", "nobody/") == (0, "", "")


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_the_size_is_that_of_the_newest_value_wherever_it_is(
    call: Call, anyio_backend: str
) -> None:
    async with opened_store(settings.load(), key_of) as store:
        store.commit(KEY, chat("x" * 3000))  # in the journal alone
        await store.flush()

        _, out, _ = await anyio.to_thread.run_sync(lambda: call("snapshots", "ls"))

    _, version, size, unit, *notes = out.splitlines()[1].split()
    assert (version, unit, notes) == ("1.1", "kB", ["newest", "in", "the", "journal"])
    assert float(size) > 2.9


@pytest.mark.parametrize("name", [KEY, "telegram.1.42", "42"])
def test_what_people_said_is_shown_only_on_request(call: Call, name: str) -> None:
    lived()

    _, hidden, _ = call("snapshots", "show", name)
    _, shown, _ = call("snapshots", "show", "--reveal", name)

    assert MARK not in hidden
    assert f"({len(MARK) + 7} characters)" in hidden
    assert json.loads(hidden)["key"] == "telegram.1.42"
    assert f"{MARK} second" in shown


def test_an_export_has_all_of_one_chat_and_is_for_its_owner_alone(
    call: Call, tmp_path: Path
) -> None:
    lived()

    code, _, _ = call("snapshots", "export", "42", "--to", str(tmp_path / "export.json"))

    assert code == 0
    exported = json.loads((tmp_path / "export.json").read_text())
    assert exported["value"]["conversation"]["memory"][0]["prompts"][0]["text"] == f"{MARK} second"
    assert exported["archive"][0]["answer"] == f"{MARK} archive"
    assert [each["update"]["update_id"] for each in exported["dead_letters"]] == [42]
    assert stat.S_IMODE((tmp_path / "export.json").stat().st_mode) == 0o600


def test_the_journal_shows_records_without_what_people_said(call: Call) -> None:
    lived()

    _, stat_, _ = call("journal", "stat")
    _, hidden, _ = call("journal", "show", "--last", "50")
    _, shown, _ = call("journal", "show", "--last", "50", "--reveal")

    assert "2 accepted updates wait." in stat_
    assert "Bot 1 asks from update 44 on." in stat_
    assert "accepted" in hidden
    assert MARK not in hidden
    assert f"{MARK} mail" in shown


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)


def test_damage_is_found_without_being_touched_and_repaired_on_request(
    call: Call, data: Path
) -> None:
    lived()
    for path in (path_of(KEY), f"{path_of(OTHER)}.prev", "dead-letters", "owes"):
        flip(data / path)
    flip((data / path_of(KEY)).with_suffix(".archive"))
    before = everything(data)

    code, out, err = call("snapshots", "verify")

    assert code == exits.DAMAGED
    assert "5 places are damaged" in err
    assert f"{path_of(KEY)}: its content does not match its checksum. It is set aside, and" in out
    assert f"{path_of(OTHER)}.prev: " in out
    assert "owes: its content does not match its checksum; it is rebuilt" in out
    assert everything(data) == before
    assert call("snapshots", "repair")[0] == 0
    code, out, err = call("snapshots", "verify")
    assert (code, err) == (0, "")
    assert "is whole" in out
    assert f"{MARK} first" in call("snapshots", "show", "--reveal", "42")[1], "the one before"
    assert len(list((data / "damaged").iterdir())) == 3


def test_after_rekey_nothing_can_be_read_and_the_old_key_may_go(call: Call, data: Path) -> None:
    lived()
    assert MARK.encode() in everything(data)

    code, out, _ = call("snapshots", "rekey", GREENROOM_DATA_KEYS=OLD)
    assert code == 0
    assert "only the first key is needed now" in out
    assert MARK.encode() not in everything(data)
    assert call("snapshots", "rekey", GREENROOM_DATA_KEYS=f"{NEW},{OLD}")[0] == 0
    code, out, _ = call("snapshots", "show", "--reveal", "42", GREENROOM_DATA_KEYS=NEW)
    assert f"{MARK} second" in out

    code, _, err = call("snapshots", "show", "42", GREENROOM_DATA_KEYS=OLD)
    assert code == exits.MISCONFIGURED
    assert "which GREENROOM_DATA_KEYS does not have" in err


def test_after_forget_nothing_of_the_chat_is_left(
    call: Call, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived()
    monkeypatch.setattr("typer.confirm", lambda _: False)
    assert call("snapshots", "forget", "42")[0] != 0
    assert len(call("snapshots", "ls")[1].splitlines()) == 1 + 3

    assert call("snapshots", "forget", "--yes", "42")[0] == 0

    assert [line.split()[0] for line in call("snapshots", "ls")[1].splitlines()] == ["key", OTHER]
    assert call("snapshots", "forget", "--yes", "43")[0] == 0
    assert MARK.encode() not in everything(data)
    assert call("snapshots", "show", "42")[0] == exits.USAGE


def test_where_there_is_nothing_a_sentence_says_so_and_nothing_is_made(
    call: Call, data: Path
) -> None:
    code, _, err = call("snapshots", "verify")

    assert (code, err) == (exits.USAGE, "There is no data in var.\n")
    assert not data.exists()


def test_the_folder_of_a_playground_is_named(call: Call, data: Path) -> None:
    inside = data / "playground-abc"
    inside.mkdir(parents=True)
    (inside / "format").write_text("1")

    code, _, err = call("snapshots", "ls")

    assert code == exits.USAGE
    assert f"GREENROOM_DATA_DIR={Path('var/playground-abc')}" in err


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_name_that_means_several_or_none_is_explained(call: Call, language: str) -> None:
    async def fill() -> None:
        async with opened_store(settings.load(), key_of) as store:
            for bot in (1, 2):
                store.commit(f"chat/telegram.{bot}.7", Chat())

    anyio.run(fill)

    code, _, err = call("snapshots", "show", "7", GREENROOM_LANGUAGE=language)
    assert code == exits.USAGE
    assert "chat/telegram.1.7, chat/telegram.2.7" in err
    assert call("snapshots", "show", "8")[0] == exits.USAGE
