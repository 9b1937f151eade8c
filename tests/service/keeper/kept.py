"""A keeper in a process of its own, with small programs where the real ones would be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from service.keeper.plan import Plan

ROOT = Path(__file__).parents[3]

DRIVER = """
import sys
from service.keeper import Commands, Patience, main
folder, quick = sys.argv[1], float(sys.argv[2])
python = [sys.executable, "-u"]
commands = Commands(
    plan=[*python, f"{folder}/plan.py"],
    service=[*python, f"{folder}/service.py"],
    playground=[*python, f"{folder}/playground.py"],
)
sys.exit(main(commands, Patience(first=0.01, quick=quick, tolerates=3, grace=0.4)))
"""

OBEYS = """
import os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: (print("service ends"), sys.exit(0)))
print("service", os.getpid())
while True:
    signal.pause()
"""

DEAF = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("service is deaf")
while True:
    signal.pause()
"""

PLAYGROUND = """
import json, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
here = os.path.dirname(os.path.abspath(__file__))
with open(here + "/told.json", "w") as file:
    told = json.loads(sys.stdin.readline())
    json.dump({"argv": sys.argv[1:], "pid": os.getpid(), **told}, file)
print(json.dumps({"ready": "http://127.0.0.1:9"}))
while True:
    signal.pause()
"""

SENTENCES = {
    "start-open": "open {address}",
    "keeper-restarting": "restarting after {code}",
    "keeper-killed": "killed on request",
    "keeper-gave-up": "gave up after {count}",
    "keeper-stopping": "stopping",
    "keeper-stopped": "stopped",
    "keeper-hard": "killed after {seconds}",
    "keeper-playground-failed": "no playground",
    "keeper-playground-ended": "playground ended with {code}",
    "problem-data-folder": "{folder} cannot be written",
    "problem-port": "{name} is taken",
    "problem-listen": "{name} is refused: {why}",
}


class Kept:
    """A keeper, what it prints, and how it ends."""

    def __init__(self, folder: Path, service: str, *, playground: str = "", quick: float = 60):
        self.folder = folder
        plan = Plan(
            playground=bool(playground),
            data_dir=str(folder / "var"),
            lines=["first line"],
            sentences=SENTENCES,
        )
        (folder / "plan.py").write_text(f"print({plan.written()!r})")
        (folder / "service.py").write_text(service)
        (folder / "playground.py").write_text(playground)
        self.start(quick)

    def start(self, quick: float) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(self.folder), str(quick)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def until(self, beginning: str) -> str:
        """Return the next line that begins so, wherever it comes."""
        assert self.process.stdout
        seen = []
        for line in self.process.stdout:
            seen.append(line.rstrip())
            if line.startswith(beginning):
                return line.rstrip()
        raise AssertionError(f"{beginning!r} was never printed, but {seen}")

    def rest(self) -> list[str]:
        """Return the lines up to the end of everything that can still print."""
        assert self.process.stdout
        return [line.rstrip() for line in self.process.stdout]

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def code(self) -> int:
        return self.process.wait(20)

    def told(self) -> dict[str, object]:
        """Return what the playground was started with."""
        found: dict[str, object] = json.loads((self.folder / "told.json").read_text())
        return found

    def argument(self, name: str) -> str:
        argv = self.told()["argv"]
        assert isinstance(argv, list)
        return str(argv[argv.index(name) + 1])

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=20)
