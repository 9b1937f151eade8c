from __future__ import annotations

import socket
import sys
import threading
from pathlib import Path

import anyio
import pytest
from trio.testing import MockClock

from service import exits
from service.observe.notify import Notify
from service.observe.pulse import BEAT, Pulse, Watchdog


def test_systemd_hears_that_we_are_ready_alive_and_ending(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "n"))
        heard.settimeout(5)
        notify = Notify.of({"NOTIFY_SOCKET": str(tmp_path / "n")})
        notify.ready()
        Pulse(notify=notify).beat(0.0)
        notify.alive()  # too soon after the last sign of life
        notify.stopping()

        told = [heard.recv(64) for _ in range(3)]
    assert told == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_without_systemd_nothing_is_said() -> None:
    Notify.of({}).ready()
    Notify("/nowhere/at/all").ready()


def test_the_greatest_lag_of_the_last_minute_is_remembered() -> None:
    lags: list[float] = []
    pulse = Pulse(lags.append)
    for lag in (0.001, 0.2, -0.1):
        pulse.beat(lag)
    assert pulse.lag == 0.2
    assert lags == [0.001, 0.2, 0.0]
    for _ in range(240):
        pulse.beat(0.0)
    assert pulse.lag == 0.0


@pytest.mark.anyio
@pytest.mark.parametrize(
    "anyio_backend", [("trio", {"clock": MockClock(autojump_threshold=0)})], ids=["trio"]
)
async def test_the_pulse_beats_as_long_as_the_loop_runs() -> None:
    pulse = Pulse(clock=anyio.current_time)
    with anyio.move_on_after(60):
        await pulse.run()
    assert pulse.silence() <= BEAT
    await anyio.sleep(40)
    assert pulse.silence() >= 40


def test_a_loop_that_stands_still_ends_the_process_with_every_stack(
    capfd: pytest.CaptureFixture[str],
) -> None:
    ended, codes = threading.Event(), []

    def end(code: int) -> None:
        codes.append(code)
        ended.set()

    with Watchdog(Pulse(), stuck=0.05, end=end):
        assert ended.wait(10)
    sys.stderr.flush()

    assert codes == [exits.BROKEN]
    told = capfd.readouterr().err
    assert "the event loop has not run" in told
    assert "test_a_loop_that_stands_still" in told
