"""structlog, imported without what it only brings along.

Its development half imports rich and pygments for tracebacks in colour, where they are installed:
5 MB and 40 ms for something that our log never writes, since it tells exceptions in its own way.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING


def _imported() -> ModuleType:
    if "rich" in sys.modules:
        return importlib.import_module("structlog")
    sys.modules["rich"] = None  # type: ignore[assignment]  # an import of it fails, as documented
    try:
        return importlib.import_module("structlog")
    finally:
        del sys.modules["rich"]


if TYPE_CHECKING:
    import structlog
else:
    structlog = _imported()

__all__ = ["structlog"]
