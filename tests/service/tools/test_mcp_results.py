"""What is made of the pictures that a server's tool returns."""

from __future__ import annotations

import base64
import io

import pytest
from mcp_types import CallToolResult, ImageContent, TextContent
from PIL import Image

from actors.ports import KeepError
from fsm.media import Media, MediaKind
from service.tools.mcp_results import MOST_PICTURES, pictures_of, words_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def picture(width: int = 8, height: int = 8, kind: str = "PNG", mime: str = "") -> ImageContent:
    made = io.BytesIO()
    Image.new("1", (width, height)).save(made, kind)
    data = base64.b64encode(made.getvalue()).decode()
    return ImageContent(data=data, mime_type=mime or f"image/{kind.lower()}")


async def keep(mime: str, data: bytes) -> Media:
    return Media(kind=MediaKind.PICTURE, ref=f"made:{mime}", size=len(data))


async def test_pictures_go_to_the_person_and_the_model_is_told() -> None:
    result = CallToolResult(content=[TextContent(text="Two charts:"), picture(), picture()])

    kept = await pictures_of(result, keep)

    assert [each.ref for each in kept] == ["made:image/png"] * 2
    first, *others = words_of(result, shown=len(kept)).splitlines()
    assert first == "Two charts:"
    assert all("goes to the person" in each for each in others)


async def test_what_it_is_is_looked_at_and_not_believed() -> None:
    result = CallToolResult(content=[picture(mime="image/jpeg")])

    assert [each.ref for each in await pictures_of(result, keep)] == ["made:image/png"]


@pytest.mark.parametrize(
    "block",
    [
        ImageContent(data="no base64 at all", mime_type="image/png"),
        ImageContent(data=base64.b64encode(b"<svg/>").decode(), mime_type="image/svg+xml"),
        picture(kind="BMP"),
        picture(width=9000, height=2000),
        picture(width=500, height=4),
    ],
    ids=["broken", "drawing", "other", "huge", "slim"],
)
async def test_what_no_chat_takes_as_a_picture(block: ImageContent) -> None:
    result = CallToolResult(content=[block])

    kept = await pictures_of(result, keep)

    assert kept == ()
    assert "cannot be shown" in words_of(result, shown=len(kept))


async def test_a_flood_of_pictures_is_cut() -> None:
    result = CallToolResult(content=[picture()] * (MOST_PICTURES + 3))

    kept = await pictures_of(result, keep)

    assert len(kept) == MOST_PICTURES
    assert words_of(result, shown=len(kept)).count("cannot be shown") == 3


async def test_a_full_disk_costs_the_picture_and_not_the_answer() -> None:
    async def full(mime: str, data: bytes) -> Media:
        raise KeepError

    assert await pictures_of(CallToolResult(content=[picture()]), full) == ()
