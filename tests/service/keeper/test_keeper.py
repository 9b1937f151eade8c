from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from service import exits
from service.keeper.restarts import Patience, Restarts
from tests.service.keeper.kept import DEAF, OBEYS, PLAYGROUND, ROOT, Kept

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Callable[..., Kept]]:
    started: list[Kept] = []

    def start(service: str, **options: Any) -> Kept:
        kept = Kept(tmp_path, service, **options)
        started.append(kept)
        return kept

    yield start
    for kept in started:
        kept.close()


def post(address: str, secret: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(
        address,
        data=json.dumps(body).encode(),
        headers={"X-Greenroom-Control": secret},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_is_asked_to_end_when_the_keeper_is(
    keep: Callable[..., Kept], number: signal.Signals
) -> None:
    kept = keep(OBEYS)
    kept.until("service")

    kept.signal(number)

    assert kept.rest() == ["stopping", "service ends", "stopped"]
    assert kept.code() == 0


def test_a_service_that_is_ended_before_it_can_listen_has_ended_well(
    keep: Callable[..., Kept],
) -> None:
    kept = keep("import signal; print('service'); signal.pause()")
    kept.until("service")

    kept.signal(signal.SIGTERM)

    assert kept.code() == 0


def test_a_service_that_does_not_end_is_killed_and_the_exit_code_says_so(
    keep: Callable[..., Kept],
) -> None:
    kept = keep(DEAF)
    kept.until("service is deaf")

    kept.signal(signal.SIGTERM)

    assert kept.rest() == ["stopping", "killed after 0.4"]
    assert kept.code() == 70


def test_pressing_ctrl_c_twice_ends_a_deaf_service_at_once(keep: Callable[..., Kept]) -> None:
    kept = keep(DEAF)
    kept.until("service is deaf")

    kept.signal(signal.SIGINT)
    kept.until("stopping")
    kept.signal(signal.SIGINT)

    assert kept.rest() == ["stopped"]
    assert kept.code() == 128 + signal.SIGKILL


def test_a_service_that_keeps_failing_quickly_is_given_up_loudly(
    keep: Callable[..., Kept],
) -> None:
    kept = keep("import sys; print('failing'); sys.exit(3)")

    assert kept.rest() == [
        "first line",
        *("failing", "restarting after 3") * 2,
        "failing",
        "gave up after 3",
    ]
    assert kept.code() == 3


def test_lives_that_last_are_never_given_up(keep: Callable[..., Kept]) -> None:
    kept = keep("import sys; print('failing'); sys.exit(3)", quick=0)

    for _ in range(6):
        kept.until("restarting after 3")

    kept.signal(signal.SIGTERM)
    assert kept.code() in (0, 3)


def test_a_killed_service_is_named_by_its_signal(keep: Callable[..., Kept]) -> None:
    kept = keep("import os; os.kill(os.getpid(), 11)")

    assert kept.until("restarting") == "restarting after SIGSEGV"


@pytest.mark.parametrize("code", [0, 2, 78])
def test_some_ends_are_final(keep: Callable[..., Kept], code: int) -> None:
    kept = keep(f"import sys; print('one sentence'); sys.exit({code})")

    assert kept.rest() == ["first line", "one sentence"]
    assert kept.code() == code


def test_a_dead_keeper_takes_its_service_along(keep: Callable[..., Kept]) -> None:
    kept = keep(OBEYS)
    kept.until("service")

    kept.signal(signal.SIGKILL)

    assert kept.rest() == ["service ends"]


def test_the_playground_is_started_first_and_the_service_talks_to_it(
    keep: Callable[..., Kept],
) -> None:
    names = "TELEGRAM_API_BASE TELEGRAM_BOT_TOKEN GREENROOM_PLAYGROUND_SECRET GREENROOM_DATA_DIR"
    shows = f"import os; [print(name, os.environ[name]) for name in {names.split()!r}]\n"
    kept = keep(shows + OBEYS, playground=PLAYGROUND)

    assert kept.until("open") == "open http://127.0.0.1:9"
    assert kept.until("TELEGRAM_API_BASE").split()[1] == "http://127.0.0.1:9"
    assert kept.until("TELEGRAM_BOT_TOKEN").split()[1] == kept.told()["token"]
    assert kept.until("GREENROOM_PLAYGROUND_SECRET").split()[1] == kept.told()["control_secret"]
    data = Path(kept.until("GREENROOM_DATA_DIR").split()[1])
    assert data.parent == kept.folder / "var"
    for secret in ("control_secret", "token"):
        assert str(kept.told()[secret]) not in str(kept.told()["argv"])

    kept.signal(signal.SIGTERM)
    kept.rest()
    assert kept.code() == 0
    assert not data.exists()


def test_a_kill_that_was_asked_for_is_made_good_at_once_and_not_counted(
    keep: Callable[..., Kept],
) -> None:
    kept = keep(OBEYS, playground=PLAYGROUND)
    pids = {kept.until("service")}

    for _ in range(5):  # more often than failures would be tolerated
        answer = post(f"{kept.argument('--control')}/kill", str(kept.told()["control_secret"]), {})
        assert answer == (200, {"ok": True})
        assert kept.until("killed on request")
        pids.add(kept.until("service"))

    assert len(pids) == 6
    os.kill(int(str(kept.told()["pid"])), 0)  # the playground has outlived them all


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_without_the_secret_nothing_is_killed(keep: Callable[..., Kept], secret: str) -> None:
    kept = keep(OBEYS, playground=PLAYGROUND)
    kept.until("service")

    assert post(f"{kept.argument('--control')}/kill", secret, {})[0] == 403

    kept.signal(signal.SIGTERM)
    assert kept.rest() == ["stopping", "service ends", "stopped"]


def test_a_crash_is_passed_on_to_the_service(keep: Callable[..., Kept]) -> None:
    serves = """
import http.server, os, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        right = self.headers["X-Greenroom-Control"] == os.environ["GREENROOM_PLAYGROUND_SECRET"]
        print("asked", self.path, right, body.decode())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"ok": true}')
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", int(os.environ["GREENROOM_HTTP_PORT"])), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
"""
    kept = keep(serves + OBEYS, playground=PLAYGROUND)
    kept.until("service")
    address, secret = f"{kept.argument('--control')}/crash", str(kept.told()["control_secret"])

    assert post(address, secret, {"chat": 7}) == (200, {"ok": True})
    assert kept.until("asked") == 'asked /playground/crash True {"chat": 7}'


def test_a_crash_without_a_service_is_refused_in_words(keep: Callable[..., Kept]) -> None:
    kept = keep(OBEYS, playground=PLAYGROUND)
    kept.until("service")
    address, secret = f"{kept.argument('--control')}/crash", str(kept.told()["control_secret"])

    assert post(address, secret, {}) == (503, {"ok": False, "why": "the service does not answer"})


def test_a_playground_that_cannot_start_ends_everything(keep: Callable[..., Kept]) -> None:
    kept = keep(OBEYS, playground="print('the port is taken')")

    assert kept.rest() == ["first line", "no playground"]
    assert kept.code() == 70


@pytest.mark.parametrize(
    ("taken", "sentence"),
    [
        (True, "GREENROOM_PLAYGROUND_PORT is taken"),
        (False, "GREENROOM_PLAYGROUND_PORT is refused: Permission denied"),
    ],
)
def test_a_port_that_the_playground_cannot_have_is_told_in_a_sentence(
    keep: Callable[..., Kept], taken: bool, sentence: str
) -> None:
    line = json.dumps({"refused": "Permission denied", "taken": taken})
    kept = keep(OBEYS, playground=f"print({line!r})")

    assert kept.rest() == ["first line", sentence]
    assert kept.code() == 78


def test_a_playground_on_a_taken_port_says_so_instead_of_a_traceback() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "service.playground", "--port", port]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert json.loads(ended.stdout) == {"refused": "Address already in use", "taken": True}
    assert (ended.returncode, ended.stderr) == (1, "")


def test_a_data_folder_that_cannot_be_made_is_told_in_a_sentence(
    keep: Callable[..., Kept], tmp_path: Path
) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    kept = keep(OBEYS, playground=PLAYGROUND)

    assert kept.rest() == ["first line", f"{tmp_path / 'var'} cannot be written"]
    assert kept.code() == 78


def test_when_the_playground_dies_there_is_nothing_left_to_serve(
    keep: Callable[..., Kept],
) -> None:
    kept = keep(OBEYS, playground=PLAYGROUND)
    kept.until("service")

    os.kill(int(str(kept.told()["pid"])), signal.SIGKILL)

    assert kept.rest() == ["playground ended with SIGKILL", "service ends", "stopped"]
    assert kept.code() == 70


def test_the_keeper_needs_nothing_but_the_standard_library() -> None:
    program = "import sys, service.keeper; print(*{name.split('.')[0] for name in sys.modules})"
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )

    loaded = set(found.stdout.split())
    heavy = {"aiogram", "google", "pydantic", "aiohttp", "structlog", "fluent", "anyio", "typer"}
    assert "service" in loaded
    assert not loaded & heavy


def test_patience_doubles_up_to_a_limit_and_then_ends() -> None:
    patience = Patience(first=1, longest=5, quick=10, tolerates=6)
    restarts, delays = Restarts(), []

    for _ in range(6):
        restarts = restarts.after(1, patience)
        delays.append(restarts.delay(patience))

    assert delays == [1, 2, 4, 5, 5, None]


def test_a_long_life_forgives_earlier_failures() -> None:
    patience = Patience(first=1, quick=10, tolerates=2)

    restarts = Restarts().after(1, patience).after(11, patience)

    assert restarts.delay(patience) == 1


def test_ctrl_c_before_anything_is_started_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text(
        "import signal, sys\nprint('being read', file=sys.stderr, flush=True)\nsignal.pause()\n"
    )
    keeper = subprocess.Popen(
        [sys.executable, "-m", "service"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "GREENROOM_TOOLS_DIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    with keeper:
        assert keeper.stderr is not None
        assert keeper.stderr.readline() == "being read\n"

        keeper.send_signal(signal.SIGINT)

        assert keeper.communicate(timeout=20)[1] == ""
        assert keeper.returncode == exits.INTERRUPTED
