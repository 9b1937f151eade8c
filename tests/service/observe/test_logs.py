from __future__ import annotations

import contextvars
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from service.observe import Scrubber, chat_hash, configure, crashed, levels
from service.observe.tracing import working_for
from service.settings import Settings

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
OWN = "a-secret-of-no-known-shape"
SAID = "the words that somebody wrote"


@dataclass
class Wanted:
    log: str = "json"
    log_level: str = "info"

    def secrets(self) -> tuple[str, ...]:
        return (OWN,)


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    sys.excepthook, threading.excepthook = hooks
    logging.captureWarnings(capture=False)
    levels.start_with("info")
    structlog.reset_defaults()
    root.level = level


@pytest.fixture
def stream() -> io.StringIO:
    stream = io.StringIO()
    configure(Wanted(), stream)
    return stream


def events(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_with_its_level_and_time(stream: io.StringIO) -> None:
    structlog.get_logger().info("chat activated", chat="5f", messages=3)

    [event] = events(stream)
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "chat activated", "level": "info", "chat": "5f", "messages": 3}


def test_the_lines_of_libraries_take_the_same_form(stream: io.StringIO) -> None:
    logging.getLogger("somebody").warning("it is %s", "late")

    [event] = events(stream)
    assert (event["event"], event["level"]) == ("it is late", "warning")


def test_the_everyday_lines_of_libraries_are_left_out(stream: io.StringIO) -> None:
    logging.getLogger("httpx2").info("HTTP Request: POST ...")
    logging.getLogger("aiogram.event").info("Update is handled")
    logging.getLogger("transitions.core").info("Finished processing state")

    assert events(stream) == []


def test_a_library_that_logs_what_people_say_is_not_heard_at_any_level() -> None:
    stream = io.StringIO()
    configure(Wanted(log_level="debug"), stream)
    library = logging.getLogger("mcp.client.streamable_http")

    library.debug("Sending client message: %s", SAID)
    library.error("Error parsing JSON response: %s", SAID)
    levels.toggle()
    library.error("Error parsing SSE message: %s", SAID)

    assert SAID not in stream.getvalue()


def test_a_level_below_the_wanted_one_is_not_written() -> None:
    stream = io.StringIO()
    configure(Wanted(log_level="warning"), stream)

    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")

    assert [event["event"] for event in events(stream)] == ["loud"]


def test_an_event_to_read_is_one_line_whatever_is_in_it() -> None:
    stream = io.StringIO()
    configure(Wanted(log="console"), stream)

    structlog.get_logger().info("one\ntwo", why="three\nfour")

    assert len(stream.getvalue().splitlines()) == 1
    assert "one | two" in stream.getvalue()


@pytest.mark.parametrize(
    "secret",
    [
        TOKEN,
        OWN,
        "AIzaSyD-0123456789abcdefghijklmnopqrstu",
        "sk-proj-0123456789abcdefghij",
    ],
)
@pytest.mark.parametrize("log", ["console", "json"])
def test_no_secret_gets_into_the_log_by_any_way(secret: str, log: str) -> None:
    stream = io.StringIO()
    configure(Wanted(log=log), stream)
    logger = structlog.get_logger()

    logger.info(f"calling https://api.telegram.org/bot{secret}/getMe")
    logger.info("nested", detail={"url": [f"x{secret}y"], secret: 1}, error=ValueError(secret))
    logging.getLogger("lib").warning("GET /?key=%s", secret)
    try:
        raise ValueError(secret) from KeyError(secret)
    except ValueError as error:
        crashed(error)
        logging.getLogger("lib").exception("failed")

    assert len(stream.getvalue().splitlines()) == 5
    assert secret not in stream.getvalue()
    assert "***" in stream.getvalue()


def test_of_what_people_say_only_the_length_is_written(stream: io.StringIO) -> None:
    structlog.get_logger().info("odd update", text=SAID, update={"a": SAID}, prompts=[SAID])

    assert SAID not in stream.getvalue()
    assert events(stream)[0]["text"] == f"({len(SAID)} long)"


def test_a_crash_is_one_event_with_its_places_but_without_values(stream: io.StringIO) -> None:
    def tries(_said: str) -> None:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise ValueError("outer") from inner

    try:
        tries(SAID)
    except ValueError as error:
        crashed(error)

    [event] = events(stream)
    assert (event["error"], event["why"]) == ("ValueError", "outer")
    assert event["because"] == "KeyError: 'inner'"
    assert "tries" in event["at"]
    assert SAID not in stream.getvalue()


def test_a_group_of_errors_names_its_members(stream: io.StringIO) -> None:
    crashed(ExceptionGroup("two", [ValueError("a"), KeyError("b")]))

    assert events(stream)[0]["because"] == "ValueError: a; KeyError: 'b'"


def test_warnings_are_events(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old ways", stacklevel=1)

    assert "old ways" in events(stream)[0]["event"]


def test_an_exception_that_nobody_catches_is_an_event_and_no_traceback() -> None:
    program = (
        "from service.settings import Settings\n"
        "from service.observe import configure\n"
        "configure(Settings(_env_file=None, log='json', TELEGRAM_BOT_TOKEN='1:secret-token'))\n"
        "def go(): raise ValueError('with 1:secret-token')\n"
        "go()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )

    [line] = ended.stderr.splitlines()
    assert json.loads(line)["why"] == "with ***"
    assert ended.returncode == 1


def test_the_settings_are_what_the_log_wants() -> None:
    stream = io.StringIO()
    configure(Settings(log="json", log_level="error"), stream)  # type: ignore[call-arg]

    structlog.get_logger().error("heard")

    assert [event["event"] for event in events(stream)] == ["heard"]


def test_numbers_times_and_chat_keys_are_left_alone() -> None:
    scrub = Scrubber()

    for harmless in ("telegram.7.-1001234", "12:30:45", "port 8080", "http://127.0.0.1:8080/x"):
        assert scrub.text(harmless) == harmless


def test_a_chat_has_a_short_name_that_does_not_tell_whose_it_is() -> None:
    assert chat_hash("telegram.7.42") == chat_hash("telegram.7.42")
    assert chat_hash("telegram.7.42") != chat_hash("telegram.7.43")
    assert len(chat_hash("telegram.7.42")) == 10


def test_every_line_in_a_turn_says_of_which_turn_of_which_chat_it_is(stream: io.StringIO) -> None:

    def work() -> None:
        working_for("telegram.1.42", 3)
        logging.getLogger("service.channels.telegram.sender").warning("refused")
        structlog.get_logger().warning("refused")

    contextvars.copy_context().run(work)
    structlog.get_logger().warning("elsewhere")
    *inside, outside = map(json.loads, stream.getvalue().splitlines())

    name = chat_hash("telegram.1.42")
    assert [(line["chat"], line["trace"]) for line in inside] == [(name, f"{name}-3")] * 2
    assert "chat" not in outside


def test_the_level_can_be_changed_while_the_service_runs(stream: io.StringIO) -> None:
    log, other = structlog.get_logger(), logging.getLogger("service.somewhere")
    for level in ("debug", "info"):
        log.debug("ours", at=level)
        other.debug("theirs at %s", level)
        levels.toggle()
    levels.choose("error")
    log.warning("nobody reads this")

    told = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert told == ["log level", "ours", "theirs at info", "log level"]
