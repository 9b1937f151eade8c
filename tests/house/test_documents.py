"""What is written down stays true: each setting is described, and each named file exists."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from service.settings import Settings, load, variable
from tests.house.sources import ROOT, files, place

NAMES = sorted(
    variable(name)
    for name, field in Settings.model_fields.items()
    if not (field.description or "").startswith("Set by the keeper alone")
)
READMES = ("README.md", "README.zh-CN.md")
EXAMPLE = ROOT / ".env.example"


@pytest.mark.parametrize("document", [".env.example", *READMES])
def test_every_setting_is_described_and_no_other(document: str) -> None:
    text = (ROOT / document).read_text()

    named = set(re.findall(r"\b(?:GREENROOM|TELEGRAM|GEMINI|OPENAI)_[A-Z_]+\b", text))

    assert sorted(named) == NAMES


def test_the_example_shows_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    every_line = re.sub(r"(?m)^#(?=[A-Z_]+=)", "", EXAMPLE.read_text())
    (tmp_path / "env").write_text(every_line)

    shown = load(env_file=tmp_path / "env")

    assert shown == load(env_file=None)


@pytest.mark.parametrize("document", [place(each) for each in files() if each.suffix == ".md"])
def test_every_link_to_a_file_leads_somewhere(document: str) -> None:
    path = ROOT / document

    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())

    assert [link for link in links if not (path.parent / link).exists()] == []


def test_both_readmes_say_the_same_in_as_many_sections() -> None:
    shapes = [re.findall(r"(?m)^(#+|\|)", (ROOT / name).read_text()) for name in READMES]
    commands = [
        re.findall(r"(?ms)^```sh\n(.*?)^```", (ROOT / name).read_text()) for name in READMES
    ]

    assert shapes[0] == shapes[1]
    assert commands[0] == commands[1]


@pytest.fixture
def dockerfile() -> list[str]:
    """The instructions of the Dockerfile, one per line."""
    joined = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def test_the_image_runs_what_is_installed_and_tested_here(dockerfile: list[str]) -> None:
    words = [line.split()[0] for line in dockerfile]

    assert "RUN /source/deploy/install /opt/greenroom" in dockerfile
    assert not [line for line in dockerfile if "pip install" in line]
    assert "USER greenroom" in dockerfile
    assert words.count("HEALTHCHECK") == words.count("VOLUME") == 1
    assert dockerfile.index("USER greenroom") < words.index("CMD")


@pytest.fixture(params=[200, 503])
def healthz(request: pytest.FixtureRequest) -> Iterator[HTTPServer]:
    """A service that answers /healthz with a fixed status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(request.param if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        server.status = request.param  # type: ignore[attr-defined]
        yield server
        server.shutdown()
        thread.join()


def test_the_image_tells_a_healthy_service_from_a_sick_one(
    dockerfile: list[str], healthz: HTTPServer
) -> None:
    (line,) = (line for line in dockerfile if line.startswith("HEALTHCHECK"))
    _python, *options = json.loads(line.partition(" CMD ")[2])

    asked = subprocess.run(
        [sys.executable, *options],
        env={"GREENROOM_HTTP_PORT": str(healthz.server_port)},
        check=False,
        capture_output=True,
    )

    assert (asked.returncode == 0) is (healthz.status == 200)  # type: ignore[attr-defined]
