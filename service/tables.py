"""Files in TOML that an operator writes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def read(path: Path, wrong: type[Exception]) -> dict[str, Any]:
    """Return what stands in *path*; what is the matter with it is said by a *wrong*."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise wrong(f"{path}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise wrong(f"{path} is no text in UTF-8") from None
    except tomllib.TOMLDecodeError as problem:
        raise wrong(f"{path}: {problem}") from None
