from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fsm.draw import mermaid
from fsm.states import State
from service import cli, settings
from service.commands import installed
from service.settings import Settings

TOKEN = "123456:AAH-secret-secret-secret"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(settings.variable(field), raising=False)
    monkeypatch.chdir(tmp_path)


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["greenroom", *arguments])
    return cli.main()


@pytest.mark.parametrize("arguments", [[], ["run"]])
def test_what_lasts_is_left_to_the_module_without_a_detour(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(cli, "do", lambda given: asked.append(given) or 7)
    monkeypatch.setitem(sys.modules, "service.commands", None)  # importing it would fail

    assert call(monkeypatch, *arguments) == 7
    assert asked == [arguments]


def test_the_settings_are_shown_as_they_could_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("GREENROOM_ADMINS", "2,1")
    monkeypatch.setenv("GREENROOM_PACING", "off")

    assert call(monkeypatch, "settings") == 0
    told = capsys.readouterr().out

    assert "TELEGRAM_BOT_TOKEN=***\n" in told
    assert "GREENROOM_ADMINS=1,2\n" in told
    assert "GREENROOM_PACING=off\n" in told
    assert "GEMINI_API_KEY=\n" in told
    assert TOKEN not in told
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN")
    (tmp_path / ".env").write_text(told.replace("***", TOKEN))
    assert settings.load().admins == {1, 2}


def test_a_setting_that_does_not_fit_is_told_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GREENROOM_WINDOW_MINUTES", "half")

    assert call(monkeypatch, "settings") == 2

    told = capsys.readouterr()
    assert told.err == "GREENROOM_WINDOW_MINUTES should be a number, not 'half'\n"
    assert told.out == ""


def test_the_states_are_drawn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "draw", "--live", "cooling") == 0

    assert capsys.readouterr().out.strip() == mermaid(State.COOLING).strip()


def test_the_version_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "version") == 0
    assert capsys.readouterr().out.strip() == installed()


def test_help_names_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "--help") == 0

    told = capsys.readouterr().out
    assert all(name in told for name in ("run", "version", "settings", "draw"))


def test_an_unknown_command_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "dance") == 2
    assert "dance" in capsys.readouterr().err
