"""Looks into one PDF from its standard input, in a process of its own with little time and memory.

Prints one object of JSON: `{"pages": 12}`, `{"locked": true}`, `{"broken": true}`, or
`{"unable": true}`, which is not the file's fault. A file that is made to take for ever, or all
memory, ends this process and nothing else. Started by its path, so that it imports nothing of
ours and starts quickly.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import resource
import sys
from typing import Any

SECONDS = 10
"""Of CPU; a usual file takes a tenth of a second."""
BYTES = 1 << 30
MOST = 1000
"""Pages that are counted one by one; a file that declares more is believed."""


def looked_into(data: bytes) -> dict[str, Any]:
    """Return what can be said of the PDF *data*."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data), strict=False)
    # A file that only forbids printing opens with the empty password, as it does everywhere.
    if reader.is_encrypted and not reader.decrypt(""):
        return {"locked": True}
    declared = 0
    with contextlib.suppress(Exception):
        tree: Any = reader.root_object["/Pages"]
        declared = int(tree["/Count"])
    pages = declared if declared > MOST else len(reader.pages)
    return {"pages": pages} if pages else {"broken": True}


def _limit(what: int, most: int) -> None:
    """Allow ourselves *most* of something, or less where the machine allows less."""
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def main() -> None:
    """Read, look, print."""
    _limit(resource.RLIMIT_CPU, SECONDS)
    _limit(resource.RLIMIT_AS, BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    logging.disable()
    try:
        found = looked_into(sys.stdin.buffer.read())
    except ImportError:
        found = {"unable": True}
    except Exception:  # whatever such a file can do to a parser
        found = {"broken": True}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
