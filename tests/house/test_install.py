"""Installing: what `deploy/install` leaves behind, and the sentence it says when it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.sources import PACKAGES, files, place

# These would lead the installation back to the running one, or to the choices of the `make`
# that runs these tests.
LEADS_ELSEWHERE = {
    *("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT"),
    *("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "PYTHON"),
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files of the repository alone in a folder of their own."""
    folder = tmp_path / "checkout"
    for path in files():
        copy = folder / place(path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return folder


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in LEADS_ELSEWHERE}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**kept, **environment},
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_an_empty_directory_becomes_a_service(checkout: Path, tmp_path: Path) -> None:
    where = tmp_path / "installed"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    # Compiling is for those who will run it; it would double the time of this test. pip's
    # variable is a double negation: 0 means "do not compile".
    quick = {"PYTHON": sys.executable, "UV_COMPILE_BYTECODE": "0", "PIP_NO_COMPILE": "0"}
    installed = run(checkout / "deploy/install", "--with-mcp", where, cwd=elsewhere, **quick)
    assert installed.returncode == 0, installed.stderr

    program = f"import mcp, {', '.join(PACKAGES)}, service as s; print(s.__path__[0])"
    imported = run(where / "bin/python", "-c", program, cwd=elsewhere)
    assert imported.returncode == 0, imported.stderr
    folder = Path(imported.stdout.strip()).parent
    assert folder.is_relative_to(where)

    helped = run(where / "bin/greenroom", "--help", cwd=elsewhere)
    assert helped.returncode == 0, helped.stderr

    ours = [place(path) for path in files() if place(path).startswith(PACKAGES)]
    assert [name for name in ours if not (folder / name).is_file()] == []
    assert not (folder / "tests").exists()
    assert _unmet(folder) == []


def _unmet(folder: Path) -> list[str]:
    """Return each requirement of an installed package that the pins do not meet."""
    packages = list(distributions(path=[str(folder)]))
    have = {canonicalize_name(package.name): package.version for package in packages}
    found = []
    for package in packages:
        for need in map(Requirement, package.requires or ()):
            wanted = need.marker is None or need.marker.evaluate({"extra": ""})
            version = have.get(canonicalize_name(need.name))
            if wanted and (version is None or not need.specifier.contains(version)):
                found.append(f"{package.name} needs {need} and finds {version}")
    return found


@pytest.fixture
def pythons(tmp_path: Path) -> Path:
    """A folder with pretended interpreters."""
    folder = tmp_path / "pythons"
    folder.mkdir()
    lacking = "#!/bin/sh\ncase $2 in *ensurepip*|-m) exit 1;; *) exit 0;; esac\n"
    for name, text in {"old": "#!/bin/sh\nexit 1\n", "without-venv": lacking}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        ("missing", "apt install python3 python3-venv"),
        ("old", "Greenroom needs Python 3.11 or newer"),
        ("without-venv", "Python's venv module is missing; on Debian: apt install python3-venv"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(
    checkout: Path, pythons: Path, python: str, sentence: str
) -> None:
    tried = run("make", "run", cwd=checkout, PYTHON=str(pythons / python), UV="")

    told = [line for line in tried.stderr.splitlines() if not line.startswith("make")]
    assert tried.returncode != 0
    assert len(told) == 1
    assert sentence in told[0]
    assert not (checkout / ".venv").exists()
