"""The console's routes: its page, what the page reads, the stream of what happens, and actions."""

from __future__ import annotations

import asyncio
import html
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from actors.ports import Address
from actors.runtime import AskFailed
from fsm.usage import Usage
from service.audience import Audience
from service.console.guard import HEADERS, Guard, Handler
from service.console.series import Series
from service.console.views import Views, days, machine, samples
from service.operators.actions import Actions
from service.operators.census import Census
from service.operators.letters import Letters
from service.operators.reasons import because
from service.operators.sources import Sources
from service.texts import Texts, nearest

_FOLDER: Final = Path(__file__).with_name("page_files")
_KINDS: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_PACE: Final = 1.0
_FOUND: Final = 60
_PREFIX: Final = "console-"
WHO: Final = "console"
"""In the log an operator at the console has no name: the token is all that is known."""


class Console:
    """Everything behind /console."""

    def __init__(
        self,
        guard: Guard,
        *,
        sources: Sources,
        census: Census,
        actions: Actions,
        letters: Letters,
        series: Series,
        spent: Callable[[], Awaitable[Usage]],
        texts: Texts,
    ) -> None:
        self._guard = guard
        self._sources = sources
        self._census = census
        self._actions = actions
        self._letters = letters
        self._series = series
        self._spent = spent
        self._texts = texts

    def add(self, app: web.Application) -> None:
        """Add the routes to *app*."""
        shown: list[tuple[str, Handler]] = [
            ("/console", self._index),
            ("/console/", self._index),
            ("/console/files/{name}", self._file),
            ("/console/texts/{language}", self._sentences),
        ]
        told: list[tuple[str, Handler]] = [
            ("/console/api/house", self._house),
            ("/console/api/chats", self._chats),
            ("/console/api/chat/{key}", self._chat),
            ("/console/api/dead", self._dead),
            ("/console/api/machine", self._machine),
            ("/console/api/series", self._samples),
            ("/console/api/events", self._events),
        ]
        for path, handler in shown:
            app.router.add_get(path, self._guard.guarded(handler, tells=False))
        for path, handler in told:
            app.router.add_get(path, self._guard.guarded(handler, tells=True))
        app.router.add_post("/console/api/act", self._guard.guarded(self._act, tells=True))

    # -- the page -----------------------------------------------------------------------------

    async def _index(self, _: web.Request) -> web.StreamResponse:
        page = (_FOLDER / "index.html").read_text(encoding="utf-8")
        page = page.replace("{{key}}", html.escape(self._guard.page_key))
        return web.Response(text=page, content_type="text/html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        path = _FOLDER / name
        kind = _KINDS.get(path.suffix)
        if kind is None or "/" in name or not path.is_file():
            raise web.HTTPNotFound
        return web.Response(body=path.read_bytes(), content_type=kind, charset="utf-8")

    async def _sentences(self, request: web.Request) -> web.StreamResponse:
        language = nearest(request.match_info["language"])
        sentences = {
            key.removeprefix(_PREFIX): self._texts.plain(language, key)
            for key in self._texts.keys(language)
            if key.startswith(_PREFIX)
        }
        return web.json_response({"language": language, "sentences": sentences})

    # -- what it reads ------------------------------------------------------------------------

    async def _house(self, request: web.Request) -> web.StreamResponse:
        return _json(self._views(request).house(self._census.fleet()))

    async def _chats(self, request: web.Request) -> web.StreamResponse:
        """Return the chats in memory whose key holds what is looked for."""
        wanted = request.query.get("q", "").strip().lower()
        sources = self._sources
        keys = [key for key in sources.chats() if wanted in key][-_FOUND:]
        down = sources.provider_down()
        found = [sources.brief(key, provider_down=down) for key in reversed(keys)]
        return _json(
            [
                {
                    "key": each.key,
                    "bot": sources.bot(each.key),
                    "state": each.state.value if each.state else each.status,
                    "cause": because(each).cause,
                    "since": each.since,
                    "mail": each.mail + each.spilled,
                }
                for each in found
            ]
        )

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        key = _key(request.match_info["key"])
        return _json(self._views(request).chat(self._sources.chat(key)))

    async def _dead(self, request: web.Request) -> web.StreamResponse:
        return _json(self._views(request).letters(await self._letters.all()))

    async def _machine(self, _: web.Request) -> web.StreamResponse:
        return _json(machine())

    async def _samples(self, _: web.Request) -> web.StreamResponse:
        """Return the samples of the last hour, and what each of the last days took."""
        sources = self._sources
        audience = sources.around.audience() or Audience()
        taken = samples(self._series.samples())
        try:
            by_day = days(audience, await self._spent(), sources.system.now())
        except AskFailed:  # the hour is there all the same; zeros would be a lie
            by_day = []
        return _json({"samples": taken, "days": by_day})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Stream the overview, and the chat that is looked at, until the page goes away."""
        key = _key(request.query["chat"]) if request.query.get("chat") else ""
        views = self._views(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **HEADERS})
        await response.prepare(request)
        try:
            async for event in self._happening(views, key):
                data = json.dumps(event, ensure_ascii=False)
                await response.write(f"data: {data}\n\n".encode())
        except (ConnectionResetError, asyncio.CancelledError):
            pass  # the page was closed, or we end
        return response

    async def _happening(self, views: Views, key: str) -> AsyncIterator[dict[str, Any]]:
        while True:
            event: dict[str, Any] = {"house": views.house(self._census.fleet())}
            if key:
                event["chat"] = views.chat(self._sources.chat(key))
            yield event
            await asyncio.sleep(_PACE)

    # -- what it does -------------------------------------------------------------------------

    async def _act(self, request: web.Request) -> web.StreamResponse:
        try:
            wanted = await request.json()
            action, about = str(wanted["action"]), str(wanted["about"])
        except (ValueError, KeyError, TypeError):
            raise web.HTTPBadRequest from None
        done = await self._actions.do(action, about, WHO)
        language = nearest(request.query.get("language", ""))
        said = self._texts.plain(language, done.key, done.args)
        return _json({"ok": done.ok, "said": said, "content": done.content, "file": done.file})

    def _views(self, request: web.Request) -> Views:
        return Views(self._texts, nearest(request.query.get("language", "")))


def _key(text: str) -> str:
    """Return *text* if it is the key of a chat.

    Raises:
        HTTPNotFound: It is not.

    """
    try:
        return Address.parse(text).key
    except ValueError:
        raise web.HTTPNotFound from None


def _json(data: Any) -> web.Response:
    return web.json_response(data, dumps=_dumps)


_dumps: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False).encode
