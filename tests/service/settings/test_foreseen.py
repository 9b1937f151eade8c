"""What a start would fail over is told before anything is started, in sentences."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from typing import Any

import pytest

from service import exits, foreseen, papers, planning, running
from service.settings import Settings, variable
from service.settings_errors import CannotStartError
from service.texts import Texts

TOKEN = "123456:AAH-secret-secret-secret"

FILES = ("prices", "personas", "identity", "mcp_servers")


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = [name for name in os.environ if name.startswith("GREENROOM_")]
    for name in (*map(variable, Settings.model_fields), *ours):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def told(**given: Any) -> list[str]:
    return planning.foreseen_in(Settings(_env_file=None, **given), Texts())


def test_nothing_is_wrong_with_nothing() -> None:
    assert told() == []


@pytest.mark.parametrize("field", FILES)
def test_a_file_that_is_not_there_is_named_with_its_setting(field: str) -> None:
    assert told(**{field: Path("/nope")}) == [
        f"{variable(field)} should name a file that this user may read; /nope is none."
    ]


@pytest.mark.parametrize("field", ["flows_dir", "tools_dir", "telegram_files"])
def test_so_is_a_folder(field: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert told(**{field: file}) == [
        f"{variable(field)} should name a folder that this user may read; {file} is none."
    ]
    assert told(**{field: tmp_path}) == []


@pytest.mark.parametrize("field", FILES)
@pytest.mark.parametrize("content", [b"\xff\xfe", b"[broken", b'{"also": broken'])
def test_a_broken_file_is_a_sentence_without_an_error_of_the_library(
    field: str, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)

    [sentence] = told(**{field: path})

    assert str(path) in sentence
    assert not re.search(r"Errno|Error|codec", sentence)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    flow = tmp_path / "flows" / "odd.yaml"
    flow.parent.mkdir()
    flow.write_text("flow: odd")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        wrong = told(prices=Path("/nope"), flows_dir=flow.parent, http_port=port)

    assert len(wrong) == 3
    assert "odd.yaml" in wrong[1]
    assert wrong[2].startswith(f"Port {port} is taken; set GREENROOM_HTTP_PORT")


def test_a_host_of_another_machine_is_no_taken_port() -> None:
    [sentence] = told(http_host="192.0.2.1")
    assert sentence.startswith("Nothing can listen at 192.0.2.1 port 0")


def test_the_webhook_is_looked_at_where_it_is_used() -> None:
    hook = {"webhook_url": "http://bot.example.org", "webhook_host": "192.0.2.1"}

    assert told(**hook) == []
    playground = Settings(_env_file=None, webhook_url="http://bot.example.org")
    assert planning.warnings(playground, Texts()) == [
        "GREENROOM_WEBHOOK_URL is not used in the playground."
    ]
    [sentence] = told(**hook, telegram_bot_token=TOKEN)
    assert "https only" in sentence
    [sentence] = told(**hook, telegram_bot_token=TOKEN, telegram_api_base="http://127.0.0.1:8081")
    assert "GREENROOM_WEBHOOK_HOST" in sentence


def test_a_limit_for_a_model_that_is_not_set_is_told() -> None:
    odd = Settings(_env_file=None, model_limits="foo: 10 rpm; gpt-5-mini: 1 at once")  # type: ignore[arg-type]
    [line] = planning.warnings(odd, Texts())
    assert line.startswith("GREENROOM_MODEL_LIMITS has a limit for foo,")


@pytest.mark.parametrize("kept", [True, False])
def test_the_plan_and_a_start_of_its_own_end_with_the_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kept: bool
) -> None:
    monkeypatch.setenv("GREENROOM_PRICES", "/nope")
    monkeypatch.setattr(running.logs, "configure", lambda _: None)
    monkeypatch.setattr(running.garbage, "collect_seldom", lambda: None)

    async def never(_: Settings) -> int:
        raise AssertionError

    assert (planning.main() if kept else running.main(never)) == exits.MISCONFIGURED
    assert "GREENROOM_PRICES should name a file" in capsys.readouterr().err


def test_what_is_read_is_what_the_service_gets(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("[mine]\ninput = 1\ncached = 1\noutput = 1\n")
    settings = Settings(_env_file=None, prices=tmp_path / "prices.toml")

    assert "mine" in papers.prices_of(settings)._table
    assert papers.identities_of(settings) is None
    assert papers.personas_of(settings).modes
    assert papers.library_of(settings).flows
    with pytest.raises(CannotStartError):
        papers.library_of(settings.model_copy(update={"mcp_servers": Path("/nope")}))
    assert list(foreseen.mistakes(settings)) == []
