from __future__ import annotations

import base64
import os
import re
from pathlib import Path

import pytest

from service import settings
from service.settings import Mode, Settings, SettingsError
from service.settings_kinds import ModelLimit

TOKEN = "123456:AAH-secret-secret-secret-secret-sec"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Also names that are no settings: how the tests are run is told by such (`GREENROOM_SOAK`).
    unwanted = {name for name in os.environ if name.startswith(settings.PREFIX)}
    for name in unwanted | {settings.variable(field) for field in Settings.model_fields}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_nothing_needs_to_be_set() -> None:
    found = settings.load()

    assert found.mode is Mode.NOTHING
    assert found.data_dir == Path("var")
    assert found.window_seconds == 1800


@pytest.mark.parametrize(
    ("names", "mode", "playground"),
    [
        ((), Mode.NOTHING, True),
        (("GEMINI_API_KEY",), Mode.MODEL, True),
        (("OPENAI_API_KEY",), Mode.MODEL, True),
        (("TELEGRAM_BOT_TOKEN",), Mode.TELEGRAM, False),
        (("TELEGRAM_BOT_TOKEN", "GEMINI_API_KEY"), Mode.BOTH, False),
        (("TELEGRAM_BOT_TOKEN", "OPENAI_API_KEY"), Mode.BOTH, False),
        (("TELEGRAM_BOT_TOKEN", "GREENROOM_PLAYGROUND_SECRET"), Mode.NOTHING, True),
    ],
)
def test_the_credentials_say_which_of_the_four_cases_it_is(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], mode: Mode, playground: bool
) -> None:
    for name in names:
        monkeypatch.setenv(name, TOKEN)

    found = settings.load()

    assert found.mode is mode
    assert found.mode.playground is playground


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("GREENROOM_WINDOW_MINUTES", "half", "should be a number, not 'half'"),
        ("GREENROOM_WINDOW_MINUTES", "0", "should be more than 0, not '0'"),
        ("GREENROOM_WINDOW_MINUTES", "inf", "should be a number, not 'inf'"),
        ("GREENROOM_WINDOW_MINUTES", "nan", "should be a number, not 'nan'"),
        ("GREENROOM_RECALL_TURNS", "2.5", "should be a whole number, not '2.5'"),
        ("GREENROOM_RECALL_TURNS", "0", "should be at least 1, not '0'"),
        ("GREENROOM_HTTP_PORT", "70000", "should be at most 65535, not '70000'"),
        ("GREENROOM_PACING", "perhaps", "should be on or off, not 'perhaps'"),
        ("GREENROOM_LANGUAGE", "de", "should be one of en, zh-CN, not 'de'"),
        ("GREENROOM_LOG", "xml", "should be one of console, json, not 'xml'"),
        ("GREENROOM_GEMINI_STREAM", "x", "should be one of wire, sdk, not 'x'"),
        ("GREENROOM_ADMINS", "1,b", "should be numeric ids separated by commas, not '1,b'"),
        (
            "GREENROOM_MODEL_LIMITS",
            "m: fast",
            "should be like gemini-3.8-flash: 1000 rpm, 4000000 tpm, 50 at once, not 'm: fast'",
        ),
        (
            "GEMINI_MODEL",
            " ",
            "should be the name of a model, such as gemini-3.8-flash, not ' '",
        ),
        (
            "GREENROOM_WEBHOOK_SECRET",
            "a b",
            "should be up to 256 of the letters A-Z and a-z, digits, _ and -",
        ),
        ("TELEGRAM_API_BASE", "x", "should be an address such as https://example.org, not 'x'"),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as told:
        settings.load()

    assert str(told.value) == f"{name} {sentence}"


def test_all_that_does_not_fit_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_LOG", "xml")
    monkeypatch.setenv("GREENROOM_PACING", "perhaps")

    with pytest.raises(SettingsError) as told:
        settings.load()

    assert len(told.value.sentences) == 2


def test_lists_of_ids_are_separated_as_people_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_ADMINS", " 1, 2;3 4,")

    assert settings.load().admins == {1, 2, 3, 4}


def test_limits_are_written_as_providers_tell_them(monkeypatch: pytest.MonkeyPatch) -> None:
    written = "gemini-3.8-flash: 1000 rpm, 4000000 tpm, 50 at once; llama3:8b: 2 at once"
    monkeypatch.setenv("GREENROOM_MODEL_LIMITS", written)

    limits = settings.load(env_file=None).model_limits

    assert limits == {
        "gemini-3.8-flash": ModelLimit(1000, 4_000_000, 50),
        "llama3:8b": ModelLimit(at_once=2),
    }
    assert str(limits) == written


def test_on_and_off_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_PACING", "off")

    assert settings.load().pacing is False


def test_an_empty_value_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_WINDOW_MINUTES", "")

    assert settings.load().window_minutes == 30


def test_a_file_is_read_and_the_environment_overrides_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("GREENROOM_LOG=json\nGREENROOM_LOG_LEVEL=debug\n")
    monkeypatch.setenv("GREENROOM_LOG_LEVEL", "error")

    found = settings.load()

    assert (found.log, found.log_level) == ("json", "error")


def test_an_address_may_end_in_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_API_BASE", "http://127.0.0.1:8081/")

    assert settings.load().telegram_api_base == "http://127.0.0.1:8081"


def test_secrets_are_never_in_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TELEGRAM_BOT_TOKEN", "GEMINI_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, TOKEN)

    found = settings.load()

    assert TOKEN not in repr(found) + str(found) + found.model_dump_json()
    assert set(found.secrets()) == {TOKEN}


def test_a_misspelt_name_is_told_with_the_nearest_known_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GREENROOM_WINDOW_MINUTE", "5")
    (tmp_path / ".env").write_text("GREENROOM_QQQ=1\nGREENROOM_LOG=json\n")

    assert settings.warnings() == [
        ("settings-unknown", {"name": "GREENROOM_QQQ"}),
        (
            "settings-unknown-near",
            {"name": "GREENROOM_WINDOW_MINUTE", "near": "GREENROOM_WINDOW_MINUTES"},
        ),
    ]


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_nobody_else_reads_the_environment() -> None:
    # The keeper hands its own environment on to its children: it has to read it, and the
    # settings, with pydantic behind them, are too heavy for it. What systemd sets is no setting.
    allowed = {
        "service/observe/notify.py",
        "service/settings.py",
        "service/keeper/children.py",  # systemd's own variable, which is no setting
    }
    root = Path(settings.__file__).parent.parent

    readers = {
        path.relative_to(root).as_posix()
        for folder in ("fsm", "actors", "snapshots", "service")
        for path in (root / folder).rglob("*.py")
        if re.search(r"\bos\.(environ|getenv)\b|from os import .*environ", path.read_text())
    }

    assert readers <= allowed


def test_keys_of_the_data_are_checked_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (base64.b64encode(letter * 32).decode() for letter in (b"a", b"b"))
    monkeypatch.setenv("GREENROOM_DATA_KEYS", f"{first}, {second}")

    found = settings.load()

    assert first not in repr(found)
    assert {first, second} <= {each.strip() for each in found.secrets()}
    monkeypatch.setenv("GREENROOM_DATA_KEYS", f"{first},{second[:-8]}")
    with pytest.raises(SettingsError, match="GREENROOM_DATA_KEYS should be the base64") as told:
        settings.load()
    assert second[:-8] not in str(told.value)


def test_several_bots_are_told_apart_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", f" {TOKEN} , 77:other-secret,")

    found = settings.load()

    assert found.bot_tokens == (TOKEN, "77:other-secret")
    assert {TOKEN, "77:other-secret"} <= set(found.secrets())
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN")
    assert settings.load().bot_tokens == ()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("no-token", "TELEGRAM_BOT_TOKEN should look like 123456:ABC-DEF"),
        (f"{TOKEN},no-token", "Token 2 of the 2 in TELEGRAM_BOT_TOKEN should look like"),
        (f"{TOKEN};77:other-secret", "TELEGRAM_BOT_TOKEN should look like"),
        (f"{TOKEN},{TOKEN}", "Tokens 1 and 2 in TELEGRAM_BOT_TOKEN are of the same bot, 123456"),
        (f"{TOKEN},7:x,0123456:new", "Tokens 1 and 3 in TELEGRAM_BOT_TOKEN are of the same bot"),
    ],
)
def test_tokens_that_do_not_fit_are_named_by_their_place(
    monkeypatch: pytest.MonkeyPatch, written: str, says: str
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", written)

    with pytest.raises(SettingsError) as told:
        settings.load()

    assert str(told.value).startswith(says)
    assert all(part not in str(told.value) for part in ("secret", "no-token", ":x", ":new"))
