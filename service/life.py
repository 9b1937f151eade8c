"""One process of the service: from settings to an exit code, with plain words on the way out."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import anyio
import structlog

from actors.runtime import Escalated
from service import exits, garbage, papers
from service.app import Service
from service.bots import bots_of, look_for_strangers
from service.channels.telegram import BadTokenError, key_of
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
from snapshots import DirectoryError, MissingKeyError

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
        case BadTokenError(count=count):
            raise CannotStartError("problem-token" if count == 1 else "problem-tokens") from None
        case DirectoryError() | MissingKeyError():
            raise cannot_open(error) from None
        case Escalated():
            log.error("something crashed too often", report=str(error))
            return exits.BROKEN
    raise error


async def _serve(settings: Settings, texts: Texts, stop: Stop) -> None:
    """Open what the service needs, the store first, and close it in the other order."""
    watch, who = Watch(), papers.identities_of(settings)
    library, files = papers.library_of(settings), files_of(settings)
    shelf = MediaShelf(settings, files)
    async with (
        opened_store(settings, key_of) as store,
        files or nullcontext(),
        opened_model(settings, texts, watch, files) as model,
        opened_summarizer(settings, model, watch, files) as summarizer,
        opened_studio(settings, model, watch, shelf) as studio,
        opened_toolbox(settings, watch, lambda: library.flows) as toolbox,
        bots_of(
            settings, voice=texts, library=library, shelf=shelf, store=store, identities=who
        ) as bots,
    ):
        look_for_strangers(who, bots)
        service = Service(
            settings,
            store=store,
            channel=bots,
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
            bots=bots.states,
            secret=settings.playground_secret.get_secret_value(),
        )
        token = settings.console_token.get_secret_value()
        doors = service.office.doors(settings.http_host, token)
        async with serving(health, settings.http_host, settings.http_port, doors) as port:
            names = ", ".join(member.name.removeprefix("@") for member in bots.members)
            log.info("serving", bot=names, model=model.name, health_port=port)
            if service.office.has_console:
                log.info("console", address=f"http://{settings.http_host}:{port}/console")
            garbage.spare_what_is_here()
            watch.notify.ready()
            with Watchdog(watch.pulse):
                await service.run(stop.from_now_on_in_order())
        watch.notify.stopping()
        log.info("ended")


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
