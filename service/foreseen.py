"""What a start would fail over, found before anything is started: the keeper says it first.

Only what is set is looked at, so that most starts cost nothing here.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any, Final

from service.settings import Settings
from service.settings_errors import CannotStartError, unheard

_READERS: Final = {
    "prices": "prices_of",
    "personas": "personas_of",
    "identity": "identities_of",
    "tools_dir": "own_tools_of",
    "telegram_files": "left_files_of",
}


def mistakes(settings: Settings) -> Iterator[CannotStartError]:
    """Yield what is wrong, all of it."""
    yield from files(settings)
    for look in (_flows, _hook, _doors):
        if (wrong := _wrong(look, settings)) is not None:
            yield wrong


def files(settings: Settings) -> Iterator[CannotStartError]:
    """Yield what is wrong with files that are set; guided flows are not among them."""
    for field, name in _READERS.items():
        if getattr(settings, field) is not None:
            from service import papers

            if (wrong := _wrong(getattr(papers, name), settings)) is not None:
                yield wrong


def _wrong(look: Callable[[Settings], Any], settings: Settings) -> CannotStartError | None:
    try:
        look(settings)
    except CannotStartError as error:
        return error
    return None


def _flows(settings: Settings) -> None:
    if settings.flows_dir is not None or settings.mcp_servers is not None:
        from service.papers import library_of

        library_of(settings)


def _hook(settings: Settings) -> None:
    if not settings.webhook_url or settings.mode.playground:
        return
    usual = Settings.model_fields["telegram_api_base"].default
    if settings.telegram_api_base == usual and not settings.webhook_url.startswith("https://"):
        raise CannotStartError("problem-webhook", address=settings.webhook_url)
    _listen(settings.webhook_host, settings.webhook_port, "GREENROOM_WEBHOOK")


def _doors(settings: Settings) -> None:
    # Elsewhere the service says it, after it has found out whether another copy is running.
    if settings.mode.playground:
        _listen(settings.http_host, settings.http_port, "GREENROOM_HTTP")


def _listen(host: str, port: int, names: str) -> None:
    """Open the port and close it again."""
    try:
        kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise unheard(error, host, port, names) from None
