"""The chat page, its files, and the stream of what happens."""

from __future__ import annotations

import html
import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from service.playground.guard import add_headers
from service.playground.refusals import Refusal
from service.texts import Texts, nearest

if TYPE_CHECKING:
    from service.playground.server import BotApi

_FOLDER = Path(__file__).with_name("page_files")
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
# What a browser may show in place. An SVG or HTML file somebody sent is never among them.
_SHOWN_IN_PLACE = {
    "image/jpeg", "image/png", "image/webp", "image/gif", "audio/ogg", "audio/mpeg",
    "audio/mp4", "audio/wav", "audio/webm", "video/mp4", "video/webm",
}  # fmt: skip

# Each placeholder stands for itself.
_PLACEHOLDERS = {name: f"{{{name}}}" for name in ("name", "seconds")}

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def page_routes(api: BotApi) -> list[web.RouteDef]:
    """Return the routes of the page."""
    return [
        web.get("/", _index(api)),
        web.get("/page/{name}", _asset),
        web.get("/page-texts/{language}", _texts),
        web.get("/_/files/{id}", _file(api)),
        web.get("/_/events", _events(api)),
    ]


def _index(api: BotApi) -> _Handler:
    async def handle(_request: web.Request) -> web.StreamResponse:
        page = (_FOLDER / "index.html").read_text(encoding="utf-8")
        page = page.replace("{{key}}", html.escape(api.key))
        return web.Response(text=page, content_type="text/html")

    return handle


async def _asset(request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"]
    path = _FOLDER / name
    kind = _KINDS.get(path.suffix)
    if kind is None or "/" in name or not path.is_file():
        raise web.HTTPNotFound
    return web.Response(body=path.read_bytes(), content_type=kind, charset="utf-8")


async def _texts(request: web.Request) -> web.StreamResponse:
    """Tell the page its sentences, their placeholders still to be filled in by it."""
    language = nearest(request.match_info["language"])
    texts = Texts()
    sentences = {
        key.removeprefix("play-"): texts.plain(language, key, _PLACEHOLDERS)
        for key in texts.keys(language)
        if key.startswith("play-")
    }
    return web.json_response({"language": language, "sentences": sentences})


def _file(api: BotApi) -> _Handler:
    """Return the handler that shows a sent file; its id cannot be guessed."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            upload = api.world.files.by_id(request.match_info["id"]).upload
        except Refusal:
            raise web.HTTPNotFound from None
        kind = upload.type.split(";")[0].strip().lower()
        if kind in _SHOWN_IN_PLACE:
            return web.Response(body=upload.data, content_type=kind)
        # The name is the page's affair (it knows it from the message), so no header holds it.
        headers = {"Content-Disposition": "attachment"}
        return web.Response(
            body=upload.data, content_type="application/octet-stream", headers=headers
        )

    return handle


def _events(api: BotApi) -> _Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await add_headers(request, response)
        await response.prepare(request)
        async with aclosing(api.world.stage.watch()) as events:
            try:
                await response.write(_line({"kind": "hello"}))
                async for event in events:
                    await response.write(_line(event))
            except ConnectionResetError:
                pass  # the page was closed while we spoke
        return response

    return handle


def _line(event: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
