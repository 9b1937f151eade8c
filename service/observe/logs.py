"""The log: one event per line, to read or as JSON, for our own lines and everybody else's.

An uncaught exception becomes one event too. Its traceback is kept as a list of places (file,
line, function) without the source lines and values, which could hold what people wrote.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO

from service.observe import levels, tracing
from service.observe.scrubbing import Scrubber
from service.observe.structured import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

_FRAMES: Final = 12


class Wanted(Protocol):
    """The settings that matter here."""

    @property
    def log(self) -> str:
        """`console` or `json`."""

    @property
    def log_level(self) -> str:
        """`debug`, `info`, `warning` or `error`."""

    def secrets(self) -> tuple[str, ...]:
        """Return what must never be written."""


def configure(wanted: Wanted, stream: TextIO | None = None) -> None:
    """Send every log event of this process to *stream* (default: stderr) in the wanted form."""
    scrub = Scrubber(wanted.secrets())
    machine = wanted.log == "json"
    first: list[Processor] = [
        tracing.told,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if machine else "%H:%M:%S", utc=machine),
        _exceptions_told,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if machine
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=24, sort_keys=False)
    )
    structlog.configure(
        processors=[*first, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=first,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _in_one_line,
                scrub,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    levels.start_with(wanted.log_level)
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: crashed(told.exc_value or told.exc_type())


def crashed(error: BaseException) -> None:
    """Write the event of an exception that nobody caught."""
    structlog.get_logger().error("crashed", exc_info=error)


def loop_crashed(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Write what an event loop complains about; to be set as its exception handler."""
    error = context.get("exception")
    structlog.get_logger().error(
        "loop complaint", what=str(context.get("message", "")), exc_info=error
    )


def _uncaught(
    kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    crashed(error)


def _exceptions_told(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its kind, its words and the places it came through."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["why"] = str(error)
        if causes := _causes(error):
            event["because"] = causes
        event["at"] = _places(error)
    return event


def _causes(error: BaseException) -> str:
    told = []
    if isinstance(error, BaseExceptionGroup):
        told = [_words(each) for each in error.exceptions]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        told.append(_words(cause))
    return "; ".join(told)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return " < ".join(
        f"{'/'.join(each.filename.split('/')[-2:])}:{each.lineno} {each.name}"
        for each in reversed(frames)
    )


def _in_one_line(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str) and ("\n" in value or "\r" in value):
            event[name] = value.replace("\r", "").replace("\n", " | ")
    return event
