"""Who may talk to the page's side of the server: the page itself, and nobody else's page.

A browser lets every web page send requests to 127.0.0.1. So: the Host must be this machine
(a foreign name that resolves here is DNS rebinding), a foreign Origin is turned away, and
whatever acts or tells something wants the key that only our own page and our parent know.
The Bot API itself is guarded by its token.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

if TYPE_CHECKING:
    from service.playground.server import BotApi

KEY_HEADER: Final = "X-Playground-Key"

_NAMES = {"127.0.0.1", "localhost", "::1"}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(api: BotApi) -> Middleware:
    """Return the middleware that stands before every route."""

    @web.middleware
    async def guard(request: web.Request, handler: _Handler) -> web.StreamResponse:
        path = request.path.removeprefix(api.prefix)
        if path.startswith(("/bot", "/file/bot")):
            return await handler(request)
        if not _is_local(request.host) or not _is_ours(request):
            raise web.HTTPForbidden(text="This page is for this machine only.")
        if path.startswith("/_/") and not path.startswith("/_/files/"):
            given = request.headers.get(KEY_HEADER, "")
            if not secrets.compare_digest(given.encode(), api.key.encode()):
                raise web.HTTPForbidden(text="The key is missing or wrong.")
        return await handler(request)

    return guard


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Tell the browser what this page may do: next to nothing."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _is_local(host: str) -> bool:
    return urlsplit(f"//{host}").hostname in _NAMES


def _is_ours(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        return False
    return request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}
