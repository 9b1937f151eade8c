"""A real MCP server with tools of every kind, over its standard streams or over HTTP.

    python -m tests.stand_ins.mcp_server [FOLDER]
    python -m tests.stand_ins.mcp_server FOLDER PORT [MARK ...]

FOLDER counts its starts, one file for each, and what `note` and `dawdle` were called with. With
a PORT (0: any) it prints {"address": "http://127.0.0.1:PORT"}; the marks are those of
`tests/stand_ins/mcp_over_http.py`.
"""

from __future__ import annotations

import base64
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
from mcp.server.mcpserver import Audio, Context, Image, MCPServer
from mcp_types import (
    EmbeddedResource,
    ResourceLink,
    TextContent,
    TextResourceContents,
    ToolAnnotations,
)

from tests.stand_ins import mcp_over_http

READS = ToolAnnotations(read_only_hint=True)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
)

server = MCPServer("stand-in", log_level="CRITICAL")


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
def song() -> Audio:
    """Return what nobody can play."""
    return Audio(data=b"la", format="x-notes")


@server.tool(annotations=READS)
def papers() -> list[TextContent | EmbeddedResource | ResourceLink]:
    """Return words, a file and the address of one."""
    inside = TextResourceContents(uri="file:///menu.txt", text="soup, stew", mime_type="text/plain")
    return [
        TextContent(text="The menu:"),
        EmbeddedResource(resource=inside),
        ResourceLink(name="wine", uri="https://example.org/wine.pdf"),
    ]


@server.tool(annotations=READS)
def prices() -> dict[str, float]:
    """Return something with a structure."""
    return {"soup": 4.5, "stew": 9.0}


@server.tool(annotations=READS)
def flood(size: int) -> str:
    """Say a great deal."""
    return "x" * size


@server.tool(annotations=READS)
async def stages(ctx: Context) -> str:  # type: ignore[type-arg]
    """Tell how far it is."""
    for done in range(3):
        await ctx.report_progress(done, 3, "stirring")
    return "stirred"


@server.tool(annotations=READS)
async def learn(ctx: Context) -> str:  # type: ignore[type-arg]
    """Have one more tool from now on, or one less."""
    known = [each.name for each in await server.list_tools()]
    if "bake" in known:
        server.remove_tool("bake")
    else:
        server.add_tool(bake, annotations=READS)
    await ctx.notify_tools_changed()  # to newer clients
    await ctx.session.send_tool_list_changed()  # to older ones
    return "learnt"


def bake() -> str:
    """Bake."""
    return "a loaf"


@server.tool()
def note(words: str) -> str:
    """Write *words* down: that lasts."""
    Path(house.folder, f"note-{uuid.uuid4().hex}").write_text(words)
    return "noted"


@server.tool()
async def linger(words: str) -> str:
    """Write *words* down, and never come back."""
    note(words)
    await anyio.sleep(3600)
    return "never said"


@server.tool(annotations=READS)
async def dawdle() -> str:
    """Take for ever."""
    with house.noted("dawdle"):
        await anyio.sleep(3600)
    return "never said"


@server.tool(annotations=READS)
def environment() -> str:
    """Tell which variables there are."""
    return " ".join(sorted(os.environ))


@server.tool(annotations=READS)
async def die_once() -> str:
    """End the server the first time, answer the second."""
    if house.starts < 2:
        await house.die()
    return f"answered by start {house.starts}"


@server.tool()
async def die() -> str:
    """End the server."""
    await house.die()
    return "never said"


class House:
    """Where the server lives, and how it dies."""

    folder = Path()

    def begin(self, folder: Path) -> None:
        """Note a start in *folder*."""
        self.folder = folder
        (folder / f"start-{uuid.uuid4().hex}").touch()

    @contextmanager
    def noted(self, what: str) -> Iterator[None]:
        """Have a file named after *what* for as long as the block lasts."""
        begun = self.folder / f"{what}-{uuid.uuid4().hex}"
        begun.touch()
        try:
            yield
        finally:
            begun.unlink()

    @property
    def starts(self) -> int:
        return len([*self.folder.glob("start-*")])

    async def die(self) -> None:
        os._exit(3)


house = House()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        house.begin(Path(sys.argv[1]))
    print("a line for the log that may hold what people say", file=sys.stderr)
    if len(sys.argv) > 2:
        mcp_over_http.run(server, int(sys.argv[2]), frozenset(sys.argv[3:]))
    else:
        server.run("stdio")
