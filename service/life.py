"""One process of the service: from settings to an exit code, with plain words on the way out."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext

import anyio
import structlog

from actors.runtime import Escalated
from service import exits, garbage, identities, papers
from service.app import Service
from service.channels.telegram import BadTokenError, Hook, Telegram, key_of
from service.channels.telegram.aiogram_light import Bot
from service.channels.telegram.profile import publish
from service.equipment import opened_toolbox
from service.health import Health, serving
from service.makers import opened_studio
from service.observe.pulse import Watchdog
from service.observe.watch import Watch
from service.providers import files_of, opened_model, opened_summarizer
from service.settings import Settings
from service.settings_errors import CannotStartError
from service.storing import MediaShelf, cannot_open, opened_store
from service.texts import Texts
from snapshots import DirectoryError, MissingKeyError, Store

log = structlog.get_logger()


async def main(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code.

    Raises:
        CannotStartError: Only the operator can help; it holds the sentence that says how.

    """
    try:
        with anyio.CancelScope() as opening, _ended_by_signal(opening) as stop:
            await _serve(settings, Texts(), stop)
    except BaseExceptionGroup as group:
        return _exit_code(group)
    except (BadTokenError, DirectoryError, MissingKeyError, Escalated) as error:
        return _exit_code(error)
    return exits.WELL


def _exit_code(error: BaseException) -> int:
    """Return the code for how the service ended; what the operator can mend is a sentence."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    match error:
        case BadTokenError():
            raise CannotStartError("problem-token") from None
        case DirectoryError() | MissingKeyError():
            raise cannot_open(error) from None
        case Escalated():
            log.error("something crashed too often", report=str(error))
            return exits.BROKEN
    raise error


async def _serve(settings: Settings, texts: Texts, stop: Stop) -> None:
    """Open what the service needs, the store first, and close it in the other order."""
    token, watch = settings.telegram_bot_token.get_secret_value(), Watch()
    library, files = papers.library_of(settings), files_of(settings)
    shelf = MediaShelf(settings, files)
    async with (
        opened_store(settings, key_of) as store,
        files or nullcontext(),
        opened_model(settings, texts, watch, files) as model,
        opened_summarizer(settings, model, watch, files) as summarizer,
        opened_studio(settings, model, watch, shelf) as studio,
        opened_toolbox(settings, watch, lambda: library.flows) as toolbox,
        Telegram(
            token,
            settings.telegram_api_base,
            voice=texts,
            cache=shelf,
            allowed=settings.allowed,
            admins=settings.admins,
            flow_of=library.flow_of,
            flows=library.commands,
            transport=settings.transport,
            abroad=settings.inline or settings.mode.playground,
            hook=_hook(settings),
            identity=_identity(settings, store),
        ) as telegram,
    ):
        service = Service(
            settings,
            store=store,
            channel=telegram,
            model=model,
            texts=texts,
            personas=papers.personas_of(settings),
            watch=watch,
            summarizer=summarizer,
            library=library,
            studio=studio,
            toolbox=toolbox,
            prices=papers.prices_of(settings),
        )
        health = Health(
            ready=service.ready,
            crash=service.crash,
            secret=settings.playground_secret.get_secret_value(),
        )
        token = settings.console_token.get_secret_value()
        doors = service.office.doors(settings.http_host, token)
        async with serving(health, settings.http_host, settings.http_port, doors) as port:
            log.info("serving", bot=telegram.me.username, model=model.name, health_port=port)
            if service.office.has_console:
                log.info("console", address=f"http://{settings.http_host}:{port}/console")
            garbage.spare_what_is_here()
            watch.notify.ready()
            with Watchdog(watch.pulse):
                await service.run(stop.from_now_on_in_order())
        watch.notify.stopping()
        log.info("ended")


def _identity(settings: Settings, store: Store) -> Callable[[Bot], Awaitable[int]] | None:
    """Return what tells Telegram who the bot is to everybody, if that is set."""
    identity = papers.identity_of(settings)
    if identity is None:
        return None
    faces = identities.Faces(store)
    return lambda bot: publish(bot, identity, faces)


def _hook(settings: Settings) -> Hook | None:
    """Return where Telegram is to post updates, if it is to."""
    if not settings.webhook_url or settings.mode.playground:
        return None
    return Hook(
        url=settings.webhook_url,
        secret=settings.webhook_secret.get_secret_value() or secrets.token_urlsafe(32),
        host=settings.webhook_host,
        port=settings.webhook_port,
    )


class Stop:
    """The wish to end: while we still open things it cuts that short, later it ends in order."""

    def __init__(self, opening: anyio.CancelScope) -> None:
        self._opening: anyio.CancelScope | None = opening
        self._asked = anyio.Event()

    def ask(self) -> None:
        """Ask for the end; Telegram or a provider may be out of reach for hours."""
        self._asked.set()
        if self._opening is not None:
            self._opening.cancel()

    def from_now_on_in_order(self) -> anyio.Event:
        """Return the event that asks for the end from now on."""
        self._opening = None
        return self._asked


@contextmanager
def _ended_by_signal(opening: anyio.CancelScope) -> Iterator[Stop]:
    """Ask for the end at the first SIGTERM or SIGINT; a second one ends the process at once."""
    loop, stop = asyncio.get_running_loop(), Stop(opening)

    def end(number: signal.Signals) -> None:
        loop.remove_signal_handler(number)
        stop.ask()

    numbers = (signal.SIGTERM, signal.SIGINT)
    for number in numbers:
        loop.add_signal_handler(number, end, number)
    try:
        yield stop
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
