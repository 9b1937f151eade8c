"""`python -m service run`: the service itself, from its settings to its exit code."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable

import anyio

from service import exits, garbage, planning
from service import settings as reading
from service.observe import levels, logs
from service.settings import Settings
from service.settings_errors import CannotStartError, SettingsError
from service.texts import Texts

Main = Callable[[Settings], Awaitable[int]]


def main(start: Main | None = None) -> int:
    """Run the service and return its exit code; `service.exits` says what each means."""
    garbage.collect_seldom()
    try:
        settings = reading.load()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return exits.USAGE
    texts = Texts()
    logs.configure(settings)
    if not settings.kept:
        for line in (
            *planning.warnings(settings, texts),
            *planning.introduction(settings, texts),
        ):
            print(line, flush=True)
        if wrong := planning.foreseen_in(settings, texts):
            print("\n".join(wrong), file=sys.stderr, flush=True)
            return exits.MISCONFIGURED
    return run(start, settings, texts)


def run(start: Main | None, settings: Settings, texts: Texts) -> int:
    """Run *start* to its end, whatever the end is, and return the exit code."""
    try:
        # By anyio, which then knows at each of its calls on what it runs without looking it up.
        options = {"loop_factory": _loop_factory()}
        return anyio.run(_life, start or _service(), settings, backend_options=options)
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except Exception as error:
        # The last handler there is: whatever it was becomes one line, and the keeper decides.
        if (found := _cannot_start(error)) is not None:
            sentence = texts.plain(settings.language, found.key, found.args_for_person)
            print(sentence, file=sys.stderr, flush=True)
            return exits.MISCONFIGURED
        logs.crashed(error)
        return exits.BROKEN


async def _life(start: Main, settings: Settings) -> int:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.loop_crashed)
    loop.add_signal_handler(signal.SIGUSR1, levels.toggle)
    return await start(settings)


def _service() -> Main:
    from service.life import main as start

    return start


def _cannot_start(error: BaseException) -> CannotStartError | None:
    """Return the sentence in *error*, however many groups it has come through."""
    if isinstance(error, CannotStartError):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_cannot_start, error.exceptions)), None)
    return None


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
