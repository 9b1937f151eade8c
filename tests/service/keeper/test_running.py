from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service import exits, planning, running
from service.__main__ import main as start
from service.keeper.plan import Plan
from service.settings import Settings, variable
from service.settings_errors import CannotStartError
from service.texts import LANGUAGES, Texts
from tests.service.keeper.kept import ROOT

TOKEN = "123456:AAH-secret-secret-secret"


@pytest.fixture(autouse=True)
def garbage_as_before() -> Iterator[None]:
    usual = gc.get_threshold()
    yield
    gc.set_threshold(*usual)


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(variable(field), raising=False)
    monkeypatch.chdir(tmp_path)
    # The log of a real start would replace pytest's own handlers.
    monkeypatch.setattr(running.logs, "configure", lambda _: None)


async def ends_well(_: Settings) -> int:
    return exits.WELL


async def has_a_wrong_token(_: Settings) -> int:
    raise ExceptionGroup("tasks", [ExceptionGroup("more", [CannotStartError("problem-token")])])


async def breaks(_: Settings) -> int:
    raise ValueError("something of ours")


def test_an_end_in_good_order_is_the_exit_code() -> None:
    assert running.main(ends_well) == 0


def test_a_service_looks_for_garbage_seldom() -> None:
    usual, looked = (700, 10, 10), []
    gc.set_threshold(*usual)

    async def looks(_: Settings) -> int:
        looked.append(gc.get_threshold())
        return exits.WELL

    assert running.main(looks) == 0

    assert looked[0][0] >= 10 * usual[0]


def test_what_the_operator_must_mend_is_one_sentence_and_no_restart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert running.main(has_a_wrong_token) == exits.MISCONFIGURED

    assert capsys.readouterr().err == Texts().plain("en", "problem-token") + "\n"


def test_anything_else_is_an_event_and_worth_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[BaseException] = []
    monkeypatch.setattr(running.logs, "crashed", told.append)

    assert running.main(breaks) == exits.BROKEN
    assert [str(each) for each in told] == ["something of ours"]


def test_a_setting_that_does_not_fit_ends_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GREENROOM_PACING", "perhaps")

    assert running.main(ends_well) == exits.USAGE
    assert capsys.readouterr().err == "GREENROOM_PACING should be on or off, not 'perhaps'\n"


@pytest.mark.parametrize(
    ("names", "begins"),
    [
        ((), "No credentials are set"),
        (("GEMINI_API_KEY",), "There is a model key but no Telegram token"),
        (("TELEGRAM_BOT_TOKEN",), "There is a Telegram token but no model key"),
        (("TELEGRAM_BOT_TOKEN", "GEMINI_API_KEY"), "This is the real bot with gemini-3.8-flash"),
    ],
)
def test_one_line_says_which_of_the_four_cases_it_is(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    names: tuple[str, ...],
    begins: str,
) -> None:
    for name in names:
        monkeypatch.setenv(name, TOKEN)

    running.main(ends_well)

    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(begins)


def test_under_the_keeper_the_line_has_been_said_already(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GREENROOM_KEPT", "on")

    running.main(ends_well)

    assert capsys.readouterr().out == ""


def test_another_server_than_telegrams_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(
        telegram_bot_token=TOKEN,  # type: ignore[arg-type]
        telegram_api_base="http://127.0.0.1:8081",
    )

    _, line = planning.introduction(settings, Texts())

    assert line == "Telegram is reached at http://127.0.0.1:8081."


def test_a_misspelt_name_is_told_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_LOGG", "json")

    plan = planning.plan(Settings(), Texts())

    assert plan.lines[0].endswith("did you mean GREENROOM_LOG?")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_keeper_is_lent_whole_sentences(language: str) -> None:
    plan = Plan.read(planning.plan(Settings(language=language), Texts()).written().encode())

    assert plan.playground
    assert plan.say("keeper-restarting", code="SIGKILL", seconds="0.5").count("{") == 0
    assert "SIGKILL" in plan.say("keeper-restarting", code="SIGKILL", seconds="0.5")


def test_a_plan_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("GEMINI_API_KEY", TOKEN)

    assert TOKEN not in planning.plan(Settings(), Texts()).written()


def test_the_module_plans_in_a_process_of_its_own(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "service", "plan"],
        cwd=tmp_path,  # where there is no .env
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )

    assert json.loads(ended.stdout)["playground"] is True


def test_an_unknown_word_is_a_mistake() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "service", "dance"], cwd=ROOT, check=False, capture_output=True
    )

    assert ended.returncode == 2


def test_help_names_every_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["service", "--help"])

    assert start(["--help"]) == exits.WELL
    said = capsys.readouterr().out
    assert all(name in said for name in ("greenroom", "doctor", "snapshots", "flows"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_told_who_answers_in_every_language(language: str) -> None:
    note = planning.plan(Settings(_env_file=None), Texts()).notes[language]

    assert note == Texts().plain(language, "start-nothing")


def test_a_start_imports_nothing_heavy_before_its_time() -> None:
    heavy = {"PIL", "google", "mcp", "openai", "rich", "feedparser", "typer"}
    code = "import sys, service.running, service.life; print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert heavy & set(done.stdout.split()) == set()
