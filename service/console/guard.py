"""Who may look at the console: this machine, or whoever knows the token; nobody's other pages.

The page and its files hold nothing, so anybody may have them. Whatever tells or does something
wants a key in a header, which no other page can send here: neither a form nor a picture nor a
foreign script carries it. On a loopback address our own page is given the key; anywhere else
the key is the operator's token, which has to be typed in. A name that is not this machine's is
turned away where the page holds the key (a foreign name that resolves here: DNS rebinding).
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

KEY_HEADER: Final = "X-Greenroom-Console"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
_TRIES: Final = 10
_WINDOW: Final = 60.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Guard:
    """Stands before every route of the console."""

    token: str = ""
    loopback: bool = True
    _own: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    _wrong: list[float] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether there is a console at all: beyond this machine only with a token."""
        return self.loopback or bool(self.token)

    @property
    def page_key(self) -> str:
        """The key that our own page is given; empty where it has to be typed in."""
        return "" if self.token else self._own

    def guarded(self, handler: Handler, *, tells: bool) -> Handler:
        """Return *handler* behind the guard; *tells*: it says or does something."""

        async def guard(request: web.Request) -> web.StreamResponse:
            try:
                self._check(request, tells=tells)
                response = await handler(request)
            except web.HTTPException as refusal:
                refusal.headers.update(HEADERS)
                raise
            if not response.prepared:
                response.headers.update(HEADERS)
            return response

        return guard

    def _check(self, request: web.Request, *, tells: bool) -> None:
        if not self.open:
            raise web.HTTPNotFound
        if not self.token and not _is_local(request):
            raise web.HTTPForbidden(text="The console is for this machine only.")
        if not _is_ours(request):
            raise web.HTTPForbidden(text="The console answers its own page only.")
        if tells:
            self._check_key(request.headers.get(KEY_HEADER, ""))

    def _check_key(self, given: str) -> None:
        now = time.monotonic()
        self._wrong = [at for at in self._wrong if at > now - _WINDOW]
        if len(self._wrong) >= _TRIES and self.token:
            # Whoever guesses is slowed down; the token is long, so this is a second lock.
            raise web.HTTPTooManyRequests(headers={"Retry-After": "60"})
        key = self.token or self._own
        if not hmac.compare_digest(given.encode(), key.encode()):
            if given:
                self._wrong.append(now)
            raise web.HTTPUnauthorized(text="The key is missing or wrong.")


def is_loopback(host: str) -> bool:
    """Whether a server that listens on *host* is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_local(request: web.Request) -> bool:
    """Whether a request was made on this machine, to a name of this machine, by no proxy."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    return urlsplit(f"//{request.host}").hostname in _NAMES


def _is_ours(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return False
    return request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}
