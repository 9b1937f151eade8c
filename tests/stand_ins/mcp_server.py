"""A real MCP server over its standard streams, with tools of every kind.

    python -m tests.stand_ins.mcp_server [FOLDER]

FOLDER counts its starts, one file for each.
"""

from __future__ import annotations

import base64
import os
import sys
import uuid
from pathlib import Path

import anyio
from mcp.server.mcpserver import Image, MCPServer
from mcp_types import ToolAnnotations

READS = ToolAnnotations(read_only_hint=True)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
)

server = MCPServer("stand-in")


@server.tool(annotations=READS)
def shout(words: str, times: int = 1) -> str:
    """Say *words* loudly."""
    return " ".join([words.upper()] * times)


@server.tool(name="shout!", annotations=READS)
def shout_oddly(words: str) -> str:
    """Say *words* oddly."""
    return f"¡{words}!"


@server.tool()
def order(dish: str) -> str:
    """Order a dish: that costs."""
    return f"{dish} is ordered"


@server.tool(annotations=READS)
def stumble() -> str:
    """Fail."""
    raise ValueError("the kitchen is closed")


@server.tool(annotations=READS)
def picture() -> Image:
    """Return a picture."""
    return Image(data=PIXEL, format="png")


@server.tool(annotations=READS)
async def dawdle() -> str:
    """Take for ever."""
    await anyio.sleep(3600)
    return "never said"


@server.tool(annotations=READS)
def environment() -> str:
    """Tell which variables there are."""
    return " ".join(sorted(os.environ))


@server.tool(annotations=READS)
def die_once() -> str:
    """End the server the first time, answer the second."""
    if len(starts()) < 2:
        os._exit(3)
    return f"answered by start {len(starts())}"


@server.tool()
def die() -> str:
    """End the server."""
    os._exit(3)


def starts() -> list[Path]:
    return list(Path(sys.argv[1]).iterdir()) if len(sys.argv) > 1 else []


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1], uuid.uuid4().hex).touch()
    print("a line for the log that may hold what people say", file=sys.stderr)
    server.run("stdio")
